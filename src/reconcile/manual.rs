//! Step 6b: orders that a person gave to a creator. No touch is looked at for them.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::attribution::{Credit, Touch};
use super::creators::Creators;
use super::outcome::Fate;
use super::visible::Orders;
use crate::facts::Credits;

/// What becomes of the credits given by hand.
#[derive(Default)]
pub(super) struct Given {
    /// The credit of each order that has one, by the order's place.
    pub credits: HashMap<u32, Credit, FixedState>,
    /// Orders whose credit names a creator without any row, and the credit's id; it is not used.
    pub without_creator: Vec<(usize, String)>,
}

/// The credits of the orders for which nothing is `decided` yet. Nobody asks whether the creator is active at the order
/// or the customer: a person decided.
pub(super) fn given(credits: &Credits, orders: &Orders<'_>, creators: &Creators, decided: &[Option<Fate>]) -> Given {
    let mut given = Given::default();
    if credits.is_empty() {
        return given;
    }
    for o in (0..orders.len()).filter(|o| decided[*o].is_none()) {
        let Some(credit) = credits.of(orders.id(o)) else { continue };
        match creators.place(&credit.creator_id).filter(|c| creators.is_known(*c)) {
            Some(creator) => {
                given.credits.insert(o as u32, Credit { creator, touch: Touch::Given(credit.credit_id.clone()) });
            }
            None => given.without_creator.push((o, credit.credit_id.clone())),
        }
    }
    given
}
