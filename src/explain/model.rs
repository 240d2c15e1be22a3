//! What a whole shop comes to.

use super::targets::Target;
use crate::vocabulary::{ExceptionKind, Outcome, OutcomeReason};

/// What a whole shop comes to at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Model {
    /// Each visible order's outcome, by order_id.
    pub orders: Vec<OrderOutcome>,
    /// The rows of the export `commissions`, lines of zero included, sorted by their columns.
    pub commissions: Vec<Target>,
    /// Kind and subject of what could not be used, sorted, each once.
    pub exceptions: Vec<(ExceptionKind, String)>,
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderOutcome {
    /// The order.
    pub order_id: String,
    /// Why, and by that its outcome.
    pub reason: OutcomeReason,
}

impl OrderOutcome {
    /// Its outcome.
    pub fn outcome(&self) -> Outcome {
        self.reason.outcome()
    }
}
