//! Who is a new customer: the order is the first paid one that can be seen (`RULES.md`, sections 4 and 9).

use std::collections::HashMap;

use super::visible::Visible;

/// The number of each known customer's first visible paid order.
#[derive(Debug)]
pub(super) struct FirstOrders<'a>(HashMap<&'a str, u32>);

impl<'a> FirstOrders<'a> {
    /// Finds each customer's first paid order among the visible ones, which come in time order.
    pub fn of(orders: &[Visible<'a>]) -> Self {
        let mut first = HashMap::new();
        for order in orders.iter().filter(|order| order.is_paid()) {
            if let Some(customer) = order.version.customer.as_deref() {
                first.entry(customer).or_insert(order.version.order);
            }
        }
        Self(first)
    }

    /// Whether an order is its known customer's first visible paid one.
    pub fn holds(&self, order: &Visible<'_>) -> bool {
        order.version.customer.as_deref().is_some_and(|customer| self.0.get(customer) == Some(&order.version.order))
    }
}
