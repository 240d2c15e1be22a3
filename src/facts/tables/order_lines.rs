//! The lines of orders, as first placed.

use std::ops::Range;

use anyhow::Result;
use polars::prelude::DataFrame;

use super::order_numbers::OrderNumbers;
use crate::facts::columns::{column, frame, refuse_bad_key, text_column};
use crate::facts::hashing::hash_key;
use crate::facts::numbering::NO_NUMBER;
use crate::facts::parallel::in_parts;
use crate::facts::repeats::distinct_rows;
use crate::facts::row::each_row;
use crate::facts::text_table::TextTable;
use crate::money::parse_decimal;
use crate::sources::Mistakes;

/// A line of a known order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The order's number.
    pub order: u32,
    /// Unique within the order.
    pub line_id: String,
    /// What was sold.
    pub sku: String,
    /// Its category.
    pub category: String,
    /// In ten-thousandths of a major unit (see [`crate::facts::AMOUNT_DECIMALS`]).
    pub net_amount: i64,
}

/// What one part of the lines comes to.
#[derive(Default)]
struct Part {
    number: Vec<u32>,
    net_amount: Vec<i64>,
    hashes: Vec<u64>,
    mistakes: Mistakes,
}

/// Types and checks the lines; keeps those of known orders.
pub(in crate::facts) fn load(table: &TextTable<'_>, orders: &OrderNumbers, mistakes: &mut Mistakes) -> Result<DataFrame> {
    let parts = in_parts(table.height(), |rows| part(table, orders, rows))?;
    let number: Vec<u32> = parts.iter().flat_map(|part| &part.number).copied().collect();
    let net_amount: Vec<i64> = parts.iter().flat_map(|part| &part.net_amount).copied().collect();
    let hashes: Vec<u64> = parts.iter().flat_map(|part| &part.hashes).copied().collect();
    parts.into_iter().for_each(|part| mistakes.merge(part.mistakes));
    let mut keep = distinct_rows(table, &hashes, mistakes)?;
    for (keep, number) in keep.iter_mut().zip(&number) {
        *keep &= *number != NO_NUMBER;
    }
    let columns = vec![
        column("order", number),
        text_column("line_id", table.column("line_id")?),
        text_column("sku", table.column("sku")?),
        text_column("category", table.column("category")?),
        column("net_amount", net_amount),
    ];
    frame(&keep, columns)
}

fn part(table: &TextTable<'_>, orders: &OrderNumbers, rows: Range<usize>) -> Result<Part> {
    let (order_id, line_id) = (table.column("order_id")?, table.column("line_id")?);
    let (amount, quantity) = (table.column("net_amount")?, table.column("quantity")?);
    let mut part = Part::default();
    let wrong = &mut part.mistakes;
    let mut find = orders.finder()?;
    for row in rows {
        refuse_bad_key(table, row, "order_id", order_id.get(row), wrong);
        refuse_bad_key(table, row, "line_id", line_id.get(row), wrong);
        if !quantity.get(row).is_empty() && parse_decimal(quantity.get(row)).is_none() {
            wrong.add(row, || table.wrong(row, "quantity", "is not a number"));
        }
        let order = find(order_id.get(row));
        part.net_amount.push(orders.amount(amount.get(row), order).unwrap_or_else(|why| {
            wrong.add(row, || table.wrong(row, "net_amount", why));
            0
        }));
        part.number.push(order.unwrap_or(NO_NUMBER));
        part.hashes.push(match order {
            Some(number) => hash_key((number, line_id.get(row))),
            None => hash_key((order_id.get(row), line_id.get(row))),
        });
    }
    Ok(part)
}

/// The lines as plain values.
pub(in crate::facts) fn rows(frame: &DataFrame) -> Result<Vec<Line>> {
    each_row(frame, |r| {
        Ok(Line {
            order: r.u32("order")?,
            line_id: r.text("line_id")?,
            sku: r.text("sku")?,
            category: r.text("category")?,
            net_amount: r.i64("net_amount")?,
        })
    })
}
