//! The targets: what every creator should have earned, line by line, in the order of their keys (`RULES.md`,
//! section 12).

use anyhow::Result;
use polars::prelude::{DataFrame, col, lit};

use super::bonuses;
use super::decided::Decided;
use super::fees;
use super::frame::{beside, collect, column, left, query, sorted_by, union};
use super::target_frame::target;
use crate::facts::Facts;
use crate::program::{Program, rate_code};
use crate::vocabulary::{Kind, NO_RATE};

/// All targets. Kinds come in the byte order of their codes, as keys do.
pub(super) fn targets(decided: &Decided<'_>, facts: &Facts, as_of: i64) -> Result<DataFrame> {
    let commissions = commissions(decided)?;
    let of = |kind: Kind| query(&commissions).filter(col("kind").eq(lit(kind.code())));
    let mut parts = vec![query(&bonuses::net_sales(decided)?)];
    parts.extend(bonuses::new_customer(decided)?);
    parts.extend([of(Kind::Code), of(Kind::Credit)]);
    parts.push(fees::due(decided.program, facts, as_of));
    parts.extend([of(Kind::Link), of(Kind::Lock)]);
    collect(union(parts)?)
}

/// The commissions, of each kind by order id, line id and creator. The reason of an attributed order is the code of its kind; within an order, rows stand by the
/// places of their lines and credits, which are in byte order of their ids, and those without line come first.
fn commissions(decided: &Decided<'_>) -> Result<DataFrame> {
    let orders = ["id_place", "order_id", "payable_from", "day", "refund_day", "reason"];
    let rows = decided.rows.select(["o", "l", "p", "line_id", "creator_id", "rate", "base", "commission"])?;
    let rows = beside(&rows, "o", decided.orders, &orders)?;
    let rows = left(query(&rows), query(&rules(decided.program)?), ["rate"]).rename(["reason"], ["kind"], true);
    let by_key = collect(sorted_by(rows, "id_place"))?;
    let rows = query(&beside(&by_key, "p", decided.credits, &["touch", "campaign"])?);
    collect(target(rows, [("rule", col("rule").fill_null(lit(NO_RATE))), ("detail", lit(""))]))
}

/// What people read for rates: `rate` u32, `rule` str.
fn rules(program: &Program) -> Result<DataFrame> {
    let rates = &program.commission.rates;
    let codes: Vec<String> = (1..).zip(rates).map(|(position, rate)| rate_code(position, rate, program.currency)).collect();
    Ok(DataFrame::new_infer_height(vec![column("rate", (0..rates.len() as u32).collect()), column("rule", codes)])?)
}
