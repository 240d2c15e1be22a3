//! Which version of each order counts at `as_of`, and the visible orders in time order (`RULES.md`, section 3).

use std::collections::HashMap;

use anyhow::Result;
use polars::prelude::{Column, DataFrame, DataType, Expr, Int64Chunked, IntoColumn, LazyFrame, PolarsResult, col, lit, when};

use super::frame::{beside, collect, computed, local_day, query, sorted, sorted_by, texts, with};
use crate::facts::{AMOUNT_DECIMALS, Facts};
use crate::money::Currency;
use crate::program::Program;

/// Ranks a version below all others: more than any time.
const LAST_RESORT: i64 = i64::MAX / 2;

/// The version of each order that counts, in time order: `o` u32 (the place: by `ordered_at`, then `order_id`), `id_place` u32 (the place in
/// byte order of the ids), `row` u32 (in [`Facts::orders`]) and of its columns `order`, `order_id`, `ordered_at`, `status`, `currency`;
/// `day` i32 (local), `unit` i64 (ten-thousandths in a minor unit of the currency).
pub(super) fn orders(program: &Program, facts: &Facts, as_of: i64) -> Result<DataFrame> {
    let seen = query(&facts.orders)
        .select(["order", "order_id", "ordered_at", "updated_at", "status"].map(col))
        .with_row_index("row", None)
        .filter(col("ordered_at").lt(lit(as_of)).and(col("updated_at").lt(lit(as_of))));
    let rank = rank(program);
    let counted = seen.filter(rank.clone().eq(rank.max().over([col("order")])?));
    let by_id = in_order_of_ids(counted.select(["row", "ordered_at", "order_id"].map(col)))?.with_row_index("id_place", None);
    let by_time = sorted_by(by_id.select(["row", "ordered_at", "id_place"].map(col)), "ordered_at");
    let places = collect(by_time.with_row_index("o", None))?;
    let orders = beside(&places, "row", &facts.orders, &["order", "order_id", "status", "currency"])?;
    let day = local_day(program.time_zone, "day", "ordered_at");
    let unit = computed("unit", ["currency"], DataType::Int64, units);
    with(&orders, &collect(query(&orders).select([day, unit]))?)
}

/// Orders by id. Most shops export them so: then there is nothing to sort.
fn in_order_of_ids(orders: LazyFrame) -> Result<LazyFrame> {
    let orders = collect(orders)?;
    let ids = texts(&orders, "order_id")?;
    let is_sorted = ids.iter().is_sorted();
    Ok(if is_sorted { query(&orders) } else { sorted(query(&orders), ["order_id"]) })
}

/// The version of the greatest rank counts: the latest. A late cancellation counts only where nothing else does.
fn rank(program: &Program) -> Expr {
    let Some(clawback) = program.commission.clawback else { return col("updated_at") };
    let is_late = (col("updated_at") - col("ordered_at")).gt(lit(clawback)).and(col("status").eq(lit("cancelled")));
    when(is_late).then(col("updated_at") - lit(LAST_RESORT)).otherwise(col("updated_at"))
}

/// Whether a version is a late cancellation.
pub(super) fn is_late(program: &Program, ordered_at: i64, updated_at: i64, status: Option<&str>) -> bool {
    let clawback = program.commission.clawback;
    clawback.is_some_and(|clawback| updated_at - ordered_at > clawback && status == Some("cancelled"))
}

/// How many ten-thousandths a minor unit of each currency has.
fn units(columns: &[Column]) -> PolarsResult<Column> {
    let mut known: HashMap<&str, Option<i64>> = HashMap::new();
    let unit = |code| Some(10i64.pow(AMOUNT_DECIMALS - Currency::parse(code).ok()?.exponent()));
    let units: Int64Chunked =
        columns[0].str()?.iter().map(|code| *known.entry(code?).or_insert_with_key(|code| unit(code))).collect();
    Ok(units.into_column())
}
