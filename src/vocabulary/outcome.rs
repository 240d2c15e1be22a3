use super::coded::coded;
use super::exception::ExceptionKind;
use super::kind::Kind;

coded! {
    /// What becomes of an order. Each visible order has exactly one.
    pub enum Outcome {
        /// Somebody gets credit, and it counts.
        Attributed = "attributed",
        /// Nobody gets credit.
        Unattributed = "unattributed",
        /// The program doesn't pay for such orders.
        Excluded = "excluded",
        /// Its data can't be used; somebody has to look at it.
        Rejected = "rejected",
    }
}

coded! {
    /// Why an order has its outcome (`RULES.md`, section 4).
    pub enum OutcomeReason {
        /// It is a test order.
        Test = "test",
        /// It was cancelled.
        Cancelled = "cancelled",
        /// It isn't paid.
        Unpaid = "unpaid",
        /// It was placed before the program's start.
        BeforeStart = "before_start",
        /// It has no line.
        NoLines = "no_lines",
        /// A line has a net amount below zero.
        NegativeAmount = "negative_amount",
        /// There is no rate from its currency to the program's.
        NoFxRate = "no_fx_rate",
        /// A touch was dropped because the buyer is its creator.
        SelfPurchase = "self_purchase",
        /// A touch was dropped because its creator is unknown or not active.
        CreatorInactive = "creator_inactive",
        /// A touch was dropped because it is a campaign's own, and nobody's.
        Campaign = "campaign",
        /// There was no touch.
        NoTouch = "no_touch",
        /// It is smaller than the program's minimum.
        BelowMinimum = "below_minimum",
        /// The program pays for new customers only, and this isn't one.
        ExistingCustomer = "existing_customer",
        /// A click on a creator's link won.
        Link = "link",
        /// A creator's code won.
        Code = "code",
        /// The customer is locked to a creator.
        Lock = "lock",
        /// A person gave it to a creator.
        Credit = "credit",
    }
}

impl OutcomeReason {
    /// The outcome it is a reason for.
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::Test | Self::Cancelled | Self::Unpaid => Outcome::Excluded,
            Self::BeforeStart | Self::BelowMinimum | Self::ExistingCustomer => Outcome::Excluded,
            Self::NoLines | Self::NegativeAmount | Self::NoFxRate => Outcome::Rejected,
            Self::SelfPurchase | Self::CreatorInactive | Self::Campaign | Self::NoTouch => Outcome::Unattributed,
            Self::Link | Self::Code | Self::Lock | Self::Credit => Outcome::Attributed,
        }
    }

    /// The kind of commission that an order attributed for this reason pays; none for other outcomes.
    pub const fn commission(self) -> Option<Kind> {
        match self {
            Self::Link => Some(Kind::Link),
            Self::Code => Some(Kind::Code),
            Self::Lock => Some(Kind::Lock),
            Self::Credit => Some(Kind::Credit),
            _ => None,
        }
    }

    /// The exception of the same name, for the reasons of rejected orders; none for other outcomes.
    pub const fn exception(self) -> Option<ExceptionKind> {
        match self {
            Self::NoLines => Some(ExceptionKind::NoLines),
            Self::NegativeAmount => Some(ExceptionKind::NegativeAmount),
            Self::NoFxRate => Some(ExceptionKind::NoFxRate),
            _ => None,
        }
    }

    /// Whether somebody gets credit, and it counts.
    pub const fn is_attributed(self) -> bool {
        matches!(self.outcome(), Outcome::Attributed)
    }

    /// Whether the order's data can't be used.
    pub const fn is_rejected(self) -> bool {
        matches!(self.outcome(), Outcome::Rejected)
    }
}
