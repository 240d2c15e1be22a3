//! A row of an order on its way to a target: fixed amounts and shares of lines, before and after caps.

use super::credit::Credit;

/// A row of an order as it will be exported, but for its hold.
#[derive(Debug, Clone)]
pub(super) struct Paid<'a> {
    /// The line; empty for the fixed amounts of the order.
    pub line_id: &'a str,
    /// The creator.
    pub credit: Credit<'a>,
    /// What it is paid on, minor units of the program's currency.
    pub base: i64,
    /// What it pays, minor units of the program's currency.
    pub commission: i64,
    /// The names of the rates that pay it.
    pub rule: String,
}
