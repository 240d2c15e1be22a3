//! How far each creator has come in a period: what tiers and net-sales bonuses look at (`RULES.md`, sections 7 and 9).

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use anyhow::Result;
use foldhash::fast::FixedState;

use super::creators::Place;
use super::rates::NONE;
use super::shares::Shares;
use super::visible::Orders;
use crate::calendar::period_number;
use crate::money::Overflow;
use crate::program::{Metric, Pays, Period, Program};

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
    rates: &[u32],
    period: Period,
    metric: Metric,
) -> Result<Progress> {
    let counts = |r: usize| rates[r] == NONE || program.commission.rates[rates[r] as usize].counts();
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

/// The kinds of progress that the program's tiers look at.
pub(super) struct Progresses(HashMap<(Period, bool), Progress>);

impl Progresses {
    /// Each kind once, however many rates look at it.
    pub(super) fn of(program: &Program, orders: &Orders<'_>, shares: &Shares, rates: &[u32]) -> Result<Self> {
        let mut kinds = HashMap::new();
        for rate in &program.commission.rates {
            let Pays::Tiers(tiers) = &rate.pays else { continue };
            if let Entry::Vacant(kind) = kinds.entry((tiers.period, tiers.metric == Metric::Orders)) {
                kind.insert(progress(program, orders, shares, rates, tiers.period, tiers.metric)?);
            }
        }
        Ok(Self(kinds))
    }

    /// One of them.
    pub(super) fn get(&self, period: Period, metric: Metric) -> &Progress {
        &self.0[&(period, metric == Metric::Orders)]
    }
}
