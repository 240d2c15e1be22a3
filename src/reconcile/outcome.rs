//! Step 4: what becomes of an order, and why.

use super::exchange::Exchange;
use super::lines::Lines;
use super::visible::{Orders, Status};
use crate::calendar::day_number;
use crate::program::Program;

/// The outcome of an order with its reason (`SPEC.md`, "Outcome of an order"); the earlier ones win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Test,
    Cancelled,
    Unpaid,
    BeforeStart,
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
    Credit,
}

impl Fate {
    /// The outcome as exported.
    pub(super) fn outcome(self) -> &'static str {
        match self {
            Self::Test | Self::Cancelled | Self::Unpaid => "excluded",
            Self::BeforeStart | Self::BelowMinimum | Self::ExistingCustomer => "excluded",
            Self::NoLines | Self::NegativeAmount | Self::NoFxRate => "rejected",
            Self::SelfPurchase | Self::CreatorInactive | Self::NoTouch => "unattributed",
            Self::Link | Self::Code | Self::Lock | Self::Credit => "attributed",
        }
    }

    /// The reason as exported.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Cancelled => "cancelled",
            Self::Unpaid => "unpaid",
            Self::BeforeStart => "before_start",
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
            Self::Credit => "credit",
        }
    }

    /// Whether somebody got credit and it stands.
    pub(super) fn is_attributed(self) -> bool {
        matches!(self, Self::Link | Self::Code | Self::Lock | Self::Credit)
    }

    /// Whether the order could not be used.
    pub(super) fn is_rejected(self) -> bool {
        matches!(self, Self::NoLines | Self::NegativeAmount | Self::NoFxRate)
    }
}

/// The fate of the orders for which nobody can get credit, whoever sent the customer; none for the others. Sound orders
/// from before the program's start are among the others: they earn nothing, but their credit locks customers.
pub(super) fn before_attribution(
    program: &Program,
    orders: &Orders<'_>,
    lines: &Lines<'_>,
    exchanges: &[Exchange],
) -> Vec<Option<Fate>> {
    let is_early = early(program, orders);
    let fate = |o: usize| match orders.status[o] {
        Status::Test => Some(Fate::Test),
        Status::Cancelled => Some(Fate::Cancelled),
        Status::Pending => Some(Fate::Unpaid),
        Status::Paid if lines.of(o).is_empty() => Some(Fate::NoLines),
        Status::Paid if lines.net[lines.of(o)].iter().any(|net| *net < 0) => Some(Fate::NegativeAmount),
        Status::Paid if exchanges[o] == Exchange::Missing => Some(Fate::NoFxRate),
        Status::Paid => None,
    };
    let unless_early = |o: usize| match fate(o) {
        Some(fate) if fate.is_rejected() && is_early(o) => Some(Fate::BeforeStart),
        fate => fate,
    };
    (0..orders.len()).map(unless_early).collect()
}

/// Says whether the local day of an order is before the program's start.
pub(super) fn early(program: &Program, orders: &Orders<'_>) -> impl Fn(usize) -> bool {
    let first = program.starts.map_or(i32::MIN, day_number);
    move |o| orders.day[o] < first
}
