//! Which rate a line falls under for a creator: the most specific that matches (`RULES.md`, section 7).

use std::collections::HashMap;

use super::creators::{Creators, Place};
use super::lines::Lines;
use super::shares::Shares;
use super::visible::Orders;
use crate::calendar::day_number;
use crate::program::{Program, RateRule};

/// Stands in place of a rate where none matches.
pub(super) const NONE: u32 = u32::MAX;

/// A rate with its dates as day numbers.
struct Candidate<'a> {
    index: u32,
    rate: &'a RateRule,
    from: i32,
    until: i32,
}

/// The most specific rate for each share, as its place in the file; [`NONE`] where none matches.
pub(super) fn rates(program: &Program, orders: &Orders<'_>, lines: &Lines<'_>, creators: &Creators, shares: &Shares) -> Vec<u32> {
    let (of_creators, of_all) = by_precedence(program, creators);
    let none = Vec::new();
    let mut chosen = Vec::with_capacity(shares.len());
    for r in 0..shares.len() {
        let (l, o, c) = (shares.l[r] as usize, shares.o[r] as usize, shares.c[r]);
        let day = orders.day[o];
        let (sku, category) = (lines.sku(l), lines.category(l));
        let own = of_creators.get(&c).unwrap_or(&none);
        let mut candidates = own.iter().chain(&of_all).filter(|x| x.from <= day && day < x.until);
        let found = candidates.find(|x| {
            let is = |selector: &Option<String>, value: &str| selector.as_deref().is_none_or(|wanted| wanted == value);
            let in_group = |wanted: &String| creators.span_at(c, orders.ordered_at[o]).is_some_and(|span| span.group == *wanted);
            is(&x.rate.sku, sku) && is(&x.rate.category, category) && x.rate.group.as_ref().is_none_or(in_group)
        });
        chosen.push(found.map_or(NONE, |x| x.index));
    }
    chosen
}

/// The rates of each creator named by one, and those of everybody, the winning ones first. A rate that names a creator
/// is more specific than any that does not.
fn by_precedence<'a>(program: &'a Program, creators: &Creators) -> (HashMap<Place, Vec<Candidate<'a>>>, Vec<Candidate<'a>>) {
    let mut sorted: Vec<(u32, &RateRule)> = (0..).zip(&program.commission.rates).collect();
    sorted.sort_by_key(|(index, rate)| std::cmp::Reverse((rate.specificity(), *index)));
    let mut of_creators: HashMap<Place, Vec<Candidate<'_>>> = HashMap::new();
    let mut of_all = Vec::new();
    for (index, rate) in sorted {
        let from = rate.from.map_or(i32::MIN, day_number);
        let until = rate.until.map_or(i32::MAX, day_number);
        let candidate = Candidate { index, rate, from, until };
        match rate.creator.as_deref().map(|id| creators.place(id)) {
            None => of_all.push(candidate),
            Some(Some(c)) => of_creators.entry(c).or_default().push(candidate),
            Some(None) => {}
        }
    }
    (of_creators, of_all)
}
