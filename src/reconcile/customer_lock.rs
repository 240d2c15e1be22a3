//! The customer lock: an order without a touch goes to the creators who brought its customer before (`RULES.md`,
//! section 5).

use anyhow::Result;
use polars::prelude::{DataFrame, DataType, FillNullStrategy, LazyFrame, NULL, col, lit};

use super::frame::{inner, query, sorted, union};
use super::touches::TOUCH;
use crate::program::Micros;

/// The touches by the lock, in the columns of [`TOUCH`] (`owner` is null): of each `open` order (as orders) whose customer is known, the
/// creators of that customer's latest earlier order that `won` (`o` u32, `creator_id` str) by a touch of its own, whatever becomes of
/// it later, if that is at most the lock before.
pub(super) fn of_lock(lock: Micros, orders: &DataFrame, open: &DataFrame, won: &DataFrame) -> Result<LazyFrame> {
    let named = ["customer", "by_id", "ordered_at", "o", "source"];
    let known =
        |orders: LazyFrame, source| orders.filter(col("customer").is_not_null()).with_column(source).select(named.map(col));
    let winners = query(won).select([col("o")]).unique(None, Default::default());
    let winners = known(inner(query(orders), winners, ["o"]), col("o").alias("source"));
    let open_orders = known(query(open), lit(NULL).cast(DataType::UInt32).alias("source"));
    // Earlier means strictly: of equal times those that are open come first. The latest winner is then carried forward.
    let by_time = sorted(union(vec![open_orders, winners])?, ["customer", "by_id", "ordered_at", "source"]);
    let latest = col("source").fill_null_with_strategy(FillNullStrategy::Forward(None)).over([col("customer"), col("by_id")])?;
    let found = by_time.with_column(latest.alias("latest")).filter(col("source").is_null().and(col("latest").is_not_null()));
    let sources = query(orders).select([col("o").alias("latest"), col("ordered_at").alias("at"), col("order_id").alias("touch")]);
    let in_time = (col("ordered_at") - col("at")).lt_eq(lit(lock));
    let found = inner(found.select([col("o"), col("latest")]), sources, ["latest"]);
    let found = inner(found, query(open).select([col("o"), col("ordered_at"), col("email")]), ["o"]).filter(in_time);
    let holders = query(won).select([col("o").alias("latest"), col("creator_id")]);
    let owner = lit(NULL).cast(DataType::UInt32).alias("owner");
    Ok(inner(found, holders, ["latest"]).with_column(owner).select(TOUCH.map(col)))
}
