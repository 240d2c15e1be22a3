//! `[retention]`: for how long what is not the ledger stays.

use super::micros::Micros;

/// For how long what is not the ledger stays. The ledger itself is never tidied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Facts and outcomes, since a run used them last.
    pub facts: Micros,
    /// The texts of mails, since they were sent or refused.
    pub mails: Micros,
    /// Records of runs.
    pub runs: Micros,
}
