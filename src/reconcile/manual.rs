//! Manual attribution: orders that a person gave to a creator, whatever was clicked or entered (`RULES.md`, section 5).

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::creators::Creators;
use super::credit::{Credit, Touch};
use super::visible::Orders;
use crate::facts::Credits;
use crate::vocabulary::OutcomeReason;

/// What becomes of the manual credits.
#[derive(Default)]
pub(super) struct Manual {
    /// The credit of each order that has one, by the order's place.
    pub credits: HashMap<u32, Credit, FixedState>,
    /// Orders whose credit names a creator without any row, and the credit's id; it is not used.
    pub without_creator: Vec<(usize, String)>,
}

/// The manual credits of the orders for which nothing is `decided` yet. Nobody asks whether the creator is active at the
/// order, or bought it: a person decided.
pub(super) fn manual(credits: &Credits, orders: &Orders<'_>, creators: &Creators, decided: &[Option<OutcomeReason>]) -> Manual {
    let mut manual = Manual::default();
    if credits.is_empty() {
        return manual;
    }
    for o in (0..orders.len()).filter(|o| decided[*o].is_none()) {
        let Some(credit) = credits.of(orders.id(o)) else { continue };
        match creators.place(&credit.creator_id).filter(|c| creators.is_known(*c)) {
            Some(creator) => {
                manual.credits.insert(o as u32, Credit { creator, touch: Touch::Manual(credit.credit_id.clone()) });
            }
            None => manual.without_creator.push((o, credit.credit_id.clone())),
        }
    }
    manual
}
