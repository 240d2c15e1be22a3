//! How far each creator has come in a period: what tiers and net-sales bonuses look at (`RULES.md`, sections 7 and 9).

use std::collections::HashMap;

use anyhow::Result;
use polars::prelude::{Column, DataType, Expr, Int32Chunked, IntoColumn, LazyFrame, PolarsResult, col, lit, when};

use super::frame::{computed, int};
use crate::calendar::period_number;
use crate::program::{Metric, Period, Program};

/// Adds to shares, which stand in time order, what progress by `metric` over `period` is for each: `period` i32 (its number), `before` i64 (the base
/// of the creator's earlier lines, or the number of earlier orders), `total` i64 (of the whole period). What counts is the base of lines
/// under rates that count, or the orders with base left on such lines. Looks at `rate`, `day`, `creator_id`, `o` and `base`.
pub(super) fn progress(program: &Program, shares: LazyFrame, period: Period, metric: Metric) -> Result<LazyFrame> {
    let counts = col("base").gt(lit(0i64)).and(counting(program));
    let shares = shares.with_columns([number(period).alias("period"), counts.alias("counts")]);
    let key = [col("creator_id"), col("period")];
    let in_order = [col("creator_id"), col("o")];
    let step = || col("step").cum_sum(false).over(&key);
    Ok(match metric {
        Metric::NetSales => {
            let shares = shares.with_column(when(col("counts")).then(col("base")).otherwise(int(0)).alias("step"));
            shares.with_columns([(step()? - col("step")).alias("before"), col("step").sum().over(&key)?.alias("total")])
        }
        Metric::Orders => {
            // Each order counts once, by the first of its lines that does. The n-th order has n - 1 before it, on each of its lines.
            let counted = col("counts").cast(DataType::Int64).cum_sum(false).over(&in_order)?.alias("counted");
            let is_first = col("counts").and(col("counted").eq(lit(1i64))).cast(DataType::Int64).alias("step");
            let is_later = (col("counted") - col("counts").cast(DataType::Int64)).gt(lit(0i64)).cast(DataType::Int64);
            let shares = shares.with_column(counted).with_column(is_first);
            shares
                .with_columns([(step()? - col("step") - is_later).alias("before"), col("step").sum().over(&key)?.alias("total")])
        }
    })
}

/// Whether the lines under the rate of a share count.
fn counting(program: &Program) -> Expr {
    let rates = (0u32..).zip(&program.commission.rates).filter(|(_, rate)| !rate.counts());
    rates.fold(lit(true), |counts, (place, _)| counts.and(col("rate").eq_missing(lit(place)).not()))
}

/// The number of the period in which `day` lies.
pub(super) fn number(period: Period) -> Expr {
    let numbers = move |columns: &[Column]| -> PolarsResult<Column> {
        let mut known: HashMap<i32, i32> = HashMap::new();
        let number = |day: Option<i32>| Some(*known.entry(day?).or_insert_with_key(|day| period_number(period, *day)));
        let numbers: Int32Chunked = columns[0].i32()?.iter().map(number).collect();
        Ok(numbers.into_column())
    };
    computed("period", ["day"], DataType::Int32, numbers)
}

/// What progress by net sales comes to, where it is above zero: `creator_id` str, `period` i32, `total` i64.
pub(super) fn totals(program: &Program, shares: LazyFrame, period: Period) -> LazyFrame {
    let counted = shares.filter(col("base").gt(lit(0i64)).and(counting(program))).with_column(number(period).alias("period"));
    counted.group_by([col("creator_id"), col("period")]).agg([col("base").sum().alias("total")])
}
