//! Shopify's own export of orders, as it comes out of the admin: one row a line, an order's columns on its first row alone.
//!
//! It says less than the shop knows, and what it does not say is not made up:
//!
//! - Lines have no id: their place within the order is it.
//! - Amounts of lines are before discounts of the order and, where prices hold it, with tax; [`amounts`] takes both off, to the cent.
//! - Refunds have no dates and no lines, only a sum for the order. What more a later export has was refunded when it was first seen;
//!   [`Seen`] remembers that. What an order had been refunded when the order itself was first seen has the order's own last time: dated by a
//!   first import of history, every refund of it would come too late for a `clawback`.
//!
//! The API says all of it. An export is for a shop that begins, and to compare.

mod amounts;
mod order;

use std::collections::{BTreeMap, HashSet};

use anyhow::Result;

use self::order::{COLUMNS, OPTIONAL, Order, OrderRow};
use super::csv_file::read_csv;
use super::mistakes::Mistakes;
use super::source_file::SourceFile;
use crate::calendar::format_time;
use crate::program::{ShopifyExport, Table};

/// The orders and refunds that were seen before, and when this export is read.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The ids of the orders.
    pub orders: HashSet<String>,
    /// Id, order, time and amount of each, as rows of the table have them.
    pub refunds: Vec<[String; 4]>,
    /// When what is new was first seen (microseconds since 1970).
    pub at: i64,
}

/// Calls `each` with the number of the row and the values of a table's columns for every row that an export makes in it.
///
/// # Errors
///
/// [`Mistakes`], which name file and row.
pub(super) fn read_export(
    file: &SourceFile,
    export: &ShopifyExport,
    table: Table,
    seen: &Seen,
    mut each: impl FnMut(usize, &[&str]) -> Result<()>,
) -> Result<()> {
    let mut mistakes = Mistakes::default();
    let mut rows: Vec<(usize, OrderRow)> = Vec::new();
    let mut known: BTreeMap<&str, Vec<&[String; 4]>> = BTreeMap::new();
    for refund in &seen.refunds {
        known.entry(refund[1].as_str()).or_default().push(refund);
    }
    let mut told = |rows: &mut Vec<(usize, OrderRow)>, mistakes: &mut Mistakes| -> Result<()> {
        let Some((first, _)) = rows.first() else { return Ok(()) };
        let (first, place) = (*first, format!("{} row {}", file.shown, rows[0].0));
        match Order::of(std::mem::take(rows), export) {
            Ok(order) => {
                let known = known.get(order.id.as_str()).map_or(&[][..], Vec::as_slice);
                let is_known = !known.is_empty() || seen.orders.contains(&order.id);
                tell(&order, first, table, known, if is_known { seen.at } else { order.updated_at }, &mut each)
            }
            Err((row, why)) => {
                mistakes.add(row, || {
                    if row == first { format!("{place}, {why}") } else { format!("{} row {row}, {why}", file.shown) }
                });
                Ok(())
            }
        }
    };
    read_csv(file, &COLUMNS, &OPTIONAL, |number, values| {
        let row = OrderRow::of(values);
        if row.begins_order() {
            told(&mut rows, &mut mistakes)?;
        }
        rows.push((number, row));
        Ok(())
    })?;
    told(&mut rows, &mut mistakes)?;
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes.into()) }
}

/// The rows that an order makes in a table. What it was refunded beyond what is known was refunded `at`.
fn tell(
    order: &Order,
    first: usize,
    table: Table,
    known: &[&[String; 4]],
    at: i64,
    each: &mut impl FnMut(usize, &[&str]) -> Result<()>,
) -> Result<()> {
    match table {
        Table::Orders => {
            let (ordered_at, updated_at) = (format_time(order.ordered_at), format_time(order.updated_at));
            let [id, status, currency] = [order.id.as_str(), order.status, order.currency.code()];
            let [email, visitor, click, codes, name] = [&order.email, &order.visitor, &order.click, &order.codes, &order.name];
            each(first, &[id, &ordered_at, &updated_at, status, currency, "", email, visitor, click, codes, name, &order.country])
        }
        Table::OrderLines => (1..).zip(&order.lines).try_for_each(|(place, line): (usize, _)| {
            let id = place.to_string();
            each(line.row, &[&order.id, &id, &line.sku, "", &line.quantity, &line.net, &line.title])
        }),
        _ => {
            for [id, of_order, then, amount] in known {
                each(first, &[id, of_order, "", then, amount])?;
            }
            let Some(amount) = order.refunded_since(known.iter().map(|refund| refund[3].as_str())) else { return Ok(()) };
            let id = format!("{}-refund-{}", order.id, known.len() + 1);
            each(first, &[&id, &order.id, "", &format_time(at), &amount])
        }
    }
}
