//! The customer lock: an order without a touch goes to the creators who brought its customer before (`RULES.md`,
//! section 5).

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::credit::{Attribution, Credit, Touch};
use super::eligibility::{Dropped, Eligibility};
use super::visible::Customer;
use crate::program::Micros;
use crate::vocabulary::OutcomeReason;

/// Gives the orders of known customers that nobody has credit for to whom the customer is locked, for so long.
///
/// Orders come in time order, so the latest earlier one is the last seen whose time is strictly before. Only orders won
/// by a touch of their own lock, whatever becomes of them later.
pub(super) fn lock(lock: Micros, eligibility: &Eligibility<'_>, attribution: &mut Attribution, dropped: &mut [Option<Dropped>]) {
    let orders = eligibility.orders;
    let Attribution { reasons, credits } = attribution;
    let mut won: HashMap<Customer<'_>, Vec<u32>, FixedState> = HashMap::default();
    for o in 0..orders.len() {
        let Some(customer) = orders.customer(o) else { continue };
        if matches!(reasons[o], OutcomeReason::Link | OutcomeReason::Code) {
            won.entry(customer).or_default().push(o as u32);
            continue;
        }
        let at = orders.ordered_at[o];
        let earlier = won.get(&customer).and_then(|won| won.iter().rev().find(|w| orders.ordered_at[**w as usize] < at)).copied();
        let is_open = reasons[o] == OutcomeReason::NoTouch;
        let Some(source) = earlier.filter(|w| is_open && at - orders.ordered_at[*w as usize] <= lock) else { continue };
        let holders = credits[source as usize].iter().map(|credit| credit.creator);
        let left: Vec<Credit> = holders
            .filter(|creator| eligibility.allows(*creator, o, &mut dropped[o]))
            .map(|creator| Credit { creator, touch: Touch::Order(source) })
            .collect();
        if !left.is_empty() {
            reasons[o] = OutcomeReason::Lock;
            credits[o] = left;
        }
    }
}
