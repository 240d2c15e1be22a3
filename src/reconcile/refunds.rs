//! Refunds, taken off the lines one after the other (`RULES.md`, section 6).

use anyhow::Result;
use polars::prelude::{DataFrame, DataType, LazyFrame, NULL, col, lit};

use super::frame::{among, collect, column, i64s, in_minor_units, inner, query, sorted, texts, u32s, union, without};
use crate::facts::Facts;
use crate::money::split_in_proportion;
use crate::program::Program;

/// What refunds did.
pub(super) struct Refunded {
    /// Lines of orders with refunds: `l` u32, `left` i64 (minor units of the order's currency).
    pub lines: DataFrame,
    /// Orders with refunds: `o` u32, `refunded_at` i64 or null (of the latest that took something off a line), `is_over` bool (more
    /// was refunded than was left, or a line it does not have), `refunds` str or null (time and amount of each that counted, in order of
    /// time), `emptied_at` i64 or null (of an order that is not paid any more: when they had taken all of it; then what took its
    /// commission was no cancellation).
    pub orders: DataFrame,
    /// Visible refunds whose order is not visible: `refund_id` str.
    pub without_order: DataFrame,
}

/// Takes the visible refunds off the lines, in order of time and then id (`RULES.md`, section 6).
pub(super) fn refunded(program: &Program, facts: &Facts, as_of: i64, orders: &DataFrame, lines: &DataFrame) -> Result<Refunded> {
    let visible = visible(facts, as_of)?;
    let known = query(orders).select([col("order"), col("o"), col("ordered_at"), col("unit"), col("reason"), col("is_void")]);
    // A dispute without an order is an exception of its own.
    let unknown = without(visible.clone().filter(col("is_dispute").not()), known.clone(), ["order"]);
    let age = col("refunded_at") - col("ordered_at");
    let in_time = program.commission.clawback.map_or(lit(true), |clawback| age.lt_eq(lit(clawback)));
    let counted = inner(visible, known, ["order"]).filter(col("reason").is_null().or(col("is_void")).and(in_time)).select([
        col("o"),
        col("line_id"),
        col("refund_id"),
        col("refunded_at"),
        col("is_dispute"),
        col("is_void"),
        in_minor_units("amount", "amount"),
    ]);
    let refunds = collect(sorted(counted, ["o", "refunded_at", "refund_id", "is_dispute"]))?;
    let lines = collect(sorted(among(query(lines), query(&refunds), ["o"]), ["l"]))?;
    let (lines, orders) = taken_off(&refunds, &lines)?;
    Ok(Refunded { lines, orders, without_order: collect(unknown.select([col("refund_id")]))? })
}

/// The visible refunds, and the disputes whose loss is visible, as refunds of whole orders: of equal time and id refunds come first.
fn visible(facts: &Facts, as_of: i64) -> Result<LazyFrame> {
    let refunds = query(&facts.refunds).with_column(lit(false).alias("is_dispute"));
    let lost = query(&facts.disputes).filter(col("is_lost")).select([
        col("dispute_id").alias("refund_id"),
        col("order"),
        lit(NULL).cast(DataType::String).alias("line_id"),
        col("closed_at").alias("refunded_at"),
        col("amount"),
        lit(true).alias("is_dispute"),
    ]);
    Ok(union(vec![refunds, lost])?.filter(col("refunded_at").lt(lit(as_of))))
}

/// What refunds leave of the lines, and what they did to the orders; both sides are sorted by order. More than is left isn't taken.
fn taken_off(refunds: &DataFrame, lines: &DataFrame) -> Result<(DataFrame, DataFrame)> {
    let (o, line_o) = (u32s(refunds, "o")?, u32s(lines, "o")?);
    let (wanted, amount, at) = (texts(refunds, "line_id")?, i64s(refunds, "amount")?, i64s(refunds, "refunded_at")?);
    let is_void = refunds.column("is_void")?.bool()?;
    let ids = texts(lines, "line_id")?;
    let mut left = i64s(lines, "net")?.to_vec();
    let mut orders: Vec<OfOrder> = Vec::new();
    let mut lines_of_order = 0..0;
    for row in 0..refunds.height() {
        if orders.last().is_none_or(|order| order.o != o[row]) {
            let start = lines_of_order.end + line_o[lines_of_order.end..].partition_point(|other| *other < o[row]);
            lines_of_order = start..start + line_o[start..].partition_point(|other| *other == o[row]);
            orders.push(OfOrder { o: o[row], ..OfOrder::default() });
        }
        let Some(order) = orders.last_mut() else { continue };
        let range = match wanted.get(row) {
            None => Some(lines_of_order.clone()),
            Some(wanted) => lines_of_order.clone().find(|l| ids.get(*l) == Some(wanted)).map(|l| l..l + 1),
        };
        let whole: i64 = range.clone().map_or(0, |range| left[range].iter().sum());
        let is_over = amount[row] > whole || range.is_none();
        if let Some(range) = &range {
            let parts = split_in_proportion(amount[row].min(whole), &left[range.clone()]);
            left[range.clone()].iter_mut().zip(parts).for_each(|(left, part)| *left -= part);
        }
        if is_void.get(row) == Some(true) {
            // It earns nothing anyway.
            let is_emptied = range.is_some() && left[lines_of_order.clone()].iter().all(|left| *left == 0);
            order.emptied_at = order.emptied_at.or(is_emptied.then_some(at[row]));
            continue;
        }
        order.is_over |= is_over;
        if range.is_some() {
            order.refunded_at = Some(at[row]);
            order.refunds.push(format!("{}:{}", at[row], amount[row]));
        }
    }
    let lines = DataFrame::new_infer_height(vec![lines.column("l")?.clone(), column("left", left)])?;
    Ok((lines, frame_of(&orders)?))
}

/// What refunds did to an order.
#[derive(Default)]
struct OfOrder {
    o: u32,
    refunded_at: Option<i64>,
    is_over: bool,
    refunds: Vec<String>,
    emptied_at: Option<i64>,
}

fn frame_of(orders: &[OfOrder]) -> Result<DataFrame> {
    let refunds = |order: &OfOrder| Some(order.refunds.join(" ")).filter(|refunds| !refunds.is_empty());
    Ok(DataFrame::new_infer_height(vec![
        column("o", orders.iter().map(|order| order.o).collect::<Vec<_>>()),
        column("refunded_at", orders.iter().map(|order| order.refunded_at).collect::<Vec<_>>()),
        column("is_over", orders.iter().map(|order| order.is_over).collect::<Vec<_>>()),
        column("refunds", orders.iter().map(refunds).collect::<Vec<_>>()),
        column("emptied_at", orders.iter().map(|order| order.emptied_at).collect::<Vec<_>>()),
    ])?)
}
