//! The terms under which a statement was earned, and what changes of them. A rate with dates is announced before it holds; what was
//! edited is told on the next statement.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::tier::is_for;
use crate::calendar::{day_number, day_of_epoch};
use crate::program::{Buyer, Customers, Metric, Model, Pays, Program, RateRule};

/// How far ahead changes are announced, in days: the next statement tells of those after.
const AHEAD: i32 = 62;

/// What a program agrees with a creator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Those that held on the last day of the month.
    pub in_force: InForce,
    /// Those of the statement before, where they were others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<InForce>,
    /// Rates that begin or end soon after, by day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coming: Vec<Change>,
}

/// The terms of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce {
    /// How old a click may be at the order, in minutes.
    pub window: i64,
    /// Which of several clicks gets credit: `last_click`, `first_click`, `linear`.
    pub model: String,
    /// How long a customer stays with a creator, in minutes, where they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<i64>,
    /// How long a commission is on hold, in minutes.
    pub hold: i64,
    /// After how long refunds change nothing any more, in minutes, where that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clawback: Option<i64>,
    /// The least that is paid out, in minor units.
    pub minimum: i64,
    /// The most that an order pays, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_per_order: Option<i64>,
    /// The most that a month pays, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_per_month: Option<i64>,
    /// The rates that may be paid to the creator, in the order of the file.
    pub rates: Vec<Rate>,
}

/// A rate as it stands in terms: what it pays and what it is for, wherever in the program file it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// What it pays.
    pub pays: Paying,
    /// The name of its campaign, where it is for one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub campaign: String,
    /// `new` or `returning`, where it is for such customers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub customer: String,
    /// The sku, where it is for one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sku: String,
    /// The category, where it is for one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
}

/// What a rate pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paying {
    /// A percentage.
    Percent(String),
    /// A fixed amount for an order, in minor units.
    PerOrder(i64),
    /// A percentage by progress.
    Tiers {
        /// Whether orders are counted, and not net sales.
        by_orders: bool,
        /// Where each tier starts (minor units, or orders), and what it pays.
        steps: Vec<(i64, String)>,
    },
}

/// A rate that begins or ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The first local day on which it holds, or no longer does (days since 1970).
    pub day: i32,
    /// Whether it begins.
    pub begins: bool,
    /// The rate.
    pub rate: Rate,
    /// Until when one holds that begins, where it ends: the first day on which it no longer does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i32>,
}

impl Terms {
    /// The terms of a creator of a group on a day, and what changes after it. `before` is the program as it was when the statement
    /// before was built.
    pub(super) fn of(program: &Program, before: Option<&Program>, creator_id: &str, group: &str, day: i32) -> Self {
        let in_force = InForce::of(program, program, creator_id, group, day);
        // What holds since a day was announced; what was edited is told by comparing both files on one day.
        let before = before.map(|before| InForce::of(before, program, creator_id, group, day));
        let before = before.filter(|before| *before != in_force);
        let mut coming = Vec::new();
        let first = day_of_epoch(day + 1).unwrap_or_default();
        let last = day_of_epoch(day + AHEAD).unwrap_or_default();
        for rate in program.commission.rates.iter().filter(|rate| is_for(rate, creator_id, group)) {
            let is_soon = |date: &NaiveDate| first <= *date && *date <= last;
            let change = |day: NaiveDate, begins: bool| Change {
                day: day_number(day),
                begins,
                rate: Rate::of(program, rate),
                until: rate.until.filter(|_| begins).map(day_number),
            };
            let is_paid =
                |date: NaiveDate| paid_on(program, creator_id, group, date).into_iter().any(|paid| std::ptr::eq(paid, rate));
            let (begins, ends) = (rate.from.filter(is_soon), rate.until.filter(is_soon));
            coming.extend(begins.filter(|date| is_paid(*date)).map(|date| change(date, true)));
            // Of one that begins soon, its end is told with its beginning.
            let ends = ends.filter(|date| begins.is_none() && date.pred_opt().is_some_and(is_paid));
            coming.extend(ends.map(|date| change(date, false)));
        }
        coming.sort_by_key(|change| change.day);
        Self { in_force, before, coming }
    }
}

impl Terms {
    /// What an edit of the program file changes for a creator of a group, as of a day; none where it changes nothing for them.
    pub(super) fn changed(program: &Program, before: &Program, creator_id: &str, group: &str, day: i32) -> Option<Self> {
        let mut terms = Self::of(program, Some(before), creator_id, group, day);
        let announced = Self::of(before, None, creator_id, group, day).coming;
        terms.coming.retain(|change| !announced.contains(change));
        (terms.before.is_some() || !terms.coming.is_empty()).then_some(terms)
    }

    /// Terms that have just changed, to try how that is told.
    pub(super) fn sample(program: &Program, creator_id: &str, group: &str, day: i32) -> Self {
        let mut terms = Self::of(program, None, creator_id, group, day);
        let window = terms.in_force.window.saturating_mul(2);
        terms.before = Some(InForce { window, ..terms.in_force.clone() });
        terms
    }
}

impl InForce {
    /// The terms of a program; campaigns have the names that another one gives them, as a new name is no other term.
    fn of(program: &Program, names: &Program, creator_id: &str, group: &str, day: i32) -> Self {
        let minutes = |micros: i64| micros / 60_000_000;
        let date = day_of_epoch(day).unwrap_or_default();
        let rates = paid_on(program, creator_id, group, date);
        Self {
            window: minutes(program.attribution.window),
            model: match program.attribution.model {
                Model::LastClick => "last_click",
                Model::FirstClick => "first_click",
                Model::Linear => "linear",
            }
            .to_owned(),
            lock: match program.attribution.customers {
                Customers::Locked(lock) => Some(minutes(lock)),
                Customers::All | Customers::New => None,
            },
            hold: minutes(program.commission.hold),
            clawback: program.commission.clawback.map(minutes),
            minimum: program.payout.minimum,
            cap_per_order: program.commission.cap_per_order,
            cap_per_month: program.commission.cap_per_month,
            rates: rates.into_iter().map(|rate| Rate::of(names, rate)).collect(),
        }
    }
}

/// The rates that are paid to a creator of a group on a day: those that hold, but for those whose lines all fall under a more specific
/// rate, or an equally specific one later in the file.
fn paid_on<'a>(program: &'a Program, creator_id: &str, group: &str, date: NaiveDate) -> Vec<&'a RateRule> {
    let holds = |rate: &&RateRule| is_for(rate, creator_id, group) && rate.holds_on(date);
    let rates: Vec<&RateRule> = program.commission.rates.iter().filter(holds).collect();
    let covers = |by: &RateRule, rate: &RateRule| {
        (by.campaign.is_none() || by.campaign == rate.campaign)
            && (by.customer.is_none() || by.customer == rate.customer)
            && (by.sku.is_none() || by.sku == rate.sku)
            && (by.category.is_none() || by.category == rate.category)
    };
    let is_beaten = |(place, rate): (usize, &RateRule)| {
        let beats =
            |(other, by): (usize, &&RateRule)| (by.specificity(), other) > (rate.specificity(), place) && covers(by, rate);
        rates.iter().enumerate().any(beats)
    };
    rates.iter().enumerate().filter(|(place, rate)| !is_beaten((*place, rate))).map(|(_, rate)| *rate).collect()
}

impl Rate {
    fn of(names: &Program, rate: &RateRule) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            pays: match &rate.pays {
                Pays::Percent { percent, .. } => Paying::Percent(percent.to_string()),
                Pays::PerOrder { amount, .. } => Paying::PerOrder(*amount),
                Pays::Tiers(tiers) => Paying::Tiers {
                    by_orders: tiers.metric == Metric::Orders,
                    steps: tiers.tiers.iter().map(|tier| (tier.from, tier.percent.to_string())).collect(),
                },
            },
            campaign: rate.campaign.as_ref().map_or_else(String::new, |id| names.campaign_name(id)),
            customer: rate.customer.map_or("", Buyer::name).to_owned(),
            sku: text(&rate.sku),
            category: text(&rate.category),
        }
    }
}
