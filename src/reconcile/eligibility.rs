//! Whether a creator may earn on an order (`RULES.md`, section 5): touches of others are dropped.

use super::creators::{Creators, Place};
use super::visible::Orders;
use crate::vocabulary::OutcomeReason;

/// Why a touch is dropped. The later reason is the stronger one: it is what the order shows if nobody gets credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dropped {
    /// Its creator is unknown, or not active at the order.
    CreatorInactive,
    /// The order's email is the creator's.
    SelfPurchase,
}

/// Says which creators may earn on which orders.
pub(super) struct Eligibility<'a> {
    pub creators: &'a Creators,
    pub orders: &'a Orders<'a>,
}

impl Eligibility<'_> {
    /// Whether the creator may earn on the order; if not, `dropped` remembers the strongest reason so far.
    pub(super) fn allows(&self, creator: Place, o: usize, dropped: &mut Option<Dropped>) -> bool {
        match self.check(creator, o) {
            Ok(()) => true,
            Err(why) => {
                *dropped = (*dropped).max(Some(why));
                false
            }
        }
    }

    fn check(&self, creator: Place, o: usize) -> Result<(), Dropped> {
        let span = self.creators.span_at(creator, self.orders.ordered_at[o]).ok_or(Dropped::CreatorInactive)?;
        let email = self.orders.email(o);
        if email.is_some() && span.email.as_deref() == email { Err(Dropped::SelfPurchase) } else { Ok(()) }
    }
}

/// Why nobody gets credit, by what was dropped.
pub(super) fn unattributed(dropped: Option<Dropped>) -> OutcomeReason {
    match dropped {
        Some(Dropped::SelfPurchase) => OutcomeReason::SelfPurchase,
        Some(Dropped::CreatorInactive) => OutcomeReason::CreatorInactive,
        None => OutcomeReason::NoTouch,
    }
}
