use anyhow::{Result, bail};

use crate::ledger::EntryKind;

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchState {
    /// Waits for somebody else's approval.
    Draft,
    /// Approved; may be paid.
    Approved,
    /// Written as a payment file.
    Exported,
    /// Paid.
    Settled,
    /// Its money went back to payable.
    Rejected,
}

impl BatchState {
    /// The word shown and stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Exported => "exported",
            Self::Settled => "settled",
            Self::Rejected => "rejected",
        }
    }

    /// All of them.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Approved, Self::Exported, Self::Settled, Self::Rejected];

    /// The state after an entry about the batch; none where a batch in this state has no such entry.
    pub fn after(self, entry: EntryKind) -> Option<Self> {
        match (entry, self) {
            (EntryKind::Approved, Self::Draft) => Some(Self::Approved),
            (EntryKind::Rejected, Self::Draft | Self::Approved) => Some(Self::Rejected),
            (EntryKind::Exported, Self::Approved) => Some(Self::Exported),
            (EntryKind::Settled, Self::Approved | Self::Exported) => Some(Self::Settled),
            (EntryKind::Returned, Self::Settled) => Some(Self::Settled),
            // What is accepted about a batch is that it is void.
            (EntryKind::Accepted, Self::Exported) => Some(Self::Rejected),
            (EntryKind::Reconciled | EntryKind::Drafted | EntryKind::Proposed | EntryKind::Declined, _) => None,
            (EntryKind::Approved | EntryKind::Rejected | EntryKind::Exported | EntryKind::Settled, _) => None,
            (EntryKind::Returned | EntryKind::Accepted, _) => None,
        }
    }

    pub(super) fn parse(word: &str) -> Result<Self> {
        match Self::ALL.into_iter().find(|state| state.word() == word) {
            Some(state) => Ok(state),
            None => bail!("the database holds a batch in the unknown state \"{word}\""),
        }
    }
}
