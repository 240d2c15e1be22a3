//! Bonuses, which stand beside commissions and outside the caps (`RULES.md`, section 9).

use std::collections::BTreeMap;

use anyhow::Result;
use polars::prelude::{DataFrame, LazyFrame, col, lit};

use super::decided::Decided;
use super::frame::{among, collect, i32s, inner, int, query, sorted, texts, union};
use super::hold::end_of_hold;
use super::progress::totals;
use super::shares::equal_part;
use super::target_frame::{Target, frame, target};
use crate::calendar::{day_after_period, last_day_before, period_label, start_of};
use crate::money::format_minor;
use crate::program::Bonus;
use crate::vocabulary::{BONUS_NET_SALES, BONUS_NEW_CUSTOMER, Kind};

/// Tells several bonuses apart that would have one key: the first has no mark, the next `#2`.
fn mark(name: &str, nth: usize) -> String {
    if nth == 0 { name.to_owned() } else { format!("{name}#{}", nth + 1) }
}

/// The new-customer bonuses of the attributed orders, in the columns of targets.
pub(super) fn new_customer(decided: &Decided<'_>) -> Result<Option<LazyFrame>> {
    let amounts = decided.program.commission.bonuses.iter().filter_map(|bonus| match bonus {
        Bonus::NewCustomer { amount } => Some(*amount),
        Bonus::NetSales { .. } => None,
    });
    let with_base = query(decided.lines).filter(col("base").gt(lit(0i64))).select([col("o")]);
    let first = among(query(decided.orders).filter(col("ordinal").eq(lit(1u32))), with_base, ["o"]);
    let credits = inner(query(decided.credits).select(["o", "creator_id", "campaign", "part", "parts"].map(col)), first, ["o"]);
    let bonus = |(nth, amount): (usize, i64)| {
        let (kind, rule) = (lit(Kind::BonusNewCustomer.code()), lit(BONUS_NEW_CUSTOMER));
        let paid = credits.clone().with_column(int(amount).alias("amount")).with_column(equal_part("commission", "amount"));
        target(
            paid,
            [
                ("kind", kind),
                ("rule", rule),
                ("detail", lit(mark("", nth))),
                ("line_id", lit("")),
                ("touch", lit("")),
                ("base", int(0)),
            ],
        )
    };
    let bonuses: Vec<LazyFrame> = amounts.enumerate().map(bonus).collect();
    if bonuses.is_empty() {
        return Ok(None);
    }
    Ok(Some(sorted(union(bonuses)?, ["order_id", "creator_id", "detail"])))
}

/// The net-sales bonuses: for each creator and period whose progress is above zero and reaches the threshold.
pub(super) fn net_sales(decided: &Decided<'_>) -> Result<DataFrame> {
    let program = decided.program;
    let exponent = program.currency.exponent();
    let mut seen: BTreeMap<(String, i64), usize> = BTreeMap::new();
    let mut found: BTreeMap<(String, String, String), Target> = BTreeMap::new();
    for bonus in &program.commission.bonuses {
        let Bonus::NetSales { over, period, amount } = *bonus else { continue };
        let nth = seen.entry((format!("{period:?}"), over)).or_insert(0);
        let detail = mark(&format_minor(over, exponent), *nth);
        *nth += 1;
        let reached = collect(totals(program, query(decided.shares), period).filter(col("total").gt_eq(lit(over))))?;
        let (creators, numbers) = (texts(&reached, "creator_id")?, i32s(&reached, "period")?);
        for (creator, number) in creators.iter().flatten().zip(numbers) {
            let Some(after) = day_after_period(period, *number) else { continue };
            let target = Target {
                kind: Kind::BonusNetSales,
                order_id: period_label(period, *number),
                creator_id: creator.to_owned(),
                detail: detail.clone(),
                touch: format_minor(over, exponent),
                commission: amount,
                payable_from: end_of_hold(program, start_of(program.time_zone, after)),
                rule: BONUS_NET_SALES,
                day: last_day_before(after),
            };
            found.insert((target.order_id.clone(), target.creator_id.clone(), target.detail.clone()), target);
        }
    }
    frame(found.into_values())
}
