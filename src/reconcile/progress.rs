//! Step 10: how far each creator has come in a period: what tiers and net-sales bonuses look at.

use std::collections::HashMap;

use anyhow::Result;
use foldhash::fast::FixedState;

use super::creators::Place;
use super::local::period_number;
use super::rates::NO_RULE;
use super::shares::Shares;
use super::visible::Orders;
use crate::money::Overflow;
use crate::program::{Metric, Period, Program};

/// A creator's progress over the periods of one kind.
pub(super) struct Progress {
    /// For each share, progress before it: the base of earlier lines, or the number of earlier orders.
    pub before: Vec<i64>,
    /// For each share, the period its order lies in.
    pub period: Vec<i32>,
    /// The whole of each creator and period.
    pub total: HashMap<(Place, i32), i64, FixedState>,
}

/// Progress by `metric` over `period`: the creator's whole attributed base that counts, or the orders with base left
/// on lines that count.
pub(super) fn progress(
    program: &Program,
    orders: &Orders<'_>,
    shares: &Shares,
    rules: &[u32],
    period: Period,
    metric: Metric,
) -> Result<Progress> {
    let rates = &program.commission.rates;
    let counts = |r: usize| rules[r] == NO_RULE || rates[rules[r] as usize].counts();
    let mut total: HashMap<(Place, i32), i64, FixedState> = HashMap::default();
    // The order that a creator's count last grew by, so that each order counts once.
    let mut last_order: HashMap<Place, u32, FixedState> = HashMap::default();
    let mut before = Vec::with_capacity(shares.len());
    let mut periods = Vec::with_capacity(shares.len());
    let mut numbers: HashMap<i32, i32, FixedState> = HashMap::default();
    for r in 0..shares.len() {
        let (o, c) = (shares.o[r], shares.c[r]);
        let day = orders.day[o as usize];
        let number = *numbers.entry(day).or_insert_with(|| period_number(period, day));
        let so_far = total.entry((c, number)).or_insert(0);
        let counted_already = metric == Metric::Orders && last_order.get(&c) == Some(&o);
        // The n-th order has n - 1 before it, on each of its lines.
        before.push(if counted_already { *so_far - 1 } else { *so_far });
        periods.push(number);
        if counts(r) && shares.base[r] > 0 && !counted_already {
            let step = match metric {
                Metric::NetSales => shares.base[r],
                Metric::Orders => {
                    last_order.insert(c, o);
                    1
                }
            };
            *so_far = so_far.checked_add(step).ok_or(Overflow)?;
        }
    }
    Ok(Progress { before, period: periods, total })
}

impl Progress {
    /// The whole progress of the share's creator in its period.
    pub(super) fn total_at(&self, shares: &Shares, r: usize) -> i64 {
        self.total.get(&(shares.c[r], self.period[r])).copied().unwrap_or(0)
    }
}
