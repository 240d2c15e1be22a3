//! Who is a new customer: the order is the first paid one that can be seen (`RULES.md`, sections 4 and 9).

use std::collections::HashSet;

use foldhash::fast::FixedState;

use super::visible::{Customer, Orders, Status};

/// For each order whether it is the first visible paid order of a customer who is known, and whether such a customer
/// has an earlier one.
pub(super) struct Customers {
    /// The known customer's first visible paid order.
    pub is_first: Vec<bool>,
    /// The known customer has an earlier visible paid order.
    pub is_later: Vec<bool>,
}

/// Finds each known customer's first visible paid order, in time order.
pub(super) fn customers(orders: &Orders<'_>) -> Customers {
    let mut result = Customers { is_first: vec![false; orders.len()], is_later: vec![false; orders.len()] };
    let mut known: HashSet<Customer<'_>, FixedState> = HashSet::default();
    for o in (0..orders.len()).filter(|o| orders.status[*o] == Status::Paid) {
        let Some(customer) = orders.customer(o) else { continue };
        let is_first = known.insert(customer);
        result.is_first[o] = is_first;
        result.is_later[o] = !is_first;
    }
    result
}
