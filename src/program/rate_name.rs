//! How a rate is named: by a code in what is kept and posted, in words for people who explain an order.

use super::{Buyer, Pays, RateRule};
use crate::money::{Currency, format_minor};
use crate::vocabulary;

/// The code of a rate by its position in the file, from 1, or as one of the table; what it pays, and whom it is for;
/// [`crate::vocabulary::rule_words`] reads it.
pub fn rate_code(position: usize, rate: &RateRule, currency: Currency) -> String {
    let (pays, amounts) = match &rate.pays {
        Pays::Percent { percent, .. } => ("percent", percent.to_string()),
        Pays::PerOrder { amount, .. } => ("per_order", format_minor(*amount, currency.exponent())),
        Pays::Tiers(tiers) => {
            let percents: Vec<String> = tiers.tiers.iter().map(|tier| tier.percent.to_string()).collect();
            ("tiers", percents.join(","))
        }
    };
    let selectors: Vec<String> = selectors(rate).map(|(name, value)| format!("{name}={value}")).collect();
    let position = if rate.is_agreed { vocabulary::AGREED.to_owned() } else { position.to_string() };
    vocabulary::rate_code(&position, pays, &amounts, &selectors.join(","))
}

/// Whom a rate is for: the selectors that are given, in the order of their weight.
fn selectors(rate: &RateRule) -> impl Iterator<Item = (&'static str, &str)> {
    let all = [
        ("creator", rate.creator.as_deref()),
        ("campaign", rate.campaign.as_deref()),
        ("group", rate.group.as_deref()),
        ("customer", rate.customer.map(Buyer::name)),
        ("sku", rate.sku.as_deref()),
        ("category", rate.category.as_deref()),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?)))
}

/// A rate by its position in the file, from 1, whom it is for, and what it pays: `rate 2: group ambassador, 12%`; one of the table
/// `rates` without a position, which would depend on the others: `agreed rate: creator ana, 12%`.
pub fn rate_name(position: usize, rate: &RateRule, currency: Currency) -> String {
    let mut text = if rate.is_agreed { "agreed rate:".to_owned() } else { format!("rate {position}:") };
    text.extend(selectors(rate).map(|(name, value)| format!(" {name} {value},")));
    format!("{text} {}", what_it_pays(rate, currency))
}

/// What a rate pays: `12%`, `5.00 USD an order`, `tiers 12%, 15%`.
pub fn what_it_pays(rate: &RateRule, currency: Currency) -> String {
    match &rate.pays {
        Pays::Percent { percent, .. } => format!("{percent}%"),
        Pays::PerOrder { amount, .. } => format!("{} {currency} an order", format_minor(*amount, currency.exponent())),
        Pays::Tiers(tiers) => {
            let percents: Vec<String> = tiers.tiers.iter().map(|tier| format!("{}%", tier.percent)).collect();
            format!("tiers {}", percents.join(", "))
        }
    }
}
