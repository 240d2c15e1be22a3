//! Who gets credit for an order (`RULES.md`, section 5): which kind of touch wins, and which of several touches.

use std::collections::HashSet;

use anyhow::Result;
use rayon::prelude::*;

use super::creators::{Creators, Owners};
use super::credit::{Attribution, Credit, Touch};
use super::eligibility::{Dropped, Eligibility, unattributed};
use super::lock::lock;
use super::manual::Manual;
use super::touches::{Clicks, Touches, codes};
use super::visible::Orders;
use crate::facts::Facts;
use crate::program::{Customers, Model, Program, TouchKind};
use crate::vocabulary::OutcomeReason;

/// Orders that are decided before their results are put in place.
const ORDERS_AT_ONCE: usize = 65_536;

/// Decides who gets credit for every order that is not excluded or rejected already.
pub(super) fn attribution(
    program: &Program,
    facts: &Facts,
    orders: &Orders<'_>,
    clicks: &Clicks<'_>,
    creators: &Creators,
    decided: &[Option<OutcomeReason>],
    manual: &Manual,
) -> Result<Attribution> {
    let eligibility = Eligibility { creators, orders };
    let owners_of_codes = Owners::of(&facts.codes, "code", creators)?;
    let no_touch = |decided: &Option<OutcomeReason>| decided.unwrap_or(OutcomeReason::NoTouch);
    let mut attribution =
        Attribution { reasons: decided.iter().map(no_touch).collect(), credits: vec![Vec::new(); orders.len()] };
    // The strongest reason for which a touch was dropped, of orders that nobody has credit for.
    let mut dropped: Vec<Option<Dropped>> = vec![None; orders.len()];
    let decide = |o: &u32| {
        let mut dropped = None;
        let won = by_touch(program, &eligibility, clicks, &owners_of_codes, *o as usize, &mut dropped);
        (*o as usize, won, dropped)
    };
    let is_open = |o: &u32| decided[*o as usize].is_none() && !manual.credits.contains_key(o);
    let open: Vec<u32> = orders.by_row().into_iter().filter(is_open).collect();
    for part in open.chunks(ORDERS_AT_ONCE) {
        for (o, won, why) in part.par_iter().with_min_len(1024).map(decide).collect::<Vec<_>>() {
            dropped[o] = why;
            if let Some((reason, credits)) = won {
                (attribution.reasons[o], attribution.credits[o]) = (reason, credits);
            }
        }
    }
    for (o, credit) in &manual.credits {
        let o = *o as usize;
        (attribution.reasons[o], attribution.credits[o]) = (OutcomeReason::Credit, vec![credit.clone()]);
    }
    if let Customers::Locked(duration) = program.attribution.customers {
        lock(duration, &eligibility, &mut attribution, &mut dropped);
    }
    let without = attribution.reasons.iter_mut().zip(dropped).filter(|(reason, _)| **reason == OutcomeReason::NoTouch);
    for (reason, dropped) in without {
        *reason = unattributed(dropped);
    }
    Ok(attribution)
}

/// The first kind of touch in `precedence` that leaves a creator.
fn by_touch(
    program: &Program,
    eligibility: &Eligibility<'_>,
    clicks: &Clicks<'_>,
    owners_of_codes: &Owners,
    o: usize,
    dropped: &mut Option<Dropped>,
) -> Option<(OutcomeReason, Vec<Credit>)> {
    for kind in &program.attribution.precedence {
        let (reason, won) = match kind {
            TouchKind::Link => {
                let touches = clicks.touches(eligibility.orders, o, program.attribution.window);
                let won = by_link(program.attribution.model, eligibility, clicks, &touches, o, dropped);
                (OutcomeReason::Link, won)
            }
            TouchKind::Code => {
                let won = by_code(eligibility, owners_of_codes, o, dropped);
                (OutcomeReason::Code, won.into_iter().collect())
            }
        };
        if !won.is_empty() {
            return Some((reason, won));
        }
    }
    None
}

fn by_link(
    model: Model,
    eligibility: &Eligibility<'_>,
    clicks: &Clicks<'_>,
    touches: &Touches,
    o: usize,
    dropped: &mut Option<Dropped>,
) -> Vec<Credit> {
    let mut left = |k: &usize| eligibility.allows(clicks.creator(*k), o, dropped);
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

/// The first code on the order that has a creator left.
fn by_code(eligibility: &Eligibility<'_>, owners: &Owners, o: usize, dropped: &mut Option<Dropped>) -> Option<Credit> {
    let mut owned = codes(eligibility.orders, owners, o);
    let (code, creator) = owned.find(|(_, creator)| eligibility.allows(*creator, o, dropped))?;
    Some(Credit { creator, touch: Touch::Code(code.to_owned()) })
}
