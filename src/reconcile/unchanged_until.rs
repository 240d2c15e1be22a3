//! Until when a result holds. Nights on which nothing can have changed need no computing.

use anyhow::Result;
use polars::prelude::DataFrame;

use super::frame::i64s;
use crate::facts::Facts;

/// The first instant after `as_of` at which something not yet visible shows, a hold ends or a fee falls due.
pub(super) fn unchanged_until(facts: &Facts, targets: &DataFrame, as_of: i64, next_fee: Option<i64>) -> Result<i64> {
    // What happens at t is visible just after t.
    let hidden = |frame: &DataFrame, name: &str| -> Result<Option<i64>> {
        Ok(i64s(frame, name)?.iter().filter(|at| **at >= as_of).min().map(|at| at.saturating_add(1)))
    };
    let (ordered, updated) = (i64s(&facts.orders, "ordered_at")?, i64s(&facts.orders, "updated_at")?);
    let versions = ordered.iter().zip(updated).map(|(ordered, updated)| *ordered.max(updated));
    let version = versions.filter(|at| *at >= as_of).min().map(|at| at.saturating_add(1));
    let held = i64s(targets, "payable_from")?.iter().filter(|from| **from > as_of).min().copied();
    let moments = [version, hidden(&facts.refunds, "refunded_at")?, hidden(&facts.clicks, "clicked_at")?, held, next_fee];
    Ok(moments.into_iter().flatten().min().unwrap_or(i64::MAX))
}
