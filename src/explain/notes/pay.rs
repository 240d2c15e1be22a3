//! What is paid, and when.

use serde::Serialize;

use crate::vocabulary::Kind;

/// What a line (or, with an empty `line_id`, the order) pays a creator.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EarningNote {
    /// The line; empty for the fixed amounts of the order.
    pub line_id: String,
    /// The creator.
    pub creator_id: String,
    /// The creator's part of the base.
    pub base: String,
    /// The rates that match, in the order of the file.
    pub candidates: Vec<CandidateNote>,
    /// Every other rate of the file, and those that were agreed with the creator, with the reason why it does not match.
    pub others: Vec<OtherRateNote>,
    /// The one that pays; empty if none matches.
    pub rule: String,
    /// What the rate pays, in words.
    pub pays: String,
    /// Whether that is a fixed amount of the order, which stands in a note with an empty `line_id`.
    pub fixed: bool,
    /// The place in the tiers; none if the rate has none.
    pub tiers: Option<TiersNote>,
    /// The value before rounding, exactly.
    pub exact: String,
    /// How it is rounded.
    pub rounding: &'static str,
    /// The rounded value.
    pub rounded: String,
    /// What the cap of the order left of it; none if it left all.
    pub after_order_cap: Option<String>,
    /// What the cap of the month left of it; none if there is no such cap.
    pub month_cap: Option<MonthCapNote>,
    /// What is paid in the end.
    pub commission: String,
}

/// A rate whose selectors and dates match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CandidateNote {
    /// Its name.
    pub rule: String,
    /// Creator 32, campaign 16, group 8, customer 4, sku 2, category 1, summed.
    pub specificity: u32,
    /// Whether it is the most specific, and the later of equals.
    pub wins: bool,
}

/// A rate that does not match a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherRateNote {
    /// Its name.
    pub rule: String,
    /// The first selector or date that does not match.
    pub why: String,
}

/// Where a line stands in the tiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TiersNote {
    /// The period: `2026-01`, `2026-Q1`, `2026` or `lifetime`.
    pub period: String,
    /// `net_sales` or `orders`.
    pub metric: &'static str,
    /// `marginal` or `retroactive`.
    pub mode: &'static str,
    /// The creator's progress in the period before this line (of orders: before this order).
    pub before: String,
    /// The same with this line (or order).
    pub after: String,
    /// The progress of the whole period.
    pub total: String,
    /// The parts of the base, and what each pays.
    pub parts: Vec<TierPartNote>,
}

/// A part of a base that lies in one tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TierPartNote {
    /// Where the tier starts.
    pub from: String,
    /// How much lies in it, in the program's currency.
    pub amount: String,
    /// What it pays.
    pub percent: String,
}

/// The cap of the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderCapNote {
    /// The most the order pays.
    pub cap: String,
    /// What its rows come to without it.
    pub sum: String,
    /// Whether it cuts.
    pub cuts: bool,
}

/// The cap of a creator's month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonthCapNote {
    /// The local month.
    pub month: String,
    /// The most a creator earns in it.
    pub cap: String,
    /// What the creator's earlier rows of the month come to.
    pub earned_before: String,
    /// Whether it cuts this row.
    pub cuts: bool,
}

/// A bonus, paid or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BonusNote {
    /// Its position in the file and what it is for.
    pub bonus: String,
    /// The creator.
    pub creator_id: String,
    /// What it pays.
    pub amount: String,
    /// Why, or why nothing.
    pub why: String,
}

/// When the order's commissions become payable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HoldNote {
    /// The end of the hold.
    pub until: String,
    /// The dispute that keeps it pending longer, if one is open.
    pub dispute: Option<String>,
    /// `payable` or `pending`.
    pub state: &'static str,
}

/// A row as exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowNote {
    /// What it is for.
    pub kind: Kind,
    /// The line; empty for fixed amounts of the order.
    pub line_id: String,
    /// The creator.
    pub creator_id: String,
    /// The touch.
    pub touch: String,
    /// What it is paid on.
    pub base: String,
    /// What is paid.
    pub commission: String,
    /// `payable` or `pending`.
    pub state: &'static str,
    /// The rate or bonus.
    pub rule: String,
}
