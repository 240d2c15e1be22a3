//! Which version of each order counts at `as_of`, and the visible orders in time order (`RULES.md`, section 3).

use anyhow::Result;
use polars::prelude::DataFrame;
use rayon::prelude::*;

use super::frame::{TextColumn, i64s, texts, u32s};
use crate::calendar::day_of;
use crate::facts::{Facts, NO_NUMBER};
use crate::money::Currency;
use crate::program::Program;

/// What an order's shop says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Paid,
    Pending,
    Cancelled,
    Test,
}

/// The visible orders in time order; every slice is indexed by the order's place in it, called `o`.
pub(super) struct Orders<'f> {
    /// The row in [`Facts::orders`] of the version that counts.
    pub row: Vec<u32>,
    pub ordered_at: Vec<i64>,
    /// The local day.
    pub day: Vec<i32>,
    pub status: Vec<Status>,
    pub currency: Vec<Currency>,
    /// From an order's number in the facts to `o`; `u32::MAX` where it is not visible.
    pub place: Vec<u32>,
    ids: TextColumn<'f>,
    emails: TextColumn<'f>,
    customer_ids: TextColumn<'f>,
    click_ids: TextColumn<'f>,
    codes: TextColumn<'f>,
    visitors: &'f [u32],
}

/// How a customer is known: by the shop's id, or by the email alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Customer<'f> {
    Id(&'f str),
    Email(&'f str),
}

impl<'f> Orders<'f> {
    pub(super) fn len(&self) -> usize {
        self.row.len()
    }

    pub(super) fn id(&self, o: usize) -> &'f str {
        self.ids.get(self.row[o] as usize).unwrap_or_default()
    }

    pub(super) fn email(&self, o: usize) -> Option<&'f str> {
        self.emails.get(self.row[o] as usize)
    }

    pub(super) fn customer(&self, o: usize) -> Option<Customer<'f>> {
        let id = self.customer_ids.get(self.row[o] as usize).map(Customer::Id);
        id.or_else(|| self.email(o).map(Customer::Email))
    }

    /// The click that the shop tied to the order.
    pub(super) fn click_id(&self, o: usize) -> Option<&'f str> {
        self.click_ids.get(self.row[o] as usize)
    }

    pub(super) fn codes(&self, o: usize) -> Option<&'f str> {
        self.codes.get(self.row[o] as usize)
    }

    /// The visitor's number (see [`Facts::visitors`]).
    pub(super) fn visitor(&self, o: usize) -> Option<u32> {
        Some(self.visitors[self.row[o] as usize]).filter(|visitor| *visitor != NO_NUMBER)
    }

    /// The orders as the facts list them: what concerns one order lies near what concerns the next.
    pub(super) fn by_row(&self) -> Vec<u32> {
        let mut place_of_row = vec![u32::MAX; self.visitors.len()];
        for (row, o) in self.row.iter().zip(0..) {
            place_of_row[*row as usize] = o;
        }
        place_of_row.retain(|o| *o != u32::MAX);
        place_of_row
    }

    /// The orders in byte order of their ids.
    pub(super) fn by_id(&self) -> Vec<u32> {
        // Shops often write their orders by id; then the order of the rows is all that is wanted.
        sorted_by_text(self.by_row(), |o| self.id(*o as usize))
    }
}

/// Sorts distinct texts by their bytes. What decides nearly always are the first sixteen bytes, compared as one number.
fn sorted_by_text<'t, T: Copy + Send + Sync>(items: Vec<T>, text: impl Fn(&T) -> &'t str + Sync) -> Vec<T> {
    if items.is_sorted_by_key(&text) {
        return items;
    }
    let prefix = |text: &str| {
        let mut bytes = [0; 16];
        let length = text.len().min(16);
        bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
        u128::from_be_bytes(bytes)
    };
    let mut keyed: Vec<(u128, T)> = items.par_iter().map(|item| (prefix(text(item)), *item)).collect();
    keyed.par_sort_unstable_by(|(a, x), (b, y)| a.cmp(b).then_with(|| text(x).cmp(text(y))));
    keyed.into_iter().map(|(_, item)| item).collect()
}

/// The visible version of each order (`RULES.md`, section 3), by `ordered_at`, then `order_id`.
pub(super) fn orders<'f>(program: &Program, facts: &'f Facts, as_of: i64) -> Result<Orders<'f>> {
    let frame = &facts.orders;
    let ids = texts(frame, "order_id")?;
    let times = i64s(frame, "ordered_at")?;
    let counted = versions_that_count(program, frame, as_of)?;
    let visible = counted.iter().enumerate().filter(|(_, counted)| **counted);
    let mut by_time: Vec<(i64, u32)> = visible.map(|(row, _)| (times[row], row as u32)).collect();
    by_time.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| ids.get(a.1 as usize).cmp(&ids.get(b.1 as usize))));
    let (ordered_at, row): (Vec<i64>, Vec<u32>) = by_time.into_iter().unzip();
    let day: Vec<i32> = ordered_at.par_iter().map(|at| day_of(program.time_zone, *at)).collect();
    let statuses = texts(frame, "status")?;
    let status = row.iter().map(|row| status(statuses.get(*row as usize).unwrap_or_default())).collect();
    let currency = currencies(texts(frame, "currency")?, &row)?;
    let numbers = u32s(frame, "order")?;
    let highest = numbers.iter().max().map_or(0, |n| *n as usize + 1);
    let mut place = vec![u32::MAX; highest];
    for (o, row) in row.iter().enumerate() {
        place[numbers[*row as usize] as usize] = o as u32;
    }
    Ok(Orders {
        row,
        ordered_at,
        day,
        status,
        currency,
        place,
        ids,
        emails: texts(frame, "email")?,
        customer_ids: texts(frame, "customer_id")?,
        click_ids: texts(frame, "click_id")?,
        codes: texts(frame, "codes")?,
        visitors: u32s(frame, "visitor")?,
    })
}

/// For each version of an order whether it is the one that counts.
fn versions_that_count(program: &Program, versions: &DataFrame, as_of: i64) -> Result<Vec<bool>> {
    let numbers = u32s(versions, "order")?;
    let (ordered_at, updated_at) = (i64s(versions, "ordered_at")?, i64s(versions, "updated_at")?);
    let status = texts(versions, "status")?;
    let highest = numbers.iter().max().map_or(0, |n| *n as usize + 1);
    // A late cancellation counts only where nothing else does, so timely versions rank above it.
    let mut best: Vec<Option<(bool, i64, usize)>> = vec![None; highest];
    for row in (0..numbers.len()).filter(|row| ordered_at[*row] < as_of && updated_at[*row] < as_of) {
        let late = program
            .commission
            .clawback
            .is_some_and(|clawback| updated_at[row] - ordered_at[row] > clawback && status.get(row) == Some("cancelled"));
        let slot = &mut best[numbers[row] as usize];
        *slot = (*slot).max(Some((!late, updated_at[row], row)));
    }
    let mut counts = vec![false; numbers.len()];
    for (_, _, row) in best.into_iter().flatten() {
        counts[row] = true;
    }
    Ok(counts)
}

fn status(text: &str) -> Status {
    match text {
        "paid" => Status::Paid,
        "pending" => Status::Pending,
        "cancelled" => Status::Cancelled,
        _ => Status::Test,
    }
}

fn currencies(codes: TextColumn<'_>, rows: &[u32]) -> Result<Vec<Currency>> {
    let mut last: Option<(&str, Currency)> = None;
    let mut currencies = Vec::with_capacity(rows.len());
    for code in rows.iter().map(|row| codes.get(*row as usize).unwrap_or_default()) {
        let currency = match &last {
            Some((known, currency)) if *known == code => *currency,
            _ => {
                let currency = Currency::parse(code)?;
                last = Some((code, currency));
                currency
            }
        };
        currencies.push(currency);
    }
    Ok(currencies)
}
