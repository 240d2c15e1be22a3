//! Discount codes, and who owns each when.

use anyhow::Result;
use polars::prelude::DataFrame;

use crate::facts::folding::fold;
use crate::facts::owners::{self, Campaigns, Owner};
use crate::facts::text_table::TextTable;
use crate::sources::Mistakes;

/// What stands in place of a code that is not decided yet, as codes are compared: it names nobody, however often it is there.
const RESERVATION: &str = "tbd";

/// Types and checks the codes.
pub(in crate::facts) fn load(table: &TextTable<'_>, campaigns: Campaigns<'_>, mistakes: &mut Mistakes) -> Result<DataFrame> {
    owners::load(table, "code", fold, Some(RESERVATION), campaigns, mistakes)
}

/// The codes as plain values.
pub(in crate::facts) fn rows(frame: &DataFrame) -> Result<Vec<Owner>> {
    owners::rows(frame, "code")
}
