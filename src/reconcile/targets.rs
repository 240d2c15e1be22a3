//! The targets: what every creator should have earned, line by line, in the order of their keys (`RULES.md`,
//! section 12).

use anyhow::Result;
use polars::prelude::{DataFrame, DataType, NULL, col, lit, when};

use super::bonuses;
use super::decided::Decided;
use super::fees;
use super::frame::{beside, collect, column, left, query, sorted_by, take, texts, u32s, union, with};
use super::target_frame::target;
use crate::facts::Facts;
use crate::program::{Program, rate_code};
use crate::vocabulary::{Kind, NO_RATE};

/// All targets. Kinds come in the byte order of their codes, as keys do.
pub(super) fn targets(decided: &Decided<'_>, facts: &Facts, as_of: i64) -> Result<DataFrame> {
    let commissions = commissions(decided)?;
    let (kind, fee) = (texts(&commissions, "kind")?, Kind::Fee.code());
    let before_fees = kind.iter().take_while(|kind| kind.is_some_and(|kind| kind < fee)).count();
    let (earlier, later) = commissions.split_at(before_fees as i64);
    let mut others = vec![query(&bonuses::net_sales(decided)?)];
    others.extend(bonuses::new_customer(decided)?);
    let (bonuses, fees) = (collect(union(others)?)?, collect(fees::due(decided.program, facts, as_of))?);
    if bonuses.height() + fees.height() == 0 {
        return Ok(commissions);
    }
    collect(union(vec![query(&bonuses), query(&earlier), query(&fees), query(&later)])?)
}

/// The commissions, of each kind by order id, line id and creator. The reason of an attributed order is the code of its kind; within an order, rows stand by the
/// places of their lines and credits, which are in byte order of their ids, and those without line come first.
fn commissions(decided: &Decided<'_>) -> Result<DataFrame> {
    let columns = ["o", "p", "line_id", "creator_id", "rate", "base", "commission"];
    let rows = take(&decided.rows.select(columns)?, u32s(&by_key(decided)?, "row")?)?;
    let rows = beside(&rows, "o", decided.orders, &["order_id", "payable_from", "day", "refund_day", "reason"])?;
    let rows = beside(&rows, "p", decided.credits, &["touch", "campaign"])?;
    let rules = left(query(&rows.select(["rate"])?), query(&rules(decided.program)?), ["rate"]);
    let rules = collect(rules.select([col("rule").fill_null(lit(NO_RATE))]))?;
    let rows = query(&with(&rows, &rules)?).rename(["reason"], ["kind"], true);
    collect(target(rows, [("detail", lit(""))]))
}

/// The rows in the order of their keys: `row` u32.
fn by_key(decided: &Decided<'_>) -> Result<DataFrame> {
    let rows = beside(&decided.rows.select(["o"])?, "o", decided.orders, &["id_place", "reason"])?;
    let mut kinds = [Kind::Code, Kind::Credit, Kind::Link, Kind::Lock].map(Kind::code);
    kinds.sort_unstable();
    let place = (0u64..).zip(kinds).fold(lit(NULL).cast(DataType::UInt64), |others, (place, kind)| {
        when(col("reason").eq(lit(kind))).then(lit(place << 32)).otherwise(others)
    });
    let keys = query(&rows).select([(place + col("id_place").cast(DataType::UInt64)).alias("key")]).with_row_index("row", None);
    collect(sorted_by(keys, "key").select([col("row")]))
}

/// What people read for rates: `rate` u32, `rule` str.
fn rules(program: &Program) -> Result<DataFrame> {
    let rates = &program.commission.rates;
    let codes: Vec<String> = (1..).zip(rates).map(|(position, rate)| rate_code(position, rate, program.currency)).collect();
    Ok(DataFrame::new_infer_height(vec![column("rate", (0..rates.len() as u32).collect()), column("rule", codes)])?)
}
