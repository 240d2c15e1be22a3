//! Step 4: what becomes of an order, and why.

use super::exchange::Exchange;
use super::lines::Lines;
use super::visible::{Orders, Status};

/// The outcome of an order with its reason (`SPEC.md`, "Outcome of an order"); the earlier ones win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Test,
    Cancelled,
    Unpaid,
    NoLines,
    NegativeAmount,
    NoFxRate,
    SelfPurchase,
    CreatorInactive,
    NoTouch,
    BelowMinimum,
    ExistingCustomer,
    Link,
    Code,
    Lock,
}

impl Fate {
    /// The outcome as exported.
    pub(super) fn outcome(self) -> &'static str {
        match self {
            Self::Test | Self::Cancelled | Self::Unpaid | Self::BelowMinimum | Self::ExistingCustomer => "excluded",
            Self::NoLines | Self::NegativeAmount | Self::NoFxRate => "rejected",
            Self::SelfPurchase | Self::CreatorInactive | Self::NoTouch => "unattributed",
            Self::Link | Self::Code | Self::Lock => "attributed",
        }
    }

    /// The reason as exported.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Cancelled => "cancelled",
            Self::Unpaid => "unpaid",
            Self::NoLines => "no_lines",
            Self::NegativeAmount => "negative_amount",
            Self::NoFxRate => "no_fx_rate",
            Self::SelfPurchase => "self_purchase",
            Self::CreatorInactive => "creator_inactive",
            Self::NoTouch => "no_touch",
            Self::BelowMinimum => "below_minimum",
            Self::ExistingCustomer => "existing_customer",
            Self::Link => "link",
            Self::Code => "code",
            Self::Lock => "lock",
        }
    }

    /// Whether somebody got credit and it stands.
    pub(super) fn is_attributed(self) -> bool {
        matches!(self, Self::Link | Self::Code | Self::Lock)
    }

    /// Whether the order could not be used.
    pub(super) fn is_rejected(self) -> bool {
        matches!(self, Self::NoLines | Self::NegativeAmount | Self::NoFxRate)
    }
}

/// The fate of the orders for which nobody can get credit, whoever sent the customer; none for the others.
pub(super) fn before_attribution(orders: &Orders<'_>, lines: &Lines<'_>, exchanges: &[Exchange]) -> Vec<Option<Fate>> {
    let fate = |o: usize| match orders.status[o] {
        Status::Test => Some(Fate::Test),
        Status::Cancelled => Some(Fate::Cancelled),
        Status::Pending => Some(Fate::Unpaid),
        Status::Paid if lines.of(o).is_empty() => Some(Fate::NoLines),
        Status::Paid if lines.net[lines.of(o)].iter().any(|net| *net < 0) => Some(Fate::NegativeAmount),
        Status::Paid if exchanges[o] == Exchange::Missing => Some(Fate::NoFxRate),
        Status::Paid => None,
    };
    (0..orders.len()).map(fate).collect()
}
