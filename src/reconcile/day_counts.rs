//! How many orders each of the last days brought: what alerts compare a day with.

use anyhow::Result;
use polars::prelude::{DataFrame, DataType, col, len, lit};
use serde::{Deserialize, Serialize};

use super::frame::{collect, i32s, i64s, query, sorted};
use crate::calendar::day_of;
use crate::program::Program;
use crate::vocabulary::{Outcome, OutcomeReason};

/// How many days are counted, the current one included: five of each weekday.
const DAYS: i32 = 36;

/// What one local day brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCount {
    /// The day, as days since 1970.
    pub day: i32,
    /// How many orders were placed on it; tests do not count.
    pub orders: i64,
    /// How many of them are unattributed.
    pub unattributed: i64,
}

/// Counts the visible orders of the last days before `as_of` and of its own; days without orders are left out.
pub(super) fn day_counts(program: &Program, orders: &DataFrame, as_of: i64) -> Result<Vec<DayCount>> {
    let first = day_of(program.time_zone, as_of) - DAYS + 1;
    let counted = query(orders).filter(col("day").gt_eq(lit(first)).and(col("reason").neq(lit(OutcomeReason::Test.code()))));
    let is_unattributed = OutcomeReason::ALL.iter().filter(|reason| reason.outcome() == Outcome::Unattributed);
    let is_unattributed = is_unattributed.fold(lit(false), |any, reason| any.or(col("reason").eq(lit(reason.code()))));
    let counts = [len().cast(DataType::Int64).alias("orders"), is_unattributed.cast(DataType::Int64).sum().alias("unattributed")];
    let days = collect(sorted(counted.group_by([col("day")]).agg(counts), ["day"]))?;
    let counts = i64s(&days, "orders")?.iter().zip(i64s(&days, "unattributed")?);
    let each = i32s(&days, "day")?.iter().zip(counts);
    Ok(each.map(|(day, (orders, unattributed))| DayCount { day: *day, orders: *orders, unattributed: *unattributed }).collect())
}
