//! The tables one by one: how its text becomes a typed frame, what is refused, and its rows as plain values.

pub(super) mod clicks;
pub(super) mod codes;
pub(super) mod creators;
pub(super) mod fees;
pub(super) mod fx;
pub(super) mod links;
pub(super) mod order_lines;
mod order_numbers;
pub(super) mod orders;
pub(super) mod refunds;
