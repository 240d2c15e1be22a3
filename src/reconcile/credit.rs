//! Credit for an order: what attribution, the customer lock and manual attribution all come to.

use super::creators::Place;
use crate::vocabulary::OutcomeReason;

/// The evidence that is shown for a part of the credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Touch {
    /// The click at this place.
    Click(u32),
    /// The code as the order has it, trimmed.
    Code(String),
    /// The customer's earlier order at this place.
    Order(u32),
    /// The manual credit of this id.
    Manual(String),
}

/// One creator's part in an order.
#[derive(Debug, Clone)]
pub(super) struct Credit {
    pub creator: Place,
    pub touch: Touch,
}

/// Who gets credit for each order, in byte order of the creators' ids, and what becomes of it.
pub(super) struct Attribution {
    /// Why each order has its outcome.
    pub reasons: Vec<OutcomeReason>,
    /// The parts of each order's credit; empty where nobody gets any.
    pub credits: Vec<Vec<Credit>>,
}
