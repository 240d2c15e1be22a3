//! Whether a creator may earn on an order (`RULES.md`, section 5): touches of others are dropped.

use super::shop::Shop;
use crate::facts::{Creator, Order};
use crate::vocabulary::OutcomeReason;

/// Why a creator may not earn on an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drop {
    /// Unknown, or not active at the order.
    Inactive,
    /// The order's email is the creator's.
    SelfPurchase,
}

impl Drop {
    /// The drop as a sentence.
    pub fn why(self) -> &'static str {
        match self {
            Self::Inactive => "the creator is unknown or was not active at the order",
            Self::SelfPurchase => "self purchase: the order's email is the creator's own",
        }
    }
}

/// Which drops an order has seen.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Drops {
    inactive: bool,
    self_purchase: bool,
}

impl Drops {
    /// Takes note of a drop.
    pub fn add(&mut self, drop: Drop) {
        match drop {
            Drop::Inactive => self.inactive = true,
            Drop::SelfPurchase => self.self_purchase = true,
        }
    }

    /// The reason for which nobody gets credit.
    pub fn reason(self) -> OutcomeReason {
        if self.self_purchase {
            OutcomeReason::SelfPurchase
        } else if self.inactive {
            OutcomeReason::CreatorInactive
        } else {
            OutcomeReason::NoTouch
        }
    }
}

/// The creator's row at the order, if the creator may earn on it.
pub(super) fn admit<'a>(shop: &Shop<'a>, order: &Order, creator_id: &str) -> Result<&'a Creator, Drop> {
    let creator = shop.creator_at(creator_id, order.ordered_at).ok_or(Drop::Inactive)?;
    let own = order.email.as_deref().filter(|email| !email.is_empty());
    if own.is_some() && own == creator.email.as_deref() { Err(Drop::SelfPurchase) } else { Ok(creator) }
}
