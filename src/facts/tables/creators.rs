//! Creators, a row for each span of time.

use anyhow::Result;
use polars::prelude::DataFrame;

use crate::facts::columns::{column, frame, text_column};
use crate::facts::folding::{addresses, fold};
use crate::facts::row::each_row;
use crate::facts::spans::Spans;
use crate::facts::text_table::TextTable;
use crate::sources::Mistakes;

/// A creator during one span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creator {
    /// The brand's id.
    pub creator_id: String,
    /// The name people read.
    pub name: String,
    /// The addresses of the creator, trimmed and without case, between vertical bars.
    pub email: Option<String>,
    /// Where mail goes: the first of them, as it is written.
    pub address: Option<String>,
    /// The group, or empty.
    pub group: String,
    /// The language and region in which mail is written, such as `de` or `pt-BR`; empty for the program's.
    pub locale: String,
    /// Included; `i64::MIN` if open.
    pub active_from: i64,
    /// Excluded; `i64::MAX` if open.
    pub active_to: i64,
}

/// Types and checks the creators.
pub(in crate::facts) fn load(table: &TextTable<'_>, mistakes: &mut Mistakes) -> Result<DataFrame> {
    let Spans { from, to, keep, .. } = Spans::read(table, "creator_id", str::to_owned, None, mistakes)?;
    let columns = vec![
        text_column("creator_id", table.column("creator_id")?),
        text_column("name", table.column("name")?),
        column("email", filled(table, |emails| addresses(emails).map(fold).collect::<Vec<_>>().join("|"))?),
        column("address", filled(table, |emails| addresses(emails).next().unwrap_or_default().to_owned())?),
        text_column("group", table.column("group")?),
        text_column("locale", table.column("locale")?),
        column("active_from", from),
        column("active_to", to),
    ];
    frame(&keep, columns)
}

/// What a function makes of each creator's emails; null where that is empty.
fn filled(table: &TextTable<'_>, make: impl Fn(&str) -> String) -> Result<Vec<Option<String>>> {
    let texts = table.column("email")?;
    Ok(texts.iter().map(|emails| Some(make(emails)).filter(|made| !made.is_empty())).collect())
}

/// The creators as plain values.
pub(in crate::facts) fn rows(frame: &DataFrame) -> Result<Vec<Creator>> {
    each_row(frame, |r| {
        Ok(Creator {
            creator_id: r.text("creator_id")?,
            name: r.text("name")?,
            email: r.optional("email")?,
            address: r.optional("address")?,
            group: r.text("group")?,
            locale: r.text("locale")?,
            active_from: r.i64("active_from")?,
            active_to: r.i64("active_to")?,
        })
    })
}
