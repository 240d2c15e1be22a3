//! Which version counts, and who gets credit.

use serde::Serialize;

use crate::vocabulary::Kind;

/// One version of the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionNote {
    /// When the version was made.
    pub updated_at: String,
    /// When it says the order was placed.
    pub ordered_at: String,
    /// Its status.
    pub status: String,
    /// What its lines are in.
    pub currency: &'static str,
    /// Whether it is the one that counts.
    pub counts: bool,
    /// Why, or why not.
    pub why: String,
}

/// What became of a click or code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It earned credit.
    Won,
    /// It would have, but another came first.
    Lost,
    /// Its creator may not earn on this order.
    Dropped,
    /// It is no touch of this order.
    NoTouch,
}

/// A click or code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TouchNote {
    /// `link` or `code`.
    pub kind: Kind,
    /// The click's id, or the code as entered.
    pub touch: String,
    /// When the click was made; none for a code, which is entered with the order.
    pub at: Option<String>,
    /// The link that was clicked.
    pub link_key: Option<String>,
    /// Whose link or code it was.
    pub creator_id: Option<String>,
    /// Its place among the touches of its kind, from 1: clicks by time and id, codes as entered.
    pub place: usize,
    /// What became of it.
    pub verdict: Verdict,
    /// Why.
    pub why: String,
}

/// The search for a creator to whom the customer is locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LockNote {
    /// The customer's latest earlier order that was won by a touch.
    pub source_order_id: Option<String>,
    /// When it was placed.
    pub source_ordered_at: Option<String>,
    /// Its creators, and what became of each.
    pub creators: Vec<LockCreatorNote>,
    /// The result.
    pub why: String,
}

/// A creator to whom the customer may be locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LockCreatorNote {
    /// The creator.
    pub creator_id: String,
    /// Whether the lock gave credit.
    pub verdict: Verdict,
    /// Why.
    pub why: String,
}

/// The manual credit of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManualNote {
    /// The credit.
    pub credit_id: String,
    /// The creator.
    pub creator_id: String,
    /// Whether it counts: the creator is known.
    pub used: bool,
}

/// A creator with credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CreditNote {
    /// The creator.
    pub creator_id: String,
    /// The name people read.
    pub name: String,
    /// The group at the order.
    pub group: String,
    /// The touch as exported.
    pub touch: String,
    /// The campaign that brought it, or empty.
    pub campaign: String,
}
