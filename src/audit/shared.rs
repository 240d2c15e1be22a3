use std::path::Path;

use super::check::Check;
use super::findings::Figures;
use super::wanted::Wanted;

/// What the checks of one program share.
pub(super) struct Audit<'a> {
    pub program: &'a str,
    pub data: &'a Path,
    pub wanted: &'a Wanted<'a>,
    pub figures: Figures,
}

impl Audit<'_> {
    /// Whether somebody asked for a check.
    pub(super) fn wants(&self, check: Check) -> bool {
        self.wanted.checks.contains(&check)
    }
}
