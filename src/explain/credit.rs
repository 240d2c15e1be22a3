//! Credit for an order: what attribution, the customer lock and manual attribution all come to.

use super::notes::CreditNote;
use crate::facts::Creator;
use crate::vocabulary::OutcomeReason;

/// A creator who gets an equal part of the credit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Credit<'a> {
    /// The row that is active at the order; of a manual credit, the latest where none is.
    pub creator: &'a Creator,
    /// The group at the order; empty where no row is active.
    pub group: &'a str,
    /// What is shown as the touch.
    pub touch: &'a str,
    /// The campaign that brought it, or empty.
    pub campaign: &'a str,
}

/// Credit for an order.
#[derive(Debug, Clone)]
pub(super) struct Win<'a> {
    /// By which evidence: `link`, `code`, `lock` or `credit`.
    pub reason: OutcomeReason,
    /// Who gets it, by the bytes of their ids; at least one.
    pub credits: Vec<Credit<'a>>,
}

impl Credit<'_> {
    /// The credit as an explanation shows it.
    pub fn note(&self) -> CreditNote {
        CreditNote {
            creator_id: self.creator.creator_id.clone(),
            name: self.creator.name.clone(),
            group: self.group.to_owned(),
            touch: self.touch.to_owned(),
            campaign: self.campaign.to_owned(),
        }
    }
}
