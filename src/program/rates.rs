//! `[[commission.rates]]`: whose order lines pay what.

use chrono::NaiveDate;

use super::campaigns::Campaign;
use super::keys::{Key, keys};
use super::reader::Section;
use super::values::{PERIODS, amount, count, date, not_empty, percent};
use crate::calendar::Period;
use crate::money::{Currency, Rate};
use crate::vocabulary::closest;

keys! {
    CREATOR = "commission.rates" "creator", "creator_id", "none", "Selector: only this creator.";
    CAMPAIGN = "commission.rates" "campaign", "campaign id", "none", "Selector: only credit by a link or code of this campaign.";
    GROUP = "commission.rates" "group", "text", "none", "Selector: only creators in this group when the order is placed.";
    CUSTOMER = "commission.rates" "customer", "new | returning", "none", "Selector: only a known customer's first paid order, or only later ones.";
    SKU = "commission.rates" "sku", "text", "none", "Selector: only order lines with this sku.";
    CATEGORY = "commission.rates" "category", "text", "none", "Selector: only order lines in this category.";
    FROM = "commission.rates" "from", "date", "none", "The first local day of orders that the rate applies to.";
    UNTIL = "commission.rates" "until", "date", "none", "The first local day of orders that it no longer applies to.";
    PERCENT = "commission.rates" "percent", "decimal", "none", "Pays a percentage of the base. Each rate has exactly one of percent, per_order, tiers.";
    PER_ORDER = "commission.rates" "per_order", "amount", "none", "Pays a fixed amount per order.";
    TIERS = "commission.rates" "tiers", "list of { from, percent }", "none", "Pays a percentage that depends on progress; the first tier starts at 0.";
    PERIOD = "commission.rates" "period", "month | quarter | year | lifetime", "month", "With tiers: the period over which progress is counted.";
    METRIC = "commission.rates" "metric", "net_sales | orders", "net_sales", "With tiers: what is counted as progress.";
    MODE = "commission.rates" "mode", "marginal | retroactive", "marginal", "With tiers: whether a tier's percentage applies only to the part above its start, or to everything.";
    COUNTS = "commission.rates" "counts", "true | false", "true", "Whether order lines paid by this rate count towards tiers and bonuses. Not with tiers.";
    TIER_FROM = "commission.rates.tiers" "from", "amount or count", "required", "Where the tier starts.";
    TIER_PERCENT = "commission.rates.tiers" "percent", "decimal", "required", "What it pays.";
}

/// One `[[commission.rates]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateRule {
    /// Only this creator.
    pub creator: Option<String>,
    /// Only credit by a link or code of this campaign.
    pub campaign: Option<String>,
    /// Only creators of this group at the order.
    pub group: Option<String>,
    /// Only orders of such buyers.
    pub customer: Option<Buyer>,
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
    /// Whether it stands in the table `rates`, and not in the file.
    pub is_agreed: bool,
}

/// Whose first or later order an order is. Customers who are not known are neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buyer {
    /// A known customer's first visible paid order.
    New,
    /// A later one.
    Returning,
}

impl Buyer {
    /// As the program file has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Returning => "returning",
        }
    }

    /// What the order is that is a customer's paid order of this number, from 1.
    pub const fn of(number: u32) -> Self {
        if number == 1 { Self::New } else { Self::Returning }
    }
}

impl RateRule {
    /// How specific it is: creator 32, campaign 16, group 8, customer 4, sku 2, category 1, summed.
    pub fn specificity(&self) -> u32 {
        let weight = |given: bool, weight: u32| if given { weight } else { 0 };
        weight(self.creator.is_some(), 32)
            + weight(self.campaign.is_some(), 16)
            + weight(self.group.is_some(), 8)
            + weight(self.customer.is_some(), 4)
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

    /// Reads the section.
    pub(super) fn read(section: &Section<'_>, currency: Currency, campaigns: &[Campaign]) -> Option<Self> {
        let from = section.read(&FROM, date);
        let until = section.read(&UNTIL, date);
        if let (Some(from), Some(until), Some(value)) = (from, until, section.get(&UNTIL))
            && until <= from
        {
            section.complain(value, &UNTIL, &format!("is not after `from` ({from}), so the rate never holds"));
        }
        let ways = [&PERCENT, &PER_ORDER, &TIERS];
        let given = ways.iter().filter(|key| section.get(key).is_some()).count();
        if given != 1 {
            section.notes.note(
                section.at.clone(),
                format!("a rate has exactly one of percent, per_order and tiers; this one has {given}"),
            );
            return None;
        }
        let has_tiers = section.get(&TIERS).is_some();
        for key in [&PERIOD, &METRIC, &MODE] {
            if let (Some(value), false) = (section.get(key), has_tiers) {
                section.complain(value, key, "means something only beside `tiers`");
            }
        }
        if let (Some(value), true) = (section.get(&COUNTS), has_tiers) {
            section.complain(value, &COUNTS, "cannot stand on a rate with tiers: its lines are what the tiers count");
        }
        let counts = section.flag(&COUNTS).unwrap_or(true);
        let pays = if has_tiers {
            Pays::Tiers(Tiers::read(section, currency)?)
        } else if section.get(&PERCENT).is_some() {
            Pays::Percent { percent: section.read(&PERCENT, percent)?, counts }
        } else {
            Pays::PerOrder { amount: section.read(&PER_ORDER, amount(currency))?, counts }
        };
        Some(Self {
            creator: section.read(&CREATOR, not_empty),
            campaign: section.read(&CAMPAIGN, declared(campaigns)),
            group: section.read(&GROUP, not_empty),
            customer: section.choice(&CUSTOMER, &[Buyer::New, Buyer::Returning].map(|buyer| (buyer.name(), buyer))),
            sku: section.read(&SKU, not_empty),
            category: section.read(&CATEGORY, not_empty),
            from,
            until,
            pays,
            is_agreed: false,
        })
    }
}

/// The id of a campaign that the file declares.
fn declared(campaigns: &[Campaign]) -> impl Fn(&str) -> Result<String, String> {
    move |id| match campaigns.iter().any(|campaign| campaign.id == id) {
        true => Ok(id.to_owned()),
        false => Err(undeclared(id, campaigns.iter().map(|campaign| &campaign.id))),
    }
}

/// What to say of a campaign that no `[[campaigns]]` declares, with the nearest that one does.
pub fn undeclared<'a>(id: &str, known: impl Iterator<Item = &'a String>) -> String {
    let said = closest(known, id).map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
    format!("is no campaign of the program file, which declares each with [[campaigns]]{said}")
}

/// What a rate pays.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
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

impl Tiers {
    /// Reads the tiers of a rate.
    pub(super) fn read(section: &Section<'_>, currency: Currency) -> Option<Self> {
        let metric =
            section.choice(&METRIC, &[("net_sales", Metric::NetSales), ("orders", Metric::Orders)]).unwrap_or(Metric::NetSales);
        let modes = [("marginal", TierMode::Marginal), ("retroactive", TierMode::Retroactive)];
        let value = section.get(&TIERS)?;
        let Some(items) = value.get_ref().as_array().filter(|items| !items.is_empty()) else {
            section.complain(value, &TIERS, "takes a list such as [{ from = \"0\", percent = \"10\" }]");
            return None;
        };
        let mut tiers: Vec<Tier> = Vec::new();
        for item in items.iter() {
            let tier = section.open_nested("commission.rates.tiers", item)?;
            let from = match metric {
                Metric::NetSales => tier.required(&TIER_FROM, amount(currency)),
                Metric::Orders => tier.required(&TIER_FROM, count),
            };
            let percent = tier.required(&TIER_PERCENT, percent);
            let (Some(from), Some(percent)) = (from, percent) else { continue };
            match tiers.last() {
                None if from != 0 => tier.complain(item, &TIER_FROM, "of the first tier must be 0"),
                Some(last) if from <= last.from => tier.complain(item, &TIER_FROM, "must be above that of the tier before"),
                _ => {}
            }
            tiers.push(Tier { from, percent });
        }
        Some(Self {
            period: section.choice(&PERIOD, &PERIODS).unwrap_or(Period::Month),
            metric,
            mode: section.choice(&MODE, &modes).unwrap_or(TierMode::Marginal),
            tiers,
        })
    }
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
