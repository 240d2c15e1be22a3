//! What is left of an order to earn on.

use serde::Serialize;

/// The comparison with `min_order`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MinimumNote {
    /// The sum of the original net amounts, each line in program currency.
    pub sum: String,
    /// What is needed.
    pub minimum: String,
    /// Whether it is there.
    pub reached: bool,
}

/// The exchange rate of the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExchangeNote {
    /// The order's currency.
    pub from: &'static str,
    /// The program's.
    pub to: &'static str,
    /// Units of `to` for one of `from`; none if there is none of use.
    pub rate: Option<String>,
    /// The day the rate is dated.
    pub dated: Option<String>,
    /// What was looked for, and found.
    pub why: String,
}

/// A refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefundNote {
    /// The refund.
    pub refund_id: String,
    /// When.
    pub refunded_at: String,
    /// The line; none for the whole order.
    pub line_id: Option<String>,
    /// How much was refunded, in the order's currency.
    pub amount: String,
    /// How much of it was taken off, in the order's currency.
    pub taken: String,
    /// What became of it.
    pub why: String,
}

/// A line, from its net amount to what is left to earn on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineNote {
    /// The line.
    pub line_id: String,
    /// What people call what was sold, or empty; as [`super::Explanation::order_name`].
    pub title: String,
    /// What was sold.
    pub sku: String,
    /// Its category.
    pub category: String,
    /// The order's currency.
    pub currency: &'static str,
    /// The original net amount, in the order's currency.
    pub net_amount: String,
    /// What each refund took off it, in order.
    pub refunds: Vec<TakenNote>,
    /// What is left, in the order's currency.
    pub left: String,
    /// The same in the program's currency.
    pub base: String,
    /// The creators' parts of the base.
    pub shares: Vec<ShareNote>,
}

/// What a refund took off a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TakenNote {
    /// The refund.
    pub refund_id: String,
    /// How much, in the order's currency.
    pub taken: String,
}

/// A creator's part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShareNote {
    /// The creator.
    pub creator_id: String,
    /// The part, in the program's currency.
    pub amount: String,
}
