//! The lines of the visible orders, in time order.

use anyhow::Result;
use polars::prelude::{DataFrame, col};

use super::frame::{at_places, beside, collect, in_minor_units, query, sorted, sorted_by, texts, u32s};
use crate::facts::Facts;

/// The lines of visible orders, by order, then `line_id` as bytes: `l` u32 (the place), `o` u32, `line_id` str, `sku` str,
/// `category` str, `net` i64 (minor units of the order's currency). Others are ignored.
pub(super) fn lines(facts: &Facts, orders: &DataFrame) -> Result<DataFrame> {
    let visible = at_places(orders, "order", facts.orders.height(), &["o", "unit"])?;
    let lines = beside(&facts.lines.select(["order", "line_id", "net_amount"])?, "order", &visible, &["o", "unit"])?;
    let lines = query(&lines).with_row_index("row", None).filter(col("o").is_not_null());
    let lines = lines.select([col("row"), col("o"), col("line_id"), in_minor_units("net", "net_amount")]);
    let lines = in_order_of_ids(&collect(sorted_by(lines, "o"))?)?;
    beside(&lines, "row", &facts.lines, &["sku", "category"])
}

/// The lines, which stand by order, with their places; those of each order by id. Most shops export them so.
fn in_order_of_ids(lines: &DataFrame) -> Result<DataFrame> {
    let (o, id) = (u32s(lines, "o")?, texts(lines, "line_id")?);
    let is_sorted = (1..o.len()).all(|l| o[l - 1] != o[l] || id.get(l - 1) <= id.get(l));
    let lines = if is_sorted { query(lines) } else { sorted(query(lines), ["o", "line_id"]) };
    collect(lines.with_row_index("l", None))
}
