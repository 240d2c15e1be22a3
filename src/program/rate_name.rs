//! How a rate is named: by a code in what is kept and posted, in words for people who explain an order.

use super::{Pays, RateRule};
use crate::money::{Currency, format_minor};
use crate::vocabulary;

/// The code of a rate by its position in the file, from 1, and what it pays; [`crate::vocabulary::rule_words`] reads it.
pub fn rate_code(position: usize, rate: &RateRule, currency: Currency) -> String {
    match &rate.pays {
        Pays::Percent { percent, .. } => vocabulary::rate_code(position, "percent", &percent.to_string()),
        Pays::PerOrder { amount, .. } => {
            vocabulary::rate_code(position, "per_order", &format_minor(*amount, currency.exponent()))
        }
        Pays::Tiers(tiers) => {
            let percents: Vec<String> = tiers.tiers.iter().map(|tier| tier.percent.to_string()).collect();
            vocabulary::rate_code(position, "tiers", &percents.join(","))
        }
    }
}

/// A rate by its position in the file, from 1, whom it is for, and what it pays: `rate 2: group ambassador, 12 %`.
pub fn rate_name(position: usize, rate: &RateRule, currency: Currency) -> String {
    let mut text = format!("rate {position}:");
    let selectors = [("creator", &rate.creator), ("group", &rate.group), ("sku", &rate.sku), ("category", &rate.category)];
    for (name, value) in selectors {
        text.extend(value.iter().map(|value| format!(" {name} {value},")));
    }
    format!("{text} {}", what_it_pays(rate, currency))
}

/// What a rate pays: `12 %`, `5.00 USD an order`, `tiers 12 %, 15 %`.
pub fn what_it_pays(rate: &RateRule, currency: Currency) -> String {
    match &rate.pays {
        Pays::Percent { percent, .. } => format!("{percent} %"),
        Pays::PerOrder { amount, .. } => format!("{} {currency} an order", format_minor(*amount, currency.exponent())),
        Pays::Tiers(tiers) => {
            let percents: Vec<String> = tiers.tiers.iter().map(|tier| format!("{} %", tier.percent)).collect();
            format!("tiers {}", percents.join(", "))
        }
    }
}
