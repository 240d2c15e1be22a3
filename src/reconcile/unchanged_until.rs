//! Until when a result holds. Nights on which nothing can have changed need no computing.

use anyhow::Result;
use polars::prelude::{DataFrame, Expr, LazyFrame, col, lit, when};

use super::frame::{collect, query, union};
use crate::facts::Facts;

/// The first instant after `as_of` at which something not yet visible shows, a hold ends or a fee falls due.
pub(super) fn unchanged_until(facts: &Facts, targets: &DataFrame, as_of: i64, next_fee: Option<i64>) -> Result<i64> {
    let version = when(col("ordered_at").gt(col("updated_at"))).then(col("ordered_at")).otherwise(col("updated_at"));
    let times = |frame: &DataFrame, at: Expr| query(frame).select([at.alias("at")]).filter(col("at").gt_eq(lit(as_of)));
    let events = union(vec![
        times(&facts.orders, version),
        times(&facts.refunds, col("refunded_at")),
        times(&facts.clicks, col("clicked_at")),
        times(&facts.disputes, col("opened_at")),
        times(&facts.disputes, col("closed_at")),
    ])?;
    let holds = times(targets, col("payable_from")).filter(col("at").gt(lit(as_of)));
    let (event, held) = (first(events)?, first(holds)?);
    // What happens at t is visible just after t.
    let seen = event.map(|at| at.saturating_add(1));
    Ok(seen.into_iter().chain(held).chain(next_fee).min().unwrap_or(i64::MAX))
}

fn first(times: LazyFrame) -> Result<Option<i64>> {
    Ok(collect(times.select([col("at").min()]))?.column("at")?.i64()?.get(0))
}
