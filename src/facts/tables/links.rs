//! Links, and who owns each when.

use anyhow::Result;
use polars::prelude::DataFrame;

use crate::facts::owners::{self, Campaigns, Owner};
use crate::facts::text_table::TextTable;
use crate::sources::Mistakes;

/// Types and checks the links.
pub(in crate::facts) fn load(table: &TextTable<'_>, campaigns: Campaigns<'_>, mistakes: &mut Mistakes) -> Result<DataFrame> {
    owners::load(table, "link_key", str::to_owned, None, campaigns, mistakes)
}

/// The links as plain values.
pub(in crate::facts) fn rows(frame: &DataFrame) -> Result<Vec<Owner>> {
    owners::rows(frame, "link_key")
}
