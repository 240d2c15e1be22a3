//! Step 9: which rate a line falls under for a creator (`SPEC.md`, Commission: Rule).

use std::collections::HashMap;

use super::creators::{Creators, Place};
use super::lines::Lines;
use super::local::day_number;
use super::shares::Shares;
use super::visible::Orders;
use crate::program::{Program, RateRule};

/// No rate matches.
pub(super) const NO_RULE: u32 = u32::MAX;

/// A rate with its dates as day numbers.
struct Candidate<'a> {
    index: u32,
    rule: &'a RateRule,
    from: i32,
    until: i32,
}

/// The most specific rate for each share, as its place in the file; [`NO_RULE`] where none matches.
pub(super) fn rules(program: &Program, orders: &Orders<'_>, lines: &Lines<'_>, creators: &Creators, shares: &Shares) -> Vec<u32> {
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
            is(&x.rule.sku, sku) && is(&x.rule.category, category) && x.rule.group.as_ref().is_none_or(in_group)
        });
        chosen.push(found.map_or(NO_RULE, |x| x.index));
    }
    chosen
}

/// The rates of each creator named by one, and those of everybody, the winning ones first. A rate that names a creator
/// is more specific than any that does not.
fn by_precedence<'a>(program: &'a Program, creators: &Creators) -> (HashMap<Place, Vec<Candidate<'a>>>, Vec<Candidate<'a>>) {
    let mut sorted: Vec<(u32, &RateRule)> = (0..).zip(&program.commission.rates).collect();
    sorted.sort_by_key(|(index, rule)| std::cmp::Reverse((rule.specificity(), *index)));
    let mut of_creators: HashMap<Place, Vec<Candidate<'_>>> = HashMap::new();
    let mut of_all = Vec::new();
    for (index, rule) in sorted {
        let from = rule.from.map_or(i32::MIN, day_number);
        let until = rule.until.map_or(i32::MAX, day_number);
        let candidate = Candidate { index, rule, from, until };
        match rule.creator.as_deref().map(|id| creators.place(id)) {
            None => of_all.push(candidate),
            Some(Some(c)) => of_creators.entry(c).or_default().push(candidate),
            Some(None) => {}
        }
    }
    (of_creators, of_all)
}
