//! Discount codes, and who owns each when.

use anyhow::Result;
use polars::prelude::DataFrame;

use crate::facts::columns::{column, frame, text_column};
use crate::facts::folding::fold;
use crate::facts::row::each_row;
use crate::facts::spans::Spans;
use crate::facts::text_table::TextTable;
use crate::sources::Mistakes;

/// The owner of a code during one span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Trimmed, lower case.
    pub code: String,
    /// Its owner.
    pub creator_id: String,
    /// Included; `i64::MIN` if open.
    pub active_from: i64,
    /// Excluded; `i64::MAX` if open.
    pub active_to: i64,
}

/// Types and checks the codes.
pub(in crate::facts) fn load(table: &TextTable<'_>, mistakes: &mut Mistakes) -> Result<DataFrame> {
    let Spans { keys, from, to, keep } = Spans::read(table, "code", fold, mistakes)?;
    let creator = text_column("creator_id", table.column("creator_id")?);
    frame(&keep, vec![column("code", keys), creator, column("active_from", from), column("active_to", to)])
}

/// The codes as plain values.
pub(in crate::facts) fn rows(frame: &DataFrame) -> Result<Vec<Code>> {
    each_row(frame, |r| {
        Ok(Code {
            code: r.text("code")?,
            creator_id: r.text("creator_id")?,
            active_from: r.i64("active_from")?,
            active_to: r.i64("active_to")?,
        })
    })
}
