//! Since when each creator, link and code brings orders: a new one whose orders are all young is no edit (`RULES.md`, section 12).

use std::collections::HashMap;

use anyhow::Result;
use foldhash::fast::FixedState;
use polars::prelude::{DataFrame, LazyFrame, col, lit};

use super::frame::{beside, collect, i64s, query, texts};
use crate::vocabulary::OutcomeReason;

/// The time of the first order for which each got credit, whether the order earns or is excluded (microseconds since 1970).
/// What brought no order is missing.
#[derive(Debug, Clone, Default)]
pub struct FirstOrders {
    /// By creator id.
    pub creators: HashMap<String, i64, FixedState>,
    /// By link key.
    pub links: HashMap<String, i64, FixedState>,
    /// By code, trimmed and without case.
    pub codes: HashMap<String, i64, FixedState>,
}

/// The first order of each, by the credits of all orders.
pub(super) fn first_orders(orders: &DataFrame, credits: &DataFrame) -> Result<FirstOrders> {
    let credits = query(&beside(&credits.select(["o", "creator_id", "key", "reason"])?, "o", orders, &["ordered_at"])?);
    let of = |reason: OutcomeReason| credits.clone().filter(col("reason").eq(lit(reason.code())));
    Ok(FirstOrders {
        creators: first_of_each(credits.clone(), "creator_id")?,
        links: first_of_each(of(OutcomeReason::Link), "key")?,
        codes: first_of_each(of(OutcomeReason::Code), "key")?,
    })
}

fn first_of_each(credits: LazyFrame, key: &str) -> Result<HashMap<String, i64, FixedState>> {
    let firsts = collect(credits.group_by([col(key)]).agg([col("ordered_at").min()]))?;
    let keys = texts(&firsts, key)?;
    Ok(keys.iter().zip(i64s(&firsts, "ordered_at")?).filter_map(|(key, at)| Some((key?.to_owned(), *at))).collect())
}
