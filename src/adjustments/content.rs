use crate::payout::Cause;
use crate::vocabulary::coded;

coded! {
    /// What is proposed.
    pub enum Kind {
        /// A correction of what a creator is owed.
        Adjustment = "adjustment",
        /// The end of a debt.
        WriteOff = "write_off",
        /// What creators were owed before the ledger began.
        Opening = "opening",
        /// An order given to a creator.
        Credit = "credit",
        /// The end of an exported batch that was not paid.
        Void = "void",
        /// Payments that failed, while the rest of their batch was paid.
        FailedPayment = "failed_payment",
        /// A payment that was made and came back.
        ReturnedPayment = "returned_payment",
        /// The end of an approved credit.
        Withdrawal = "withdrawal",
        /// That a person who asked for it is erased.
        Erasure = "erasure",
        /// That the books of a month are closed.
        Closing = "closing",
    }
}

coded! {
    /// How a proposal stands.
    pub enum State {
        /// It waits for somebody else.
        Proposed = "proposed",
        /// It took effect.
        Approved = "approved",
        /// It was rejected or withdrawn; nothing moved.
        Rejected = "rejected",
    }
}

impl Kind {
    /// Of what makes a batch's lines payable again, why.
    pub(super) const fn reverses(self) -> Option<Cause> {
        match self {
            Self::Void => Some(Cause::Voided),
            Self::FailedPayment => Some(Cause::Failed),
            Self::ReturnedPayment => Some(Cause::Returned),
            Self::Adjustment
            | Self::WriteOff
            | Self::Opening
            | Self::Credit
            | Self::Withdrawal
            | Self::Erasure
            | Self::Closing => None,
        }
    }

    /// Whether a second one of the same content can only be a mistake.
    pub(super) const fn is_once(self) -> bool {
        !matches!(self, Self::Adjustment | Self::WriteOff | Self::Opening)
    }

    /// Whether its lines have amounts.
    pub const fn has_amount(self) -> bool {
        !matches!(self, Self::Credit | Self::Withdrawal | Self::Erasure | Self::Closing)
    }
}

/// Whom a proposal concerns, and with how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalLine {
    /// The creator.
    pub creator_id: String,
    /// Minor units of the program's currency; above zero, the creator is owed more. Of a void and of payments that failed
    /// or came back, what returns to payable; zero for a credit, its withdrawal and an erasure.
    pub amount: i64,
}

/// The hash of a proposal's content, which is what is approved: its id, kind, subject and lines by creator. The reason
/// stands in the entry beside it.
pub(super) fn digest(proposal_id: &str, kind: Kind, subject: &str, lines: &[ProposalLine]) -> String {
    content_digest(proposal_id, kind.code(), subject, lines.iter().map(|line| (line.creator_id.as_str(), line.amount)))
}

/// The same, of a content as the tables show it: the kind's code, and creators with amounts, by creator.
pub fn content_digest<'a>(proposal_id: &str, kind: &str, subject: &str, lines: impl Iterator<Item = (&'a str, i64)>) -> String {
    let mut hasher = blake3::Hasher::new();
    for text in [proposal_id, kind, subject] {
        hasher.update(text.as_bytes()).update(b"\0");
    }
    for (creator_id, amount) in lines {
        hasher.update(creator_id.as_bytes()).update(b"\0").update(amount.to_string().as_bytes()).update(b"\0");
    }
    hasher.finalize().to_hex().to_string()
}
