//! Money given back to buyers.

use anyhow::Result;
use polars::prelude::DataFrame;

use super::order_numbers::OrderNumbers;
use crate::facts::bounds::Bounds;
use crate::facts::columns::{column, frame, optional_text_column, text_column, times};
use crate::facts::hashing::hash_key;
use crate::facts::repeats::distinct_rows;
use crate::facts::row::each_row;
use crate::facts::text_table::TextTable;
use crate::sources::Mistakes;

/// Money given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The shop's id.
    pub refund_id: String,
    /// The order's number; none if no such order is known.
    pub order: Option<u32>,
    /// The line; none for the whole order.
    pub line_id: Option<String>,
    /// Microseconds since 1970.
    pub refunded_at: i64,
    /// In ten-thousandths of a major unit (see [`crate::facts::AMOUNT_DECIMALS`]).
    pub amount: i64,
}

/// Types and checks the refunds.
pub(in crate::facts) fn load(
    table: &TextTable<'_>,
    orders: &OrderNumbers,
    bounds: &Bounds,
    mistakes: &mut Mistakes,
) -> Result<DataFrame> {
    let id = table.column("refund_id")?;
    let refunded_at = times(table, "refunded_at", bounds, mistakes)?;
    let (number, amounts) = orders.of_rows(table, "refund_id", mistakes)?;
    for (row, _) in amounts.iter().enumerate().filter(|(_, amount)| **amount < 0) {
        mistakes.add(row, || table.wrong(row, "amount", "is below zero; a refund is written as what was given back"));
    }
    let hashes: Vec<u64> = id.iter().map(hash_key).collect();
    let keep = distinct_rows(table, &hashes, mistakes)?;
    let columns = vec![
        text_column("refund_id", id),
        column("order", number),
        optional_text_column("line_id", table.column("line_id")?),
        column("refunded_at", refunded_at),
        column("amount", amounts),
    ];
    frame(&keep, columns)
}

/// The refunds as plain values.
pub(in crate::facts) fn rows(frame: &DataFrame) -> Result<Vec<Refund>> {
    each_row(frame, |r| {
        Ok(Refund {
            refund_id: r.text("refund_id")?,
            order: r.optional_u32("order")?,
            line_id: r.optional("line_id")?,
            refunded_at: r.i64("refunded_at")?,
            amount: r.i64("amount")?,
        })
    })
}
