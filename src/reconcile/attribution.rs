//! Step 6: who gets credit for an order (`SPEC.md`, Attribution).

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::creators::{Creators, Dropped, Owners, Place};
use super::manual::Given;
use super::outcome::Fate;
use super::touches::{Clicks, Touches};
use super::visible::{Customer, Orders};
use crate::facts::Facts;
use crate::program::{Customers, Model, Program, TouchKind};

/// Orders that are decided before what they came to is put in its place.
const ORDERS_AT_ONCE: usize = 65_536;

/// The evidence that is shown for a share of credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Touch {
    /// The click at this place.
    Click(u32),
    /// The code as the order has it, trimmed.
    Code(String),
    /// The customer's earlier order at this place.
    Order(u32),
    /// The credit of this id, given by hand.
    Given(String),
}

/// One creator's part in an order.
#[derive(Debug, Clone)]
pub(super) struct Credit {
    pub creator: Place,
    pub touch: Touch,
}

/// Who gets credit for each order, in byte order of the creators' ids, and what becomes of it.
pub(super) struct Attribution {
    pub fates: Vec<Fate>,
    /// Empty where nobody does.
    pub credits: Vec<Vec<Credit>>,
}

/// Decides who gets credit for every order that is not excluded or rejected already.
pub(super) fn attribution(
    program: &Program,
    facts: &Facts,
    orders: &Orders<'_>,
    clicks: &Clicks<'_>,
    creators: &Creators,
    decided: &[Option<Fate>],
    given: &Given,
) -> Result<Attribution> {
    let judge = Judge { creators, orders };
    let codes = Owners::of(&facts.codes, "code", creators)?;
    let mut fates = vec![Fate::NoTouch; orders.len()];
    let mut credits = vec![Vec::new(); orders.len()];
    // The strongest reason for which a touch was dropped, of orders that nobody has credit for.
    let mut dropped: Vec<Option<Dropped>> = vec![None; orders.len()];
    let decide = |o: &u32| {
        let mut dropped = None;
        let won = by_touch(program, &judge, clicks, &codes, *o as usize, &mut dropped);
        (*o as usize, won, dropped)
    };
    let is_open = |o: &u32| decided[*o as usize].is_none() && !given.credits.contains_key(o);
    let open: Vec<u32> = orders.by_row().into_iter().filter(is_open).collect();
    for part in open.chunks(ORDERS_AT_ONCE) {
        for (o, won, why) in part.par_iter().with_min_len(1024).map(decide).collect::<Vec<_>>() {
            dropped[o] = why;
            if let Some((fate, credit)) = won {
                (fates[o], credits[o]) = (fate, credit);
            }
        }
    }
    for (fate, decided) in fates.iter_mut().zip(decided) {
        *fate = decided.unwrap_or(*fate);
    }
    for (o, credit) in &given.credits {
        (fates[*o as usize], credits[*o as usize]) = (Fate::Credit, vec![credit.clone()]);
    }
    if let Customers::Locked(lock) = program.attribution.customers {
        by_lock(lock, &judge, orders, &mut fates, &mut credits, &mut dropped);
    }
    for (fate, dropped) in fates.iter_mut().zip(dropped).filter(|(fate, _)| **fate == Fate::NoTouch) {
        *fate = match dropped {
            Some(Dropped::SelfPurchase) => Fate::SelfPurchase,
            Some(Dropped::CreatorInactive) => Fate::CreatorInactive,
            None => Fate::NoTouch,
        };
    }
    Ok(Attribution { fates, credits })
}

/// Says whether a creator's touch counts for an order.
struct Judge<'a> {
    creators: &'a Creators,
    orders: &'a Orders<'a>,
}

impl Judge<'_> {
    /// Whether it counts; if not, the strongest reason so far is remembered.
    fn counts(&self, creator: Place, o: usize, dropped: &mut Option<Dropped>) -> bool {
        match self.creators.judge(creator, self.orders.ordered_at[o], self.orders.email(o)) {
            Ok(()) => true,
            Err(why) => {
                *dropped = (*dropped).max(Some(why));
                false
            }
        }
    }
}

/// The first kind of touch in `precedence` that leaves anybody.
fn by_touch(
    program: &Program,
    judge: &Judge<'_>,
    clicks: &Clicks<'_>,
    codes: &Owners,
    o: usize,
    dropped: &mut Option<Dropped>,
) -> Option<(Fate, Vec<Credit>)> {
    for kind in &program.attribution.precedence {
        let won = match kind {
            TouchKind::Link => {
                let touches = clicks.touches(judge.orders, o, program.attribution.window);
                by_link(program.attribution.model, judge, clicks, &touches, o, dropped)
            }
            TouchKind::Code => by_code(judge, codes, o, dropped).into_iter().collect(),
        };
        if !won.is_empty() {
            let fate = if *kind == TouchKind::Link { Fate::Link } else { Fate::Code };
            return Some((fate, won));
        }
    }
    None
}

fn by_link(
    model: Model,
    judge: &Judge<'_>,
    clicks: &Clicks<'_>,
    touches: &Touches,
    o: usize,
    dropped: &mut Option<Dropped>,
) -> Vec<Credit> {
    let mut left = |k: &usize| judge.counts(clicks.creator(*k), o, dropped);
    let credit = |k: usize| Credit { creator: clicks.creator(k), touch: Touch::Click(k as u32) };
    match model {
        Model::LastClick => touches.backward().find(&mut left).map(credit).into_iter().collect(),
        Model::FirstClick => touches.forward().find(&mut left).map(credit).into_iter().collect(),
        Model::Linear => {
            let mut seen = HashSet::new();
            let mut credits: Vec<Credit> =
                touches.backward().filter(|k| seen.insert(clicks.creator(*k))).filter(left).map(credit).collect();
            credits.sort_by_key(|credit| credit.creator);
            credits
        }
    }
}

/// The first code on the order that still has a creator.
fn by_code(judge: &Judge<'_>, codes: &Owners, o: usize, dropped: &mut Option<Dropped>) -> Option<Credit> {
    let entered = judge.orders.codes(o)?.split('|').map(str::trim);
    let mut owned = entered.filter_map(|code| Some((code, codes.at(&code.to_lowercase(), judge.orders.ordered_at[o])?)));
    let (code, creator) = owned.find(|(_, creator)| judge.counts(*creator, o, dropped))?;
    Some(Credit { creator, touch: Touch::Code(code.to_owned()) })
}

/// Orders of a known customer without a touch go to whoever got the customer's latest earlier order by touch.
fn by_lock(
    lock: i64,
    judge: &Judge<'_>,
    orders: &Orders<'_>,
    fates: &mut [Fate],
    credits: &mut [Vec<Credit>],
    dropped: &mut [Option<Dropped>],
) {
    // Orders come in time order, so the latest earlier one is the last seen whose time is strictly before.
    let mut won: HashMap<Customer<'_>, Vec<u32>, FixedState> = HashMap::default();
    for o in 0..orders.len() {
        let Some(customer) = orders.customer(o) else { continue };
        if matches!(fates[o], Fate::Link | Fate::Code) {
            won.entry(customer).or_default().push(o as u32);
            continue;
        }
        let at = orders.ordered_at[o];
        let earlier = won.get(&customer).and_then(|won| won.iter().rev().find(|w| orders.ordered_at[**w as usize] < at)).copied();
        let Some(source) = earlier.filter(|w| fates[o] == Fate::NoTouch && at - orders.ordered_at[*w as usize] <= lock) else {
            continue;
        };
        let holders = credits[source as usize].iter().map(|credit| credit.creator);
        let left: Vec<Credit> = holders
            .filter(|creator| judge.counts(*creator, o, &mut dropped[o]))
            .map(|creator| Credit { creator, touch: Touch::Order(source) })
            .collect();
        if !left.is_empty() {
            fates[o] = Fate::Lock;
            credits[o] = left;
        }
    }
}
