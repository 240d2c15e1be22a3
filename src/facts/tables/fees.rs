//! Fixed amounts owed to creators.

use anyhow::Result;
use chrono::NaiveDate;
use polars::prelude::DataFrame;

use crate::calendar::parse_day;
use crate::facts::bounds::Bounds;
use crate::facts::columns::{column, days, frame, refuse_bad_key, text_column};
use crate::facts::hashing::hash_key;
use crate::facts::repeats::distinct_rows;
use crate::facts::row::each_row;
use crate::facts::text_table::TextTable;
use crate::money::{Currency, parse_minor};
use crate::sources::Mistakes;

/// A fixed amount owed to a creator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// Unique.
    pub fee_id: String,
    /// Who is owed it.
    pub creator_id: String,
    /// Minor units of the program's currency; may be negative.
    pub amount: i64,
    /// The local day from which it is owed.
    pub due_on: NaiveDate,
    /// What for.
    pub memo: String,
}

/// Types and checks the fees.
pub(in crate::facts) fn load(
    table: &TextTable<'_>,
    currency: Currency,
    bounds: &Bounds,
    mistakes: &mut Mistakes,
) -> Result<DataFrame> {
    let id = table.column("fee_id")?;
    let mut amounts = Vec::with_capacity(table.height());
    for (row, text) in table.column("amount")?.iter().enumerate() {
        refuse_bad_key(table, row, "fee_id", id.get(row), mistakes);
        amounts.push(parse_minor(text, currency).unwrap_or_else(|why| {
            mistakes.add(row, || table.wrong(row, "amount", why));
            0
        }));
    }
    let due_on = days(table, "due_on", mistakes)?;
    for ((row, day), text) in due_on.iter().enumerate().zip(table.column("due_on")?.iter()) {
        // One that is no day was refused as such.
        if let Some(why) = bounds.refuse_day(*day).filter(|_| parse_day(text).is_some()) {
            mistakes.add(row, || table.wrong(row, "due_on", why));
        }
    }
    let hashes: Vec<u64> = id.iter().map(hash_key).collect();
    let keep = distinct_rows(table, &hashes, mistakes)?;
    let columns = vec![
        text_column("fee_id", id),
        text_column("creator_id", table.column("creator_id")?),
        column("amount", amounts),
        column("due_on", due_on),
        text_column("memo", table.column("memo")?),
    ];
    frame(&keep, columns)
}

/// The fees as plain values.
pub(in crate::facts) fn rows(frame: &DataFrame) -> Result<Vec<Fee>> {
    each_row(frame, |r| {
        Ok(Fee {
            fee_id: r.text("fee_id")?,
            creator_id: r.text("creator_id")?,
            amount: r.i64("amount")?,
            due_on: r.date("due_on")?,
            memo: r.text("memo")?,
        })
    })
}
