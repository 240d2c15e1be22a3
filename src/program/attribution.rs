//! `[attribution]`: who gets credit.

use super::micros::Micros;

/// Who gets credit for an order.
#[derive(Debug, Clone)]
pub struct Attribution {
    /// How old a click may be at the order.
    pub window: Micros,
    /// Which of several clicks count.
    pub model: Model,
    /// The kinds of touch that exist, the strongest first.
    pub precedence: Vec<TouchKind>,
    /// Which customers' orders earn, and for how long they stay with a creator.
    pub customers: Customers,
}

/// Which of an order's link touches get credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// The latest.
    LastClick,
    /// The earliest.
    FirstClick,
    /// Every creator among them, in equal parts.
    Linear,
}

/// The kinds of evidence that a creator brought an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TouchKind {
    /// A click on a creator's link.
    Link,
    /// A creator's code on the order.
    Code,
}

/// Whose orders earn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Customers {
    /// Everybody's.
    All,
    /// Only a customer's first.
    New,
    /// Everybody's; and an order without a touch goes to the creator who brought the customer before, for so long.
    Locked(Micros),
}
