use std::path::Path;

use super::check::Check;
use super::findings::{Figures, Findings};
use super::wanted::Wanted;
use crate::ledger::{Register, is_sealed};
use crate::store::Tx;

/// What the checks of one program share.
pub(super) struct Audit<'a> {
    pub program: &'a str,
    pub data: &'a Path,
    pub wanted: &'a Wanted<'a>,
    pub figures: Figures,
    /// The clock (microseconds since 1970).
    pub clock: i64,
}

impl Audit<'_> {
    /// Whether somebody asked for a check.
    pub(super) fn wants(&self, check: Check) -> bool {
        self.wanted.checks.contains(&check)
    }
}

/// Finds that a register is not as it was sealed.
pub(super) async fn registered(tx: &mut Tx, audit: &Audit<'_>, register: Register, findings: &mut Findings) {
    let name = register.name();
    match is_sealed(tx, audit.program, register).await {
        Ok(true) => {}
        Ok(false) => findings.add(|| format!("{name} is not as it was sealed: a row was removed, added or edited")),
        Err(error) => findings.add(|| format!("{name} cannot be read: {error:#}")),
    }
}
