//! Refunds, taken off the lines one after the other (`RULES.md`, section 6).

use anyhow::Result;
use chrono_tz::Tz;
use polars::prelude::{IntoLazy, SortMultipleOptions, col, lit};

use super::frame::{collect, i64s, texts};
use super::lines::Lines;
use super::visible::Orders;
use crate::calendar::day_of;
use crate::facts::{AMOUNT_DECIMALS, Facts};
use crate::money::split_in_proportion;
use crate::program::Program;
use crate::vocabulary::OutcomeReason;

/// What refunds did to the lines.
pub(super) struct Refunded {
    /// What is left of each line, in minor units of the order's currency.
    pub left: Vec<i64>,
    /// For each order, the time of its latest refund that counted.
    latest: Vec<Option<i64>>,
    /// Orders of which more was refunded than was left, or a line they do not have.
    pub over_refunded: Vec<bool>,
    /// Visible refunds whose order is not visible.
    pub without_order: Vec<String>,
}

/// Takes the visible refunds off the lines, in order of time and then id (`RULES.md`, section 6).
pub(super) fn refunded(
    program: &Program,
    facts: &Facts,
    as_of: i64,
    orders: &Orders<'_>,
    lines: &Lines<'_>,
    decided: &[Option<OutcomeReason>],
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
        if decided[o].is_some() || too_late {
            continue;
        }
        let amount = amount[row] / 10i64.pow(AMOUNT_DECIMALS - orders.currency[o].exponent());
        if result.take(lines, o, line_id.get(row), amount) {
            result.latest[o] = Some(at[row]);
        }
    }
    Ok(result)
}

impl Refunded {
    /// For each order the local day of its latest refund that counted.
    pub(super) fn days(&self, zone: Tz) -> Vec<Option<i32>> {
        self.latest.iter().map(|at| at.map(|at| day_of(zone, at))).collect()
    }

    /// Takes one refund off a line of an order, or off all of them in proportion to what is left of each. What is more
    /// than is left isn't taken. Whether the order has such a line.
    fn take(&mut self, lines: &Lines<'_>, o: usize, line_id: Option<&str>, amount: i64) -> bool {
        let range = match line_id {
            None => lines.of(o),
            Some(wanted) => match lines.of(o).find(|l| lines.id(*l) == wanted) {
                Some(l) => l..l + 1,
                None => {
                    self.over_refunded[o] = true;
                    return false;
                }
            },
        };
        let left = &mut self.left[range];
        let whole: i64 = left.iter().sum();
        self.over_refunded[o] |= amount > whole;
        let amount = amount.min(whole);
        let parts = split_in_proportion(amount, left);
        for (left, part) in left.iter_mut().zip(parts) {
            *left -= part;
        }
        true
    }
}
