use super::check::Check;
use crate::ledger::Head;

/// What to check.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// Which checks.
    pub checks: &'a [Check],
    /// The program, or all that the database holds.
    pub program: Option<&'a str>,
    /// A head of the chain noted earlier; its hash may be cut short.
    pub head: Option<Head>,
}
