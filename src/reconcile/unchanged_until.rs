//! Until when a result holds. Nights on which nothing can have changed need no computing.

use anyhow::Result;
use polars::prelude::{DataFrame, Expr, LazyFrame, col, lit, when};

use super::frame::{collect, query};
use crate::facts::Facts;

/// The first instant after `as_of` at which something not yet visible shows, a hold ends or a fee falls due.
pub(super) fn unchanged_until(facts: &Facts, targets: &DataFrame, as_of: i64, next_fee: Option<i64>) -> Result<i64> {
    let first = |query: LazyFrame, at: Expr| -> Result<Option<i64>> {
        let first = collect(query.select([at.alias("at")]).filter(col("at").gt_eq(lit(as_of))).select([col("at").min()]))?;
        Ok(first.column("at")?.i64()?.get(0))
    };
    let version = when(col("ordered_at").gt(col("updated_at"))).then(col("ordered_at")).otherwise(col("updated_at"));
    let events = [
        first(query(&facts.orders), version)?,
        first(query(&facts.refunds), col("refunded_at"))?,
        first(query(&facts.clicks), col("clicked_at"))?,
        first(query(&facts.disputes), col("opened_at"))?,
        first(query(&facts.disputes), col("closed_at"))?,
    ];
    // What happens at t is visible just after t.
    let seen = events.into_iter().flatten().map(|at| at.saturating_add(1));
    let held = first(query(targets).filter(col("payable_from").gt(lit(as_of))), col("payable_from"))?;
    Ok(seen.chain(held).chain(next_fee).min().unwrap_or(i64::MAX))
}
