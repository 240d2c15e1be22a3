//! The lines of the visible orders, in time order.

use anyhow::Result;
use polars::prelude::{DataFrame, col};

use super::frame::{beside, collect, in_minor_units, inner, query, sorted};
use crate::facts::Facts;

/// The lines of visible orders, by order, then `line_id` as bytes: `l` u32 (the place), `o` u32, `line_id` str, `sku` str,
/// `category` str, `net` i64 (minor units of the order's currency). Others are ignored.
pub(super) fn lines(facts: &Facts, orders: &DataFrame) -> Result<DataFrame> {
    let orders = query(orders).select(["order", "o", "unit"].map(col));
    let lines = query(&facts.lines).select(["order", "line_id", "net_amount"].map(col)).with_row_index("row", None);
    let lines = inner(lines, orders, ["order"]);
    let lines =
        sorted(lines.select([col("row"), col("o"), col("line_id"), in_minor_units("net", "net_amount")]), ["o", "line_id"]);
    beside(&collect(lines.with_row_index("l", None))?, "row", &facts.lines, &["sku", "category"])
}
