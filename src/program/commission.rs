//! `[commission]`: what credit pays.

use chrono::NaiveDate;

use super::micros::Micros;
use crate::calendar::Period;
use crate::money::{Rate, Rounding};

/// What credit pays.
#[derive(Debug, Clone)]
pub struct Commission {
    /// How commissions are rounded.
    pub rounding: Rounding,
    /// How long after the order a commission stays pending.
    pub hold: Micros,
    /// After this long, refunds and cancellations are ignored.
    pub clawback: Option<Micros>,
    /// Orders below this earn nothing (minor units).
    pub min_order: Option<i64>,
    /// The most an order pays (minor units).
    pub cap_per_order: Option<i64>,
    /// The most a creator earns in a local month (minor units).
    pub cap_per_month: Option<i64>,
    /// The rates, in the order of the file.
    pub rates: Vec<RateRule>,
    /// The bonuses, in the order of the file.
    pub bonuses: Vec<Bonus>,
}

/// One `[[commission.rates]]`.
#[derive(Debug, Clone)]
pub struct RateRule {
    /// Only this creator.
    pub creator: Option<String>,
    /// Only creators of this group at the order.
    pub group: Option<String>,
    /// Only lines of this sku.
    pub sku: Option<String>,
    /// Only lines of this category.
    pub category: Option<String>,
    /// The first local day it holds.
    pub from: Option<NaiveDate>,
    /// The first local day it no longer holds.
    pub until: Option<NaiveDate>,
    /// What it pays.
    pub pays: Pays,
}

impl RateRule {
    /// How specific it is: creator 8, group 4, sku 2, category 1, summed.
    pub fn specificity(&self) -> u32 {
        let weight = |given: bool, weight: u32| if given { weight } else { 0 };
        weight(self.creator.is_some(), 8)
            + weight(self.group.is_some(), 4)
            + weight(self.sku.is_some(), 2)
            + weight(self.category.is_some(), 1)
    }

    /// Whether its lines count towards tiers and bonuses.
    pub fn counts(&self) -> bool {
        match self.pays {
            Pays::Percent { counts, .. } | Pays::PerOrder { counts, .. } => counts,
            Pays::Tiers(_) => true,
        }
    }

    /// Whether its dates hold this local day: `from` included, `until` excluded.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

/// What a rate pays.
#[derive(Debug, Clone)]
pub enum Pays {
    /// A percentage of the base.
    Percent {
        /// The percentage.
        percent: Rate,
        /// Whether its lines count towards tiers and bonuses.
        counts: bool,
    },
    /// A fixed amount for an order (minor units).
    PerOrder {
        /// The amount.
        amount: i64,
        /// Whether its lines count towards tiers and bonuses.
        counts: bool,
    },
    /// A percentage that depends on how much the creator brought in the period.
    Tiers(Tiers),
}

/// Tiers over a creator's progress in a period.
#[derive(Debug, Clone)]
pub struct Tiers {
    /// The span over which progress is counted.
    pub period: Period,
    /// What progress is, and where each tier starts.
    pub metric: Metric,
    /// Whether a tier applies to what lies beyond it, or to everything.
    pub mode: TierMode,
    /// The percentages: the first tier starts at 0, starts ascend.
    pub tiers: Vec<Tier>,
}

/// One tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    /// Where it starts: minor units, or a count of orders.
    pub from: i64,
    /// What it pays.
    pub percent: Rate,
}

/// What progress is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// The creator's attributed base that counts.
    NetSales,
    /// The number of orders with base left on lines that count.
    Orders,
}

/// How a tier applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TierMode {
    /// To what lies beyond its start.
    Marginal,
    /// To everything in the period.
    Retroactive,
}

/// One `[[commission.bonuses]]`.
#[derive(Debug, Clone, Copy)]
pub enum Bonus {
    /// For each attributed order that is a customer's first.
    NewCustomer {
        /// Minor units.
        amount: i64,
    },
    /// For each period in which a creator's progress reaches a threshold.
    NetSales {
        /// The threshold, minor units.
        over: i64,
        /// Month, quarter or year.
        period: Period,
        /// Minor units.
        amount: i64,
    },
}
