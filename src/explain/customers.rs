//! Which of a customer's orders one is, counting the paid ones that can be seen (`RULES.md`, sections 4 and 9).

use std::collections::HashMap;

use super::visible::Visible;

/// Which of their known customers' visible paid orders the orders are, by their numbers.
#[derive(Debug)]
pub(super) struct Ordinals(HashMap<u32, usize>);

impl Ordinals {
    /// Counts each customer's paid orders among the visible ones, which come in time order.
    pub fn of(orders: &[Visible<'_>]) -> Self {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let mut ordinals = HashMap::new();
        for order in orders.iter().filter(|order| order.is_paid()) {
            if let Some(customer) = order.version.customer.as_deref() {
                let count = counts.entry(customer).or_default();
                *count += 1;
                ordinals.insert(order.version.order, *count);
            }
        }
        Self(ordinals)
    }

    /// Which of its known customer's visible paid orders an order is, from 1; none if the customer is unknown or it is not paid.
    pub fn get(&self, order: &Visible<'_>) -> Option<usize> {
        self.0.get(&order.version.order).copied()
    }
}
