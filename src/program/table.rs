//! The tables of facts.

use std::fmt;

/// The tables of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Orders, in versions.
    Orders,
    /// The lines of orders.
    OrderLines,
    /// Money given back.
    Refunds,
    /// Clicks on creators' links.
    Clicks,
    /// Creators, one row for each span of time.
    Creators,
    /// Which creator owns a link, and when.
    Links,
    /// Who owns a discount code, and when.
    Codes,
    /// Exchange rates by day. Optional.
    Fx,
    /// Fixed amounts owed to creators. Optional.
    Fees,
    /// Percentages agreed with single creators. Optional.
    Rates,
    /// Payments that buyers dispute. Optional.
    Disputes,
}

impl Table {
    /// All of them, in the order they are read.
    pub const ALL: [Self; 11] = [
        Self::Orders,
        Self::OrderLines,
        Self::Refunds,
        Self::Clicks,
        Self::Creators,
        Self::Links,
        Self::Codes,
        Self::Fx,
        Self::Fees,
        Self::Rates,
        Self::Disputes,
    ];

    /// The name used in the program file and in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::OrderLines => "order_lines",
            Self::Refunds => "refunds",
            Self::Clicks => "clicks",
            Self::Creators => "creators",
            Self::Links => "links",
            Self::Codes => "codes",
            Self::Fx => "fx",
            Self::Fees => "fees",
            Self::Rates => "rates",
            Self::Disputes => "disputes",
        }
    }

    /// Whether a program may leave it out.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Fx | Self::Fees | Self::Rates | Self::Disputes)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
