//! Orders, a row for each version.

use std::collections::HashMap;

use anyhow::Result;
use foldhash::fast::FixedState;
use polars::prelude::{Column, DataFrame};

use super::order_numbers::OrderNumbers;
use crate::facts::bounds::Bounds;
use crate::facts::columns::{column, emails, frame, optional_text_column, refuse_bad_key, text_column, times};
use crate::facts::hashing::hash_key;
use crate::facts::numbering::{Index, pick};
use crate::facts::repeats::distinct_rows;
use crate::facts::row::each_row;
use crate::facts::text_table::TextTable;
use crate::money::Currency;
use crate::sources::Mistakes;

/// One version of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The same for all versions of an order.
    pub order: u32,
    /// The shop's id.
    pub order_id: String,
    /// Microseconds since 1970.
    pub ordered_at: i64,
    /// Microseconds since 1970.
    pub updated_at: i64,
    /// `paid`, `pending`, `cancelled` or `test`.
    pub status: String,
    /// What its lines are in.
    pub currency: Currency,
    /// `i:` and the id, or `e:` and the email; none if unknown.
    pub customer: Option<String>,
    /// Trimmed, and without case.
    pub email: Option<String>,
    /// Who clicked, if the shop knows.
    pub visitor_id: Option<String>,
    /// The click the shop tied to the order.
    pub click_id: Option<String>,
    /// The codes as entered, between vertical bars.
    pub codes: Option<String>,
}

/// All orders, and what other tables need to know of them.
pub(in crate::facts) struct Orders {
    /// See [`crate::facts::Facts::orders`].
    pub(in crate::facts) frame: DataFrame,
    pub(in crate::facts) numbers: OrderNumbers,
}

/// Types and checks the orders.
pub(in crate::facts) fn load(table: &TextTable<'_>, bounds: &Bounds, mistakes: &mut Mistakes) -> Result<Orders> {
    let (numbered, others) = rayon::join(|| number(table), || timed(table, bounds));
    let (Numbered { number_of_row, numbers }, wrong_numbers) = numbered?;
    let (Timed { ordered_at, updated_at, email }, wrong_times) = others?;
    mistakes.merge(wrong_numbers);
    mistakes.merge(wrong_times);
    let keep = if numbers.len() == table.height() {
        vec![true; table.height()]
    } else {
        let hash = |row: usize| hash_key((number_of_row[row], updated_at[row]));
        let hashes: Vec<u64> = (0..table.height()).map(hash).collect();
        distinct_rows(table, &hashes, mistakes)?
    };
    let columns = vec![
        column("order", number_of_row),
        text_column("order_id", table.column("order_id")?),
        column("ordered_at", ordered_at),
        column("updated_at", updated_at),
        text_column("status", table.column("status")?),
        text_column("currency", table.column("currency")?),
        optional_text_column("customer_id", table.column("customer_id")?),
        email,
        optional_text_column("visitor_id", table.column("visitor_id")?),
        optional_text_column("click_id", table.column("click_id")?),
        optional_text_column("codes", table.column("codes")?),
    ];
    Ok(Orders { frame: frame(&keep, columns)?, numbers })
}

/// The columns that take work, except the numbers.
struct Timed {
    ordered_at: Vec<i64>,
    updated_at: Vec<i64>,
    email: Column,
}

fn timed(table: &TextTable<'_>, bounds: &Bounds) -> Result<(Timed, Mistakes)> {
    let mut mistakes = Mistakes::default();
    let ordered_at = times(table, "ordered_at", bounds, &mut mistakes)?;
    let updated_at = times(table, "updated_at", bounds, &mut mistakes)?;
    let email = emails("email", table.column("customer_email")?);
    Ok((Timed { ordered_at, updated_at, email }, mistakes))
}

/// The number of each row's order, and what is known of the numbers.
struct Numbered {
    number_of_row: Vec<u32>,
    numbers: OrderNumbers,
}

fn number(table: &TextTable<'_>) -> Result<(Numbered, Mistakes)> {
    let (id, status, currency) = (table.column("order_id")?, table.column("status")?, table.column("currency")?);
    let mut mistakes = Mistakes::default();
    let mut index = Index::with_capacity(table.height());
    let mut firsts: Vec<u32> = Vec::with_capacity(table.height());
    let mut currencies: Vec<Option<Currency>> = Vec::with_capacity(table.height());
    let mut number_of_row = Vec::with_capacity(table.height());
    let mut known: HashMap<&str, Option<Currency>, FixedState> = HashMap::default();
    for row in 0..table.height() {
        let order_id = id.get(row);
        refuse_bad_key(table, row, "order_id", order_id, &mut mistakes);
        if !matches!(status.get(row), "paid" | "pending" | "cancelled" | "test") {
            mistakes.add(row, || table.wrong(row, "status", "is none of paid, pending, cancelled, test"));
        }
        let code = currency.get(row);
        let currency = *known.entry(code).or_insert_with(|| Currency::parse(code).ok());
        if currency.is_none() {
            mistakes.add(row, || table.wrong(row, "currency", "is not an ISO 4217 code such as USD"));
        }
        let (number, is_new) = index.number(order_id, |n| id.get(firsts[n as usize] as usize));
        if is_new {
            firsts.push(row as u32);
            currencies.push(currency);
        } else {
            let fewest = &mut currencies[number as usize];
            *fewest = [*fewest, currency].into_iter().flatten().min_by_key(|currency| currency.exponent());
        }
        number_of_row.push(number);
    }
    let ids = text_column("order_id", id);
    let ids = if firsts.len() == table.height() { ids } else { pick(&ids, &firsts)? };
    Ok((Numbered { number_of_row, numbers: OrderNumbers::new(index, ids, currencies) }, mistakes))
}

/// The orders as plain values.
pub(in crate::facts) fn rows(frame: &DataFrame) -> Result<Vec<Order>> {
    each_row(frame, |r| {
        let email = r.optional("email")?;
        let customer_id = r.optional("customer_id")?;
        let customer = customer_id.map(|id| format!("i:{id}")).or_else(|| email.as_ref().map(|email| format!("e:{email}")));
        Ok(Order {
            order: r.u32("order")?,
            order_id: r.text("order_id")?,
            ordered_at: r.i64("ordered_at")?,
            updated_at: r.i64("updated_at")?,
            status: r.text("status")?,
            currency: Currency::parse(&r.text("currency")?)?,
            customer,
            email,
            visitor_id: r.optional("visitor_id")?,
            click_id: r.optional("click_id")?,
            codes: r.optional("codes")?,
        })
    })
}
