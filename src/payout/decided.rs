use crate::ledger::{Moved, PostedEntry};
use crate::program::Group;

/// What a decision about a batch, or its settlement, came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The entry that records it.
    pub posted: PostedEntry,
    /// How it changed the balances of creators.
    pub moves: Vec<Moved>,
    /// What was decided about, in minor units: the lines that were approved, rejected or paid.
    pub amount: i64,
    /// How many creators those lines are of.
    pub creators: usize,
    /// Who has to sign still, where a batch was signed and is not approved yet.
    pub missing: Option<Missing>,
}

/// Who has to sign a batch still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// How many people.
    pub approvers: usize,
    /// One of whom is of this group.
    pub group: Option<Group>,
}
