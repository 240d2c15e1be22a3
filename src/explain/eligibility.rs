//! Whether a creator may earn on an order (`RULES.md`, section 5): touches of others are dropped.

use super::self_purchase::is_own;
use super::shop::Shop;
use crate::facts::{Creator, Order};
use crate::vocabulary::OutcomeReason;

/// Why a creator may not earn on an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drop {
    /// The link or code is its campaign's own.
    Campaign,
    /// In no row of the table.
    Unknown,
    /// Not active at the order.
    Inactive,
    /// The order's email is one of the creator's.
    SelfPurchase,
}

impl Drop {
    /// The drop as a sentence.
    pub fn why(self) -> &'static str {
        match self {
            Self::Campaign => "the link or code is the campaign's own: it pays nobody",
            Self::Unknown => "the table of creators has no such creator",
            Self::Inactive => "the creator was not active when the order was placed",
            Self::SelfPurchase => "self purchase: the order's email is the creator's own",
        }
    }
}

/// Which drops an order has seen.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Drops {
    campaign: bool,
    inactive: bool,
    self_purchase: bool,
}

impl Drops {
    /// Takes note of a drop.
    pub fn add(&mut self, drop: Drop) {
        match drop {
            Drop::Campaign => self.campaign = true,
            Drop::Unknown | Drop::Inactive => self.inactive = true,
            Drop::SelfPurchase => self.self_purchase = true,
        }
    }

    /// The reason for which nobody gets credit.
    pub fn reason(self) -> OutcomeReason {
        if self.self_purchase {
            OutcomeReason::SelfPurchase
        } else if self.inactive {
            OutcomeReason::CreatorInactive
        } else if self.campaign {
            OutcomeReason::Campaign
        } else {
            OutcomeReason::NoTouch
        }
    }
}

/// The creator's row at the order, if the creator may earn on it.
pub(super) fn admit<'a>(shop: &Shop<'a>, order: &Order, creator_id: &str) -> Result<&'a Creator, Drop> {
    if creator_id.is_empty() {
        return Err(Drop::Campaign);
    }
    let none = if shop.knows_creator(creator_id) { Drop::Inactive } else { Drop::Unknown };
    let creator = shop.creator_at(creator_id, order.ordered_at).ok_or(none)?;
    if is_own(shop.program.attribution.self_purchase, creator, order) { Err(Drop::SelfPurchase) } else { Ok(creator) }
}
