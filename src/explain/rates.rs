//! Which rate a line falls under for a creator: the most specific that matches (`RULES.md`, section 7).

use chrono::NaiveDate;

use super::credit::Credit;
use super::notes::{CandidateNote, OtherRateNote};
use super::shop::Shop;
use crate::facts::Line;
use crate::program::{Buyer, RateRule};

/// When an order was placed, and by whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bought {
    /// The local day.
    pub on: NaiveDate,
    /// Whether a known customer bought for the first time; none if the customer is unknown.
    pub by: Option<Buyer>,
}

/// The position (from 0) of the rate that pays a line to a creator: of equals the later in the file.
pub(super) fn choose(shop: &Shop<'_>, line: &Line, credit: &Credit<'_>, bought: Bought) -> Option<usize> {
    let matching = matching(shop, line, credit, bought);
    matching.max_by_key(|(index, rate)| (rate.specificity(), *index)).map(|(index, _)| index)
}

/// Every rate that matches, as an explanation shows it.
pub(super) fn candidates(shop: &Shop<'_>, line: &Line, credit: &Credit<'_>, bought: Bought) -> Vec<CandidateNote> {
    let chosen = choose(shop, line, credit, bought);
    matching(shop, line, credit, bought)
        .map(|(index, rate)| CandidateNote {
            rule: shop.rate_names[index].clone(),
            specificity: rate.specificity(),
            wins: chosen == Some(index),
        })
        .collect()
}

/// Whether a line under this rate counts towards tiers and bonuses. A line under no rate does.
pub(super) fn counts(shop: &Shop<'_>, rate: Option<usize>) -> bool {
    rate.is_none_or(|index| shop.program.commission.rates[index].counts())
}

fn matching<'s>(
    shop: &'s Shop<'_>,
    line: &'s Line,
    credit: &'s Credit<'_>,
    bought: Bought,
) -> impl Iterator<Item = (usize, &'s RateRule)> {
    let rates = shop.program.commission.rates.iter().enumerate();
    rates.filter(move |(_, rate)| mismatch(rate, line, credit, bought).is_none())
}

/// The rates of the file that do not match, each with the reason, as an explanation shows them.
pub(super) fn others(shop: &Shop<'_>, line: &Line, credit: &Credit<'_>, bought: Bought) -> Vec<OtherRateNote> {
    let rates = shop.program.commission.rates.iter().enumerate();
    // What was agreed with somebody else needs no reason.
    let of_file = rates.filter(|(_, rate)| !rate.is_agreed || rate.creator.as_deref() == Some(&credit.creator.creator_id));
    of_file
        .filter_map(|(index, rate)| {
            Some(OtherRateNote { rule: shop.rate_names[index].clone(), why: mismatch(rate, line, credit, bought)? })
        })
        .collect()
}

/// Why a rate does not pay a line to a creator: the first of its selectors and dates that does not match.
fn mismatch(rate: &RateRule, line: &Line, credit: &Credit<'_>, bought: Bought) -> Option<String> {
    let of = |what: &str, wanted: &Option<String>, is: &str| {
        let differs = wanted.as_deref().is_some_and(|wanted| wanted != is);
        differs.then(|| if is.is_empty() { format!("{what} none") } else { format!("{what} {is}") })
    };
    let buyer = |_: Buyer| match bought.by {
        Some(buyer) => format!("the customer is {}", buyer.name()),
        None => "the customer is not known".to_owned(),
    };
    let day = bought.on;
    let from = rate.from.filter(|from| day < *from).map(|from| format!("it begins on {from}, and the order is of {day}"));
    let until =
        rate.until.filter(|until| *until <= day).map(|until| format!("it ended before {until}, and the order is of {day}"));
    of("the creator is", &rate.creator, &credit.creator.creator_id)
        .or_else(|| of("the credit's campaign is", &rate.campaign, credit.campaign))
        .or_else(|| of("the creator's group at the order is", &rate.group, credit.group))
        .or_else(|| rate.customer.filter(|wanted| bought.by != Some(*wanted)).map(buyer))
        .or_else(|| of("the line's sku is", &rate.sku, &line.sku))
        .or_else(|| of("the line's category is", &rate.category, &line.category))
        .or(from)
        .or(until)
}
