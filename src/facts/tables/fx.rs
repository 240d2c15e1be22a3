//! Exchange rates by day.

use anyhow::{Context, Result};
use chrono::NaiveDate;
use polars::prelude::DataFrame;

use crate::facts::columns::{column, days, frame, refuse_bad_key, text_column};
use crate::facts::hashing::hash_key;
use crate::facts::repeats::distinct_rows;
use crate::facts::row::each_row;
use crate::facts::text_table::TextTable;
use crate::money::Rate;
use crate::sources::Mistakes;

/// One exchange rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FxRate {
    /// The day it is dated.
    pub date: NaiveDate,
    /// One unit of this …
    pub from: String,
    /// … is `rate` units of this.
    pub to: String,
    /// Positive.
    pub rate: Rate,
}

/// Types and checks the rates.
pub(in crate::facts) fn load(table: &TextTable<'_>, mistakes: &mut Mistakes) -> Result<DataFrame> {
    let (from, to, rate) = (table.column("from")?, table.column("to")?, table.column("rate")?);
    let days = days(table, "date", mistakes)?;
    for (row, text) in rate.iter().enumerate() {
        match text.parse::<Rate>() {
            Err(why) => mistakes.add(row, || table.wrong(row, "rate", why)),
            Ok(rate) if rate.is_zero() => {
                mistakes.add(row, || table.wrong(row, "rate", "is zero; leave the row out if there is no rate"));
            }
            Ok(_) => {}
        }
        refuse_bad_key(table, row, "from", from.get(row), mistakes);
        refuse_bad_key(table, row, "to", to.get(row), mistakes);
    }
    let hashes: Vec<u64> = (0..table.height()).map(|row| hash_key((days[row], from.get(row), to.get(row)))).collect();
    let keep = distinct_rows(table, &hashes, mistakes)?;
    frame(&keep, vec![column("day", days), text_column("from", from), text_column("to", to), text_column("rate", rate)])
}

/// The rates as plain values.
pub(in crate::facts) fn rows(frame: &DataFrame) -> Result<Vec<FxRate>> {
    each_row(frame, |r| {
        let rate = r.text("rate")?.parse().context("a kept exchange rate is a number")?;
        Ok(FxRate { date: r.date("day")?, from: r.text("from")?, to: r.text("to")?, rate })
    })
}
