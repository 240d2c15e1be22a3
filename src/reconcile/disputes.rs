//! Payments that buyers dispute: while a dispute is open, what its order earned is pending (`RULES.md`, sections 6 and 11). One that
//! was lost is a refund, see `refunds.rs`.

use anyhow::Result;
use polars::prelude::{DataFrame, DataType, Expr, LazyFrame, NULL, col, lit, when};

use super::frame::{collect, column, i64s, inner, int, query, sorted, u32s, without};
use crate::facts::Facts;

/// What visible disputes do.
pub(super) struct Disputes {
    /// The orders with disputes: `o` u32, `open_until` i64 or null (from when on none is open any more; `i64::MAX` while nobody knows),
    /// `disputed_since` i64 or null (since when there has been one without a break, while one is open), `undisputed_at` i64 or null (when
    /// the last one ended, of those that did).
    pub orders: DataFrame,
    /// Visible disputes whose order is not visible: `dispute_id` str.
    pub without_order: DataFrame,
}

/// Looks for the visible disputes of the orders.
pub(super) fn disputes(facts: &Facts, as_of: i64, orders: &DataFrame) -> Result<Disputes> {
    let visible = query(&facts.disputes).filter(col("opened_at").lt(lit(as_of)));
    let orders = query(orders).select([col("order"), col("o")]);
    let unknown = without(visible.clone(), orders.clone(), ["order"]).select([col("dispute_id")]);
    let known = inner(visible, orders, ["order"]).select(["o", "opened_at", "closed_at"].map(col));
    let known = with_breaks(&collect(sorted(known, ["o", "opened_at"]))?)?;
    let is_open = col("closed_at").gt_eq(lit(as_of));
    // What ends at t is seen to have ended just after t.
    let end = when(col("closed_at").eq(lit(i64::MAX))).then(int(i64::MAX)).otherwise(col("closed_at") + lit(1i64));
    let open = |value: Expr| when(is_open.clone()).then(value).otherwise(lit(NULL).cast(DataType::Int64));
    let of_order = [
        open(end).max().alias("open_until"),
        when(is_open.clone().any(true)).then(col("since").last()).otherwise(lit(NULL)).alias("disputed_since"),
        when(is_open.clone().not()).then(col("closed_at")).otherwise(lit(NULL)).max().alias("undisputed_at"),
    ];
    Ok(Disputes { orders: collect(known.group_by_stable([col("o")]).agg(of_order))?, without_order: collect(unknown)? })
}

/// Adds to disputes, which stand by order and time, `since` i64: when the first one was opened of those that follow each other without a break.
fn with_breaks(disputes: &DataFrame) -> Result<LazyFrame> {
    let (o, opened_at, closed_at) = (u32s(disputes, "o")?, i64s(disputes, "opened_at")?, i64s(disputes, "closed_at")?);
    let mut since = Vec::with_capacity(o.len());
    let mut span: Option<(u32, i64, i64)> = None;
    for ((o, opened), closed) in o.iter().zip(opened_at).zip(closed_at) {
        let (start, end) = match span {
            Some((last, start, end)) if last == *o && *opened <= end => (start, end.max(*closed)),
            _ => (*opened, *closed),
        };
        since.push(start);
        span = Some((*o, start, end));
    }
    Ok(query(disputes).with_column(lit(column("since", since).take_materialized_series())))
}
