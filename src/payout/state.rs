use anyhow::{Context, Result};

use crate::ledger::EntryKind;
use crate::vocabulary::coded;

coded! {
    /// Where a batch stands.
    pub enum BatchState {
        /// Waits for somebody else's approval, or for the rest of the signatures that it needs.
        Draft = "draft",
        /// Approved; may be paid.
        Approved = "approved",
        /// Written as a payment file.
        Exported = "exported",
        /// Paid, but for lines that are in question or did not arrive.
        Settled = "settled",
        /// Exported, but not paid: two people ended it, and its money went back to payable.
        Voided = "voided",
        /// Its money went back to payable before anybody could be paying it.
        Rejected = "rejected",
    }
}

impl BatchState {
    /// As a sentence has it: a batch "is a draft", or "is approved".
    pub fn words(self) -> &'static str {
        match self {
            Self::Draft => "a draft",
            other => other.code(),
        }
    }

    /// The state after an entry about the batch; none where a batch in this state has no such entry.
    pub fn after(self, entry: EntryKind) -> Option<Self> {
        match (entry, self) {
            (EntryKind::Approved, Self::Draft) => Some(Self::Approved),
            // What is signed again are payment details that changed since; until all have signed, nothing is approved.
            (EntryKind::Approved, Self::Approved) => Some(Self::Approved),
            (EntryKind::Signed, Self::Draft | Self::Approved) => Some(Self::Draft),
            (EntryKind::Withheld | EntryKind::Restored, Self::Draft) => Some(Self::Draft),
            (EntryKind::Rejected, Self::Draft | Self::Approved) => Some(Self::Rejected),
            // A batch is exported once for each rail.
            (EntryKind::Exported, Self::Approved | Self::Exported) => Some(Self::Exported),
            // A settled batch is settled once more when a line that was said to have failed was paid after all.
            (EntryKind::Settled, Self::Approved | Self::Exported | Self::Settled) => Some(Self::Settled),
            (EntryKind::Returned, Self::Settled) => Some(Self::Settled),
            // What is accepted about an exported batch is that it is void; about a settled one, that payments failed or
            // came back.
            (EntryKind::Accepted, Self::Exported) => Some(Self::Voided),
            (EntryKind::Accepted, Self::Settled) => Some(Self::Settled),
            (EntryKind::Reconciled | EntryKind::Drafted | EntryKind::Proposed | EntryKind::Declined, _) => None,
            (EntryKind::Signed | EntryKind::Withheld | EntryKind::Restored | EntryKind::Held | EntryKind::Released, _) => None,
            (EntryKind::Approved | EntryKind::Rejected | EntryKind::Exported | EntryKind::Settled, _) => None,
            (EntryKind::Returned | EntryKind::Accepted | EntryKind::Renamed | EntryKind::Retired, _) => None,
            (EntryKind::Closed | EntryKind::Charged | EntryKind::Funds, _) => None,
        }
    }
}

/// The state of a batch as the database holds it.
pub(super) fn read_state(code: &str) -> Result<BatchState> {
    BatchState::parse(code).with_context(|| format!("the database holds a batch in the unknown state \"{code}\""))
}
