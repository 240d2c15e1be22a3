//! Step 5: what is left to earn on: net amounts less refunds, then converted.

use anyhow::Result;
use polars::prelude::{IntoLazy, SortMultipleOptions, col, lit};

use super::exchange::Exchange;
use super::frame::{collect, i64s, texts};
use super::lines::Lines;
use super::outcome::Fate;
use super::visible::Orders;
use crate::facts::{AMOUNT_DECIMALS, Facts};
use crate::money::split_in_proportion;
use crate::program::Program;

/// What refunds did to the lines.
pub(super) struct Refunded {
    /// What is left of each line, in minor units of the order's currency.
    pub left: Vec<i64>,
    /// For each order, the time of its latest refund that counted.
    pub latest: Vec<Option<i64>>,
    /// Orders of which more was refunded than was left, or a line they do not have.
    pub over_refunded: Vec<bool>,
    /// Visible refunds whose order is not visible.
    pub without_order: Vec<String>,
}

/// Takes the visible refunds off the lines, in order of time and then id (`SPEC.md`, Base).
pub(super) fn refunded(
    program: &Program,
    facts: &Facts,
    as_of: i64,
    orders: &Orders<'_>,
    lines: &Lines<'_>,
    fates: &[Option<Fate>],
) -> Result<Refunded> {
    let mut result = Refunded {
        left: lines.net.clone(),
        latest: vec![None; orders.len()],
        over_refunded: vec![false; orders.len()],
        without_order: Vec::new(),
    };
    let sort = SortMultipleOptions::default();
    let refunds =
        collect(facts.refunds.clone().lazy().filter(col("refunded_at").lt(lit(as_of))).sort(["refunded_at", "refund_id"], sort))?;
    let number = refunds.column("order")?.as_materialized_series().u32()?;
    let (at, amount) = (i64s(&refunds, "refunded_at")?, i64s(&refunds, "amount")?);
    let (id, line_id) = (texts(&refunds, "refund_id")?, texts(&refunds, "line_id")?);
    for row in 0..refunds.height() {
        let place = number.get(row).and_then(|n| orders.place.get(n as usize)).filter(|o| **o != u32::MAX);
        let Some(o) = place.map(|o| *o as usize) else {
            result.without_order.push(id.get(row).unwrap_or_default().to_owned());
            continue;
        };
        let too_late = program.commission.clawback.is_some_and(|clawback| at[row] - orders.ordered_at[o] > clawback);
        if fates[o].is_some() || too_late {
            continue;
        }
        let mut amount = amount[row] / 10i64.pow(AMOUNT_DECIMALS - orders.currency[o].exponent());
        let range = lines.of(o);
        let targets = match line_id.get(row) {
            None => range,
            Some(wanted) => match range.clone().find(|l| lines.id(*l) == wanted) {
                Some(l) => l..l + 1,
                None => {
                    result.over_refunded[o] = true;
                    continue;
                }
            },
        };
        let left = &mut result.left[targets];
        let whole: i64 = left.iter().sum();
        if amount > whole {
            result.over_refunded[o] = true;
            amount = whole;
        }
        let parts = split_in_proportion(amount, left);
        for (left, part) in left.iter_mut().zip(parts) {
            *left -= part;
        }
        result.latest[o] = Some(at[row]);
    }
    Ok(result)
}

/// Lines of orders that may earn, in minor units of the program's currency, each converted half even.
pub(super) fn converted(
    program: &Program,
    orders: &Orders<'_>,
    lines: &Lines<'_>,
    exchanges: &[Exchange],
    amounts: &[i64],
) -> Result<Vec<i64>> {
    let convert = |(amount, o): (&i64, &u32)| {
        let o = *o as usize;
        Ok(exchanges[o].convert(*amount, orders.currency[o], program.currency)?)
    };
    amounts.iter().zip(&lines.o).map(convert).collect()
}
