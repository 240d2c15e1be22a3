//! How far a creator has come in the tiers of their rate, and how far the next one is. What is paid follows from the rules; this
//! only tells it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::calendar::{day_after_period, day_number, day_of_epoch, period_label, period_number};
use crate::money::Overflow;
use crate::posting::{Credit, KeptOutcome};
use crate::program::{Metric, Pays, Period, Program, RateRule, TierMode, Tiers};
use crate::vocabulary::place_of_rate;

/// The tier that a creator has reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierReached {
    /// Over what progress is counted: `2026-03`, `2026-Q1`, `2026`; empty where it never ends.
    pub period: String,
    /// Whether orders are counted, and not net sales.
    pub counts_orders: bool,
    /// Whether a tier applies to the whole period, and not to what lies beyond its start.
    pub is_retroactive: bool,
    /// How far: minor units of net sales, or a number of orders.
    pub progress: i64,
    /// What the tier pays, in percent.
    pub percent: String,
    /// Where the next tier starts, and what it pays; none where it is the last.
    pub next: Option<(i64, String)>,
    /// The first day of the next period (days since 1970), when counting begins anew; none where it never does.
    pub starts_anew: Option<i32>,
}

impl TierReached {
    /// One that nobody reached, to try how it is told.
    pub(super) fn sample(amount: i64) -> Self {
        Self {
            period: String::new(),
            counts_orders: false,
            is_retroactive: false,
            progress: amount,
            percent: "12".to_owned(),
            next: Some((amount.saturating_mul(2), "15".to_owned())),
            starts_anew: None,
        }
    }
}

/// How far creators have come in their tiers.
#[derive(Debug, Clone, Default)]
pub struct TiersReached(Progress);

impl TiersReached {
    /// Counts it up to and including a local day, from what the last reconciliation kept.
    ///
    /// # Errors
    ///
    /// When that is missing or cannot be read, or a sum cannot be kept exactly.
    pub fn read(program: &Program, outcome: &KeptOutcome, data: &Path, last_day: i32) -> Result<Self> {
        let mut progress = Progress::new(program, last_day);
        if let Some(first) = progress.first_day() {
            outcome.for_each_credit(data, first..=last_day, |credit| Ok(progress.add(program, credit)?))?;
        }
        Ok(Self(progress))
    }

    /// The tier that a creator of a group has reached, and which one it is, from 1.
    pub(super) fn of(&self, program: &Program, creator_id: &str, group: &str) -> Option<(TierReached, usize)> {
        self.0.reached(program, creator_id, group)
    }
}

/// Over what progress is counted, and in what.
type Measure = (Period, bool);

/// The progress of every creator, by every measure that a rate of the program has.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress {
    last_day: i32,
    measures: Vec<Measure>,
    /// By creator, in the order of the measures.
    net_sales: BTreeMap<String, Vec<i64>>,
    orders: BTreeMap<String, Vec<BTreeSet<String>>>,
}

impl Progress {
    /// Begins to count, up to and including a local day.
    pub(super) fn new(program: &Program, last_day: i32) -> Self {
        let mut measures = Vec::new();
        for rate in &program.commission.rates {
            if let Pays::Tiers(tiers) = &rate.pays
                && !measures.contains(&measure(tiers))
            {
                measures.push(measure(tiers));
            }
        }
        Self { last_day, measures, ..Self::default() }
    }

    /// The first day that counts; none where nothing does.
    pub(super) fn first_day(&self) -> Option<i32> {
        let first = |(period, _): &Measure| first_day(*period, self.last_day);
        self.measures.iter().map(first).min()
    }

    /// Adds a credited line (`RULES.md`, section 7): what counts is base that is left under rates that count.
    pub(super) fn add(&mut self, program: &Program, credit: &Credit<'_>) -> Result<(), Overflow> {
        let counts = |position: usize| program.commission.rates.get(position - 1).is_none_or(RateRule::counts);
        let is_counted = credit.base > 0 && credit.day <= self.last_day && place_of_rate(credit.rule).is_none_or(counts);
        if !is_counted {
            return Ok(());
        }
        for (place, (period, by_orders)) in self.measures.iter().enumerate() {
            if credit.day < first_day(*period, self.last_day) {
                continue;
            }
            if *by_orders {
                let all = self.orders.entry(credit.creator_id.to_owned()).or_default();
                all.resize_with(self.measures.len(), BTreeSet::new);
                all[place].insert(credit.order_id.to_owned());
            } else {
                let all = self.net_sales.entry(credit.creator_id.to_owned()).or_default();
                all.resize(self.measures.len(), 0);
                all[place] = all[place].checked_add(credit.base).ok_or(Overflow)?;
            }
        }
        Ok(())
    }

    /// The tier that a creator of a group has reached; none where the rate that holds for all they sell has no tiers.
    pub(super) fn tier(&self, program: &Program, creator_id: &str, group: &str) -> Option<TierReached> {
        self.reached(program, creator_id, group).map(|(tier, _)| tier)
    }

    /// The same, with which one it is, from 1.
    fn reached(&self, program: &Program, creator_id: &str, group: &str) -> Option<(TierReached, usize)> {
        let rate = general_rate(program, creator_id, group, self.last_day)?;
        let Pays::Tiers(tiers) = &rate.pays else { return None };
        let place = self.measures.iter().position(|known| *known == measure(tiers))?;
        let progress = match tiers.metric {
            Metric::NetSales => self.net_sales.get(creator_id).and_then(|all| all.get(place)).copied().unwrap_or(0),
            Metric::Orders => {
                let orders = self.orders.get(creator_id).and_then(|all| all.get(place)).map_or(0, BTreeSet::len);
                i64::try_from(orders).unwrap_or(i64::MAX)
            }
        };
        let reached = tiers.tiers.partition_point(|tier| tier.from <= progress).max(1);
        let number = period_number(tiers.period, self.last_day);
        let tier = TierReached {
            period: if tiers.period == Period::Lifetime { String::new() } else { period_label(tiers.period, number) },
            counts_orders: tiers.metric == Metric::Orders,
            is_retroactive: tiers.mode == TierMode::Retroactive,
            progress,
            percent: tiers.tiers[reached - 1].percent.to_string(),
            next: tiers.tiers.get(reached).map(|tier| (tier.from, tier.percent.to_string())),
            starts_anew: day_after_period(tiers.period, number).map(day_number),
        };
        Some((tier, reached))
    }
}

/// The rate that holds for a creator on a local day for whatever is sold to whomever, by whichever link or code.
fn general_rate<'a>(program: &'a Program, creator_id: &str, group: &str, day: i32) -> Option<&'a RateRule> {
    let date = day_of_epoch(day)?;
    let holds = |rate: &&RateRule| {
        let is_general = rate.campaign.is_none() && rate.customer.is_none() && rate.sku.is_none() && rate.category.is_none();
        is_general && rate.holds_on(date) && is_for(rate, creator_id, group)
    };
    // Of equal ones, the later in the file.
    program.commission.rates.iter().filter(holds).max_by_key(|rate| rate.specificity())
}

/// Whether a rate may be paid to a creator of a group.
pub(super) fn is_for(rate: &RateRule, creator_id: &str, group: &str) -> bool {
    rate.creator.as_deref().is_none_or(|creator| creator == creator_id) && rate.group.as_deref().is_none_or(|of| of == group)
}

fn measure(tiers: &Tiers) -> Measure {
    (tiers.period, tiers.metric == Metric::Orders)
}

/// The first local day of the period in which a day lies.
fn first_day(period: Period, day: i32) -> i32 {
    let before = period_number(period, day).checked_sub(1).and_then(|before| day_after_period(period, before));
    before.map_or(i32::MIN, day_number)
}
