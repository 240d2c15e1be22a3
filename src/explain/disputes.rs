//! Payments that buyers dispute: while a dispute is open, what its order earned is pending (`RULES.md`, sections 6 and 11). One that
//! was lost is a refund of the whole order.

use std::collections::HashSet;

use super::calendar::utc_text;
use super::exceptions::Exceptions;
use super::shop::Shop;
use super::visible::Visible;
use crate::facts::{Dispute, Order, Refund};
use crate::vocabulary::ExceptionKind;

/// Visible disputes of orders that are not visible are exceptions.
pub(super) fn without_order(shop: &Shop<'_>, orders: &[Visible<'_>], exceptions: &mut Exceptions) {
    let known: HashSet<u32> = orders.iter().map(|order| order.version.order).collect();
    for dispute in shop.facts.disputes.iter().filter(|dispute| dispute.opened_at < shop.as_of) {
        if dispute.order.is_none_or(|order| !known.contains(&order)) {
            exceptions.add(ExceptionKind::DisputeWithoutOrder, &dispute.dispute_id);
        }
    }
}

/// The first dispute of an order that is open, in words.
pub(super) fn open(shop: &Shop<'_>, order: &Order) -> Option<String> {
    let is_open = |dispute: &&&Dispute| dispute.opened_at < shop.as_of && dispute.closed_at >= shop.as_of;
    let dispute = shop.disputes(order.order).iter().filter(is_open).min_by_key(|dispute| dispute.opened_at)?;
    Some(format!("dispute {}, open since {}", dispute.dispute_id, utc_text(dispute.opened_at)))
}

/// The disputes of an order whose loss is visible, as the refunds that they are.
pub(super) fn lost(shop: &Shop<'_>, order: &Order) -> Vec<Refund> {
    let lost = shop.disputes(order.order).iter().filter(|dispute| dispute.is_lost && dispute.closed_at < shop.as_of);
    lost.map(|dispute| Refund {
        refund_id: dispute.dispute_id.clone(),
        order: dispute.order,
        line_id: None,
        refunded_at: dispute.closed_at,
        amount: dispute.amount,
    })
    .collect()
}
