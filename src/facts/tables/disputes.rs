//! Payments of orders that buyers dispute with their bank, and how each ended.

use anyhow::Result;
use polars::prelude::DataFrame;

use super::order_numbers::OrderNumbers;
use crate::calendar::parse_time;
use crate::facts::bounds::Bounds;
use crate::facts::columns::{NO_TIME, column, frame, text_column, times};
use crate::facts::hashing::hash_key;
use crate::facts::repeats::distinct_rows;
use crate::facts::row::each_row;
use crate::facts::text_table::TextTable;
use crate::money::parse_decimal;
use crate::sources::Mistakes;

/// A payment that a buyer disputed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The shop's id.
    pub dispute_id: String,
    /// The order's number; none if no such order is known.
    pub order: Option<u32>,
    /// Microseconds since 1970.
    pub opened_at: i64,
    /// Microseconds since 1970; `i64::MAX` while it is open.
    pub closed_at: i64,
    /// Whether the shop lost it, so that the buyer got the money back.
    pub is_lost: bool,
    /// Of the lines' net amounts, in ten-thousandths of a major unit (see [`crate::facts::AMOUNT_DECIMALS`]).
    pub amount: i64,
}

/// Types and checks the disputes.
pub(in crate::facts) fn load(
    table: &TextTable<'_>,
    orders: &OrderNumbers,
    bounds: &Bounds,
    mistakes: &mut Mistakes,
) -> Result<DataFrame> {
    let (id, outcome, amount) = (table.column("dispute_id")?, table.column("outcome")?, table.column("amount")?);
    let opened_at = times(table, "opened_at", bounds, mistakes)?;
    let closed_at = ends(table, bounds, mistakes)?;
    let (number, amounts) = orders.of_rows(table, "dispute_id", mistakes)?;
    let mut is_lost = Vec::with_capacity(table.height());
    for row in 0..table.height() {
        // Also of an unknown order, whose amount is not kept.
        let is_positive = |(is_negative, whole, fraction): (bool, &str, &str)| {
            !is_negative && whole.bytes().chain(fraction.bytes()).any(|digit| digit != b'0')
        };
        if parse_decimal(amount.get(row)).is_some_and(|number| !is_positive(number)) {
            mistakes.add(row, || table.wrong(row, "amount", "is not above zero; a dispute is about some amount"));
        }
        if !matches!(outcome.get(row), "" | "won" | "lost") {
            mistakes.add(row, || table.wrong(row, "outcome", "is none of won, lost; it is empty while the dispute is open"));
        } else if outcome.get(row).is_empty() != (closed_at[row] == i64::MAX) {
            let why = "does not go with closed_at: a dispute that ended has both, an open one neither";
            mistakes.add(row, || table.wrong(row, "outcome", why));
        } else if closed_at[row] < opened_at[row] {
            mistakes.add(row, || table.wrong(row, "closed_at", "is before opened_at"));
        }
        is_lost.push(outcome.get(row) == "lost");
    }
    let hashes: Vec<u64> = id.iter().map(hash_key).collect();
    let keep = distinct_rows(table, &hashes, mistakes)?;
    let columns = vec![
        text_column("dispute_id", id),
        column("order", number),
        column("opened_at", opened_at),
        column("closed_at", closed_at),
        column("is_lost", is_lost),
        column("amount", amounts),
    ];
    frame(&keep, columns)
}

/// When each dispute ended; `i64::MAX` where it has not.
fn ends(table: &TextTable<'_>, bounds: &Bounds, mistakes: &mut Mistakes) -> Result<Vec<i64>> {
    let mut end = |(row, text): (usize, &str)| {
        if text.is_empty() {
            return i64::MAX;
        }
        let time = parse_time(text);
        if let Some(why) = time.and_then(|time| bounds.refuse_time(time)) {
            mistakes.add(row, || table.wrong(row, "closed_at", why));
        }
        time.unwrap_or_else(|| {
            mistakes.add(row, || table.wrong(row, "closed_at", NO_TIME));
            0
        })
    };
    Ok(table.column("closed_at")?.iter().enumerate().map(&mut end).collect())
}

/// The disputes as plain values.
pub(in crate::facts) fn rows(frame: &DataFrame) -> Result<Vec<Dispute>> {
    each_row(frame, |r| {
        Ok(Dispute {
            dispute_id: r.text("dispute_id")?,
            order: r.optional_u32("order")?,
            opened_at: r.i64("opened_at")?,
            closed_at: r.i64("closed_at")?,
            is_lost: r.bool("is_lost")?,
            amount: r.i64("amount")?,
        })
    })
}
