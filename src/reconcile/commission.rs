//! Step 11: what each share earns under its rate.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use anyhow::Result;

use super::attribution::Attribution;
use super::progress::{Progress, progress};
use super::rates::NO_RULE;
use super::shares::Shares;
use super::visible::Orders;
use crate::money::{Overflow, Rate, Rounding, split_equally};
use crate::program::{Metric, Pays, Period, Program, TierMode, Tiers};

/// A fixed amount for an order and a creator: the row with the empty `line_id`.
#[derive(Debug, Clone)]
pub(super) struct PerOrder {
    pub amount: i64,
    /// The creator's position among the order's.
    pub part: u32,
    /// The last of the rates that paid into it, as its place in the file.
    pub rule: u32,
}

/// What the shares earn, before caps.
pub(super) struct Earned {
    /// For each share, in minor units.
    pub per_line: Vec<i64>,
    /// By order and creator.
    pub per_order: BTreeMap<(u32, u32), PerOrder>,
}

/// What every share earns (`SPEC.md`, Commission).
pub(super) fn earned(
    program: &Program,
    orders: &Orders<'_>,
    attribution: &Attribution,
    shares: &Shares,
    rules: &[u32],
) -> Result<Earned> {
    let progresses = Progresses::of(program, orders, shares, rules)?;
    let rounding = program.commission.rounding;
    let mut per_line = Vec::with_capacity(shares.len());
    let mut fixed: BTreeMap<(u32, u32, u32), u32> = BTreeMap::new();
    for (r, rule) in rules.iter().enumerate() {
        let rate = (*rule != NO_RULE).then(|| &program.commission.rates[*rule as usize]);
        per_line.push(match rate.map(|rate| &rate.pays) {
            None => 0,
            Some(Pays::Percent { percent, .. }) => percent.percent_of(shares.base[r], rounding)?,
            Some(Pays::Tiers(tiers)) => tiered(tiers, progresses.get(tiers.period, tiers.metric), shares, r, rounding)?,
            Some(Pays::PerOrder { .. }) => {
                if shares.base[r] > 0 {
                    fixed.insert((shares.o[r], shares.c[r], *rule), shares.part[r]);
                }
                0
            }
        });
    }
    let mut per_order: BTreeMap<(u32, u32), PerOrder> = BTreeMap::new();
    for ((o, c, rule), part) in fixed {
        let Pays::PerOrder { amount, .. } = program.commission.rates[rule as usize].pays else { continue };
        let creators = attribution.credits[o as usize].len();
        let share = split_equally(amount, creators)[part as usize];
        let row = per_order.entry((o, c)).or_insert(PerOrder { amount: 0, part, rule });
        row.amount = row.amount.checked_add(share).ok_or(Overflow)?;
        row.rule = rule;
    }
    Ok(Earned { per_line, per_order })
}

/// The kinds of progress that the program's tiers look at.
struct Progresses(HashMap<(Period, bool), Progress>);

impl Progresses {
    fn of(program: &Program, orders: &Orders<'_>, shares: &Shares, rules: &[u32]) -> Result<Self> {
        let mut kinds = HashMap::new();
        for rate in &program.commission.rates {
            let Pays::Tiers(tiers) = &rate.pays else { continue };
            if let Entry::Vacant(kind) = kinds.entry((tiers.period, tiers.metric == Metric::Orders)) {
                kind.insert(progress(program, orders, shares, rules, tiers.period, tiers.metric)?);
            }
        }
        Ok(Self(kinds))
    }

    fn get(&self, period: Period, metric: Metric) -> &Progress {
        &self.0[&(period, metric == Metric::Orders)]
    }
}

fn tiered(tiers: &Tiers, progress: &Progress, shares: &Shares, r: usize, rounding: Rounding) -> Result<i64, Overflow> {
    let base = shares.base[r];
    match (tiers.mode, tiers.metric) {
        (TierMode::Retroactive, _) => tier_at(tiers, progress.total_at(shares, r)).percent_of(base, rounding),
        (TierMode::Marginal, Metric::Orders) => tier_at(tiers, progress.before[r]).percent_of(base, rounding),
        (TierMode::Marginal, Metric::NetSales) => {
            let low = progress.before[r];
            Rate::percent_of_parts(&parts(tiers, low, low.checked_add(base).ok_or(Overflow)?), rounding)
        }
    }
}

/// The percent of the highest tier that starts at or below this progress.
fn tier_at(tiers: &Tiers, progress: i64) -> Rate {
    let reached = tiers.tiers.partition_point(|tier| tier.from <= progress);
    tiers.tiers[reached.max(1) - 1].percent
}

/// How much of the stretch from `low` to `high` lies in each tier; a tier covers what lies beyond its start.
fn parts(tiers: &Tiers, low: i64, high: i64) -> Vec<(i64, Rate)> {
    let ends = tiers.tiers.iter().skip(1).map(|tier| tier.from).chain([i64::MAX]);
    let stretch = |from: i64, to: i64| (to.min(high) - from.max(low)).max(0);
    let parts = tiers.tiers.iter().zip(ends).map(|(tier, end)| (stretch(tier.from, end), tier.percent));
    parts.filter(|(part, _)| *part > 0).collect()
}
