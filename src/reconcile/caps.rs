//! Caps: the most that an order pays, then the most that a creator earns in a month (`RULES.md`, section 8).

use anyhow::{Context, Result};
use polars::prelude::{DataFrame, DataType, Int64Chunked, IntoColumn, LazyFrame, col};

use super::frame::{column, computed, i64s, query, u32s};
use super::progress::number;
use crate::money::{Overflow, split_in_proportion};
use crate::program::{Period, Program};

/// Cuts what rows earned (see [`super::commission::earned`]) to the program's caps, in their order: adds `commission` i64.
pub(super) fn capped(program: &Program, rows: &DataFrame) -> Result<LazyFrame> {
    let mut rows = rows.clone();
    if let Some(cap) = program.commission.cap_per_order {
        let cut = within_orders(cap, u32s(&rows, "o")?, i64s(&rows, "earned")?)?;
        rows.with_column(column("earned", cut))?;
    }
    let rows = query(&rows);
    let Some(cap) = program.commission.cap_per_month else { return Ok(rows.with_column(col("earned").alias("commission"))) };
    let before = col("earned").cum_sum(false).over([col("creator_id"), col("month")])? - col("earned");
    let rows = rows.with_column(number(Period::Month).alias("month")).with_column(before.alias("so_far"));
    Ok(rows.with_column(computed("commission", ["so_far", "earned"], DataType::Int64, move |columns| {
        let rows = columns[0].i64()?.iter().zip(columns[1].i64()?.iter());
        let cut: Int64Chunked = rows.map(|(so_far, earned)| Some(within_month(cap, so_far?, earned?))).collect();
        Ok(cut.into_column())
    })))
}

/// Cuts the amounts of each order, which stand together, to the cap.
fn within_orders(cap: i64, o: &[u32], earned: &[i64]) -> Result<Vec<i64>> {
    let mut cut = Vec::with_capacity(earned.len());
    for order in o.chunk_by(|one, other| one == other) {
        let amounts = &earned[cut.len()..cut.len() + order.len()];
        match within_order(cap, amounts).context("the sum of what an order pays")? {
            Some(parts) => cut.extend(parts),
            None => cut.extend(amounts),
        }
    }
    Ok(cut)
}

/// What the cap of an order leaves of its rows' amounts: the cap, split over them in proportion. None if they fit.
pub fn within_order(cap: i64, amounts: &[i64]) -> Result<Option<Vec<i64>>, Overflow> {
    let sum = amounts.iter().try_fold(0i64, |sum, amount| sum.checked_add(*amount)).ok_or(Overflow)?;
    Ok((sum > cap).then(|| split_in_proportion(cap, amounts)))
}

/// What the cap of a month leaves of an amount, after what the creator's earlier rows of the month earned before they were cut.
pub fn within_month(cap: i64, so_far: i64, amount: i64) -> i64 {
    amount.min(cap - so_far.min(cap))
}
