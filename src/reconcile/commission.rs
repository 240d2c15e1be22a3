//! What each share earns under its rate (`RULES.md`, section 7), before caps.

use std::sync::Arc;

use anyhow::Result;
use polars::prelude::{Column, DataFrame, DataType, Int64Chunked, IntoColumn, LazyFrame, PolarsResult, col, lit, when};

use super::frame::{computed, int, query, sorted, union};
use super::per_order::fixed_amounts;
use super::progress::progress;
use super::tiers;
use crate::program::{Commission, Metric, Pays, Period, Program, RateRule};

/// What every row of an order earns: its shares, and before them the fixed amounts of its creators, which have no line. In time order,
/// then by line and creator: `o` u32, `l` u32 or null, `p` u32 (the credit), `line_id` str, `creator_id` str, `rate` u32 or null, `day`
/// i32, `base` i64, `earned` i64 (minor units, null where that cannot be kept exactly).
pub(super) fn earned(program: &Program, shares: &DataFrame) -> Result<LazyFrame> {
    let columns = ["o", "l", "p", "line_id", "creator_id", "rate", "day", "base", "earned"];
    let commission = Arc::new(program.commission.clone());
    let pay = move |columns: &[Column]| pay(&commission, columns);
    let paid = with_progress(program, query(shares))?.with_column(computed(
        "earned",
        ["rate", "base", "before", "total"],
        DataType::Int64,
        pay,
    ));
    let paid = paid.select(columns.map(col));
    if !program.commission.rates.iter().any(|rate| matches!(rate.pays, Pays::PerOrder { .. })) {
        // Shares stand so already.
        return Ok(paid);
    }
    let rows = union(vec![fixed_amounts(program, shares).select(columns.map(col)), paid])?;
    Ok(sorted(rows, ["o", "l", "p"]))
}

/// Adds to shares `before` and `total`: the progress that the tiers of their rate look at, where it has some.
fn with_progress(program: &Program, shares: LazyFrame) -> Result<LazyFrame> {
    let mut kinds: Vec<(Period, Metric)> = Vec::new();
    for kind in program.commission.rates.iter().filter_map(kind) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let mut shares = shares.with_columns([int(0).alias("tier_before"), int(0).alias("tier_total")]);
    for (period, metric) in kinds {
        let rates = (0u32..).zip(&program.commission.rates).filter(|(_, rate)| kind(rate) == Some((period, metric)));
        let is_asked = rates.fold(lit(false), |any, (place, _)| any.or(col("rate").eq_missing(lit(place))));
        let choose = |from: &str, to: &str| when(is_asked.clone()).then(col(from)).otherwise(col(to)).alias(to);
        shares = progress(program, shares, period, metric)?
            .with_columns([choose("before", "tier_before"), choose("total", "tier_total")]);
    }
    Ok(shares.with_columns([col("tier_before").alias("before"), col("tier_total").alias("total")]))
}

/// The progress that the tiers of a rate look at.
fn kind(rate: &RateRule) -> Option<(Period, Metric)> {
    match &rate.pays {
        Pays::Tiers(tiers) => Some((tiers.period, tiers.metric)),
        Pays::Percent { .. } | Pays::PerOrder { .. } => None,
    }
}

fn pay(commission: &Commission, columns: &[Column]) -> PolarsResult<Column> {
    let (rates, bases) = (columns[0].u32()?, columns[1].i64()?);
    let (before, total) = (columns[2].i64()?, columns[3].i64()?);
    let pays = |rate: Option<u32>| rate.map(|rate| &commission.rates[rate as usize].pays);
    let rows = rates.iter().zip(bases.iter()).zip(before.iter().zip(total.iter()));
    let earned: Int64Chunked = rows
        .map(|((rate, base), (before, total))| {
            let base = base?;
            match pays(rate) {
                None | Some(Pays::PerOrder { .. }) => Some(0),
                Some(Pays::Percent { percent, .. }) => percent.percent_of(base, commission.rounding).ok(),
                Some(Pays::Tiers(tiers)) => tiers::earned(tiers, base, before?, total?, commission.rounding).ok(),
            }
        })
        .collect();
    Ok(earned.into_column())
}
