//! `[commission]`: what credit pays.

use super::bonuses::Bonus;
use super::campaigns::Campaign;
use super::keys::{Key, keys};
use super::micros::Micros;
use super::rates::RateRule;
use super::reader::Section;
use super::values::{amount, duration};
use crate::money::{Currency, Rounding};

keys! {
    ROUNDING = "commission" "rounding", "half_even | half_up | down", "half_even", "How a commission is rounded to minor units.";
    HOLD = "commission" "hold", "duration", "30d", "How long after the order a commission stays on hold.";
    CLAWBACK = "commission" "clawback", "duration", "none", "Refunds and cancellations later than this after the order are ignored.";
    MIN_ORDER = "commission" "min_order", "amount", "none", "Orders whose original net amounts add up to less earn nothing.";
    CAP_PER_ORDER = "commission" "cap_per_order", "amount", "none", "The most that one order can pay.";
    CAP_PER_MONTH = "commission" "cap_per_month", "amount", "none", "The most that one creator can earn in a local month.";
}

/// What credit pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commission {
    /// How commissions are rounded.
    pub rounding: Rounding,
    /// How long after the order a commission stays on hold.
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

impl Commission {
    /// Reads the section.
    pub(super) fn read(section: &Section<'_>, currency: Currency, campaigns: &[Campaign]) -> Self {
        let roundings = Rounding::ALL.map(|rounding| (rounding.name(), rounding));
        let amount = |key: &Key| section.read(key, amount(currency));
        Self {
            rounding: section.choice(&ROUNDING, &roundings).unwrap_or_default(),
            hold: section.read(&HOLD, duration).unwrap_or(30 * 86_400_000_000),
            clawback: section.read(&CLAWBACK, duration),
            min_order: amount(&MIN_ORDER),
            cap_per_order: amount(&CAP_PER_ORDER),
            cap_per_month: amount(&CAP_PER_MONTH),
            rates: section
                .list("commission.rates", "rates")
                .iter()
                .filter_map(|s| RateRule::read(s, currency, campaigns))
                .collect(),
            bonuses: section.list("commission.bonuses", "bonuses").iter().filter_map(|s| Bonus::read(s, currency)).collect(),
        }
    }
}
