use anyhow::{Result, bail};

/// What is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A correction of what a creator is owed.
    Adjustment,
    /// The end of a debt.
    WriteOff,
    /// What creators were owed before the ledger began.
    Opening,
    /// An order given to a creator.
    Credit,
    /// The end of an exported batch that was not paid.
    Void,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Adjustment, Self::WriteOff, Self::Opening, Self::Credit, Self::Void];

    /// The word shown and stored, and the kind of the transfers that it makes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Adjustment => "adjustment",
            Self::WriteOff => "write_off",
            Self::Opening => "opening",
            Self::Credit => "credit",
            Self::Void => "void",
        }
    }

    pub(super) fn parse(word: &str) -> Result<Self> {
        match Self::ALL.into_iter().find(|kind| kind.word() == word) {
            Some(kind) => Ok(kind),
            None => bail!("the database holds a proposal of the unknown kind \"{word}\""),
        }
    }
}

/// How a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for somebody else.
    Proposed,
    /// It is done.
    Approved,
    /// It was rejected or withdrawn; nothing moved.
    Rejected,
}

impl State {
    const ALL: [Self; 3] = [Self::Proposed, Self::Approved, Self::Rejected];

    /// The word shown and stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    pub(super) fn parse(word: &str) -> Result<Self> {
        match Self::ALL.into_iter().find(|state| state.word() == word) {
            Some(state) => Ok(state),
            None => bail!("the database holds a proposal in the unknown state \"{word}\""),
        }
    }
}

/// Whom a proposal concerns, and with how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalLine {
    /// The creator.
    pub creator_id: String,
    /// Minor units of the program's currency; above zero, the creator is owed more. Of a void, what returns to payable;
    /// zero for a credit.
    pub amount: i64,
}

/// The hash of a proposal's content, which is what is approved: its id, kind, subject and lines by creator. The reason
/// stands in the entry beside it.
pub(super) fn digest(proposal_id: &str, kind: Kind, subject: &str, lines: &[ProposalLine]) -> String {
    content_digest(proposal_id, kind.word(), subject, lines.iter().map(|line| (line.creator_id.as_str(), line.amount)))
}

/// The same, of a content as the tables show it: the kind's word, and creators with amounts, by creator.
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
