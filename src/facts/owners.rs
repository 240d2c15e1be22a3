//! Who owns a link or a code during a span of time, and for which campaign it was made.

use anyhow::Result;
use polars::prelude::DataFrame;

use super::columns::{column, frame, text_column};
use super::folding::is_blank;
use super::row::each_row;
use super::spans::Spans;
use super::text_table::TextTable;
use crate::program::{Campaign, undeclared};
use crate::sources::Mistakes;

/// The owner of a link or code during one span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The key in the link; or the code, trimmed, and without case as [`super::fold`] has it.
    pub key: String,
    /// Its owner; empty where it is the campaign's own.
    pub creator_id: String,
    /// Included; `i64::MIN` if open.
    pub active_from: i64,
    /// Excluded; `i64::MAX` if open.
    pub active_to: i64,
    /// The campaign it was made for, or empty.
    pub campaign: String,
}

/// Types and checks the table whose column `key` they stand in.
pub(super) fn load(
    table: &TextTable<'_>,
    key: &str,
    spell: impl Fn(&str) -> String,
    passed_over: Option<&str>,
    campaigns: Campaigns<'_>,
    mistakes: &mut Mistakes,
) -> Result<DataFrame> {
    let Spans { keys, from, to, keep } = Spans::read(table, key, spell, passed_over, mistakes)?;
    let (creator, campaign) = (table.column("creator_id")?, table.column("campaign")?);
    for (row, _) in keys.iter().enumerate().filter(|(_, key)| passed_over != Some(key)) {
        campaigns.check(table, row, campaign.get(row), mistakes);
        if campaign.get(row).is_empty() && is_blank(creator.get(row)) {
            mistakes.add(row, || {
                format!("{}, creator_id: is empty, but only what names a campaign may belong to nobody", table.place(row))
            });
        }
    }
    let columns = vec![
        column(key, keys),
        text_column("creator_id", creator),
        column("active_from", from),
        column("active_to", to),
        text_column("campaign", campaign),
    ];
    frame(&keep, columns)
}

/// The table as plain values.
pub(super) fn rows(frame: &DataFrame, key: &str) -> Result<Vec<Owner>> {
    each_row(frame, |r| {
        Ok(Owner {
            key: r.text(key)?,
            creator_id: r.text("creator_id")?,
            active_from: r.i64("active_from")?,
            active_to: r.i64("active_to")?,
            campaign: r.text("campaign")?,
        })
    })
}

/// The campaigns that a program declares; none where nobody asks, as of tables that were checked when they were new.
#[derive(Debug, Clone, Copy)]
pub(super) struct Campaigns<'a>(pub Option<&'a [Campaign]>);

impl Campaigns<'_> {
    /// Refuses a row that names a campaign which the program file does not declare.
    pub(super) fn check(self, table: &TextTable<'_>, row: usize, id: &str, mistakes: &mut Mistakes) {
        let Some(known) = self.0.filter(|_| !id.is_empty()) else { return };
        if !known.iter().any(|campaign| campaign.id == id) {
            mistakes.add(row, || table.wrong(row, "campaign", undeclared(id, known.iter().map(|campaign| &campaign.id))));
        }
    }
}
