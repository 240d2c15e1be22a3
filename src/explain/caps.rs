//! Caps: the most that an order pays, then the most that a creator earns in a month (`RULES.md`, section 8).

use std::collections::HashMap;

use anyhow::{Context, Result};

use super::calendar::Span;
use super::notes::{MonthCapNote, OrderCapNote};
use super::paid::Paid;
use super::shop::Shop;
use super::trace::Trace;
use super::visible::Visible;
use crate::money::split_in_proportion;
use crate::program::Period;

/// Beyond the cap of an order, splits it over the order's rows in proportion to their commission.
///
/// The rows come by line_id, then creator, the fixed amounts first.
pub(super) fn cap_order(shop: &Shop<'_>, order: &Visible<'_>, rows: &mut [Paid<'_>], trace: &mut Trace) -> Result<()> {
    let Some(cap) = shop.program.commission.cap_per_order else { return Ok(()) };
    let commissions: Vec<i64> = rows.iter().map(|row| row.commission).collect();
    let (sum, parts) = within_order(cap, &commissions)?;
    if let Some(note) = trace.of(order.version.order).filter(|_| sum > 0) {
        note.order_cap = Some(OrderCapNote { cap: shop.plain(cap), sum: shop.plain(sum), cuts: sum > cap });
    }
    for (row, commission) in rows.iter_mut().zip(parts.into_iter().flatten()) {
        row.commission = commission;
        if let Some(note) = trace.earning(order.version.order, row.line_id, &row.credit.creator.creator_id) {
            note.after_order_cap = Some(shop.plain(commission));
        }
    }
    Ok(())
}

/// What the rows of an order come to; and what its cap leaves of each, if they come to more.
pub fn within_order(cap: i64, commissions: &[i64]) -> Result<(i64, Option<Vec<i64>>)> {
    let sum = commissions.iter().try_fold(0i64, |sum, part| sum.checked_add(*part)).context("an order pays too much")?;
    Ok((sum, (sum > cap).then(|| split_in_proportion(cap, commissions))))
}

/// What the cap of a month leaves of a commission, after what the creator's earlier rows of the month came to.
pub fn within_month(cap: i64, earned: i64, commission: i64) -> i64 {
    commission.min(cap - earned)
}

/// What each creator earned in each local month so far.
#[derive(Debug, Default)]
pub(super) struct Months<'a> {
    earned: HashMap<(&'a str, Span), i64>,
}

impl<'a> Months<'a> {
    /// Cuts the row that crosses the cap of its creator's month, and those after it. Orders come in time order.
    pub fn cap(&mut self, shop: &Shop<'a>, order: &Visible<'a>, rows: &mut [Paid<'a>], trace: &mut Trace) -> Result<()> {
        let Some(cap) = shop.program.commission.cap_per_month else { return Ok(()) };
        let month = Span::holding(Period::Month, order.day);
        for row in rows {
            let earned = self.earned.entry((&row.credit.creator.creator_id, month)).or_default();
            let allowed = within_month(cap, *earned, row.commission);
            if let Some(note) = trace.earning(order.version.order, row.line_id, &row.credit.creator.creator_id) {
                note.month_cap = Some(MonthCapNote {
                    month: month.label(),
                    cap: shop.plain(cap),
                    earned_before: shop.plain(*earned),
                    cuts: allowed < row.commission,
                });
            }
            row.commission = allowed;
            *earned += allowed;
        }
        Ok(())
    }
}
