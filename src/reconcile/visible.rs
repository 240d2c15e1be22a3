//! Step 1: which version of each order counts at `as_of`, in time order.

use anyhow::Result;
use polars::prelude::{BooleanChunked, DataFrame, IntoLazy, NewChunkedArray, SortMultipleOptions, col};

use super::frame::{collect, column, i64s, take, texts, u32s};
use super::local::day_of;
use crate::facts::Facts;
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

/// The visible orders in time order; every column and slice is indexed by the order's place in it, called `o`.
pub(super) struct Orders {
    /// The columns of [`Facts::orders`] for the versions that count.
    pub frame: DataFrame,
    pub ordered_at: Vec<i64>,
    /// The local day.
    pub day: Vec<i32>,
    pub status: Vec<Status>,
    pub currency: Vec<Currency>,
    /// From an order's number in the facts to `o`; `u32::MAX` where it is not visible.
    pub place: Vec<u32>,
}

impl Orders {
    pub(super) fn len(&self) -> usize {
        self.ordered_at.len()
    }
}

/// The visible version of each order (`SPEC.md`, "Visible at `as_of`"), by `ordered_at`, then `order_id`.
pub(super) fn orders(program: &Program, facts: &Facts, as_of: i64) -> Result<Orders> {
    let counted = BooleanChunked::from_slice("counted".into(), &versions_that_count(program, &facts.orders, as_of)?);
    let versions = facts.orders.filter(&counted)?;
    let narrow = versions.select(["ordered_at", "order_id"])?.with_row_index("row".into(), None)?;
    let sorted = collect(narrow.lazy().sort(["ordered_at", "order_id"], SortMultipleOptions::default()).select([col("row")]))?;
    let mut frame = take(&versions, u32s(&sorted, "row")?)?;
    frame.rechunk_mut();
    let ordered_at = i64s(&frame, "ordered_at")?.to_vec();
    let day: Vec<i32> = ordered_at.iter().map(|at| day_of(program.time_zone, *at)).collect();
    let status = texts(&frame, "status")?.iter().map(|s| status(s.unwrap_or_default())).collect();
    let currency = currencies(&frame)?;
    let numbers = u32s(&frame, "order")?;
    let highest = u32s(&facts.orders, "order")?.iter().max().map_or(0, |n| *n as usize + 1);
    let mut place = vec![u32::MAX; highest];
    for (o, number) in numbers.iter().enumerate() {
        place[*number as usize] = o as u32;
    }
    frame.with_column(column("day", day.clone()))?;
    Ok(Orders { frame, ordered_at, day, status, currency, place })
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

fn currencies(frame: &DataFrame) -> Result<Vec<Currency>> {
    let mut last: Option<(String, Currency)> = None;
    let mut currencies = Vec::with_capacity(frame.height());
    for code in texts(frame, "currency")?.iter().map(Option::unwrap_or_default) {
        let currency = match &last {
            Some((known, currency)) if known == code => *currency,
            _ => {
                let currency = Currency::parse(code)?;
                last = Some((code.to_owned(), currency));
                currency
            }
        };
        currencies.push(currency);
    }
    Ok(currencies)
}
