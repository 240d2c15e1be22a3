//! Which rate a line falls under for a creator: the most specific that matches (`RULES.md`, section 7).

use chrono::NaiveDate;

use super::credit::Credit;
use super::notes::CandidateNote;
use super::shop::Shop;
use crate::facts::Line;
use crate::program::RateRule;

/// The position (from 0) of the rate that pays a line to a creator on a local day: of equals the later in the file.
pub(super) fn choose(shop: &Shop<'_>, line: &Line, credit: &Credit<'_>, day: NaiveDate) -> Option<usize> {
    let matching = matching(shop, line, credit, day);
    matching.max_by_key(|(index, rate)| (rate.specificity(), *index)).map(|(index, _)| index)
}

/// Every rate that matches, as an explanation shows it.
pub(super) fn candidates(shop: &Shop<'_>, line: &Line, credit: &Credit<'_>, day: NaiveDate) -> Vec<CandidateNote> {
    let chosen = choose(shop, line, credit, day);
    matching(shop, line, credit, day)
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
    day: NaiveDate,
) -> impl Iterator<Item = (usize, &'s RateRule)> {
    let fits = |selector: &Option<String>, value: &str| selector.as_deref().is_none_or(|selector| selector == value);
    shop.program.commission.rates.iter().enumerate().filter(move |(_, rate)| {
        fits(&rate.creator, &credit.creator.creator_id)
            && fits(&rate.group, credit.group)
            && fits(&rate.sku, &line.sku)
            && fits(&rate.category, &line.category)
            && rate.holds_on(day)
    })
}
