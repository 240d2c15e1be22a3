//! The tables, one file each: how text becomes a typed frame, what is refused, and the rows as plain values.

pub(super) mod clicks;
pub(super) mod codes;
pub(super) mod creators;
pub(super) mod disputes;
pub(super) mod fees;
pub(super) mod fx;
pub(super) mod links;
pub(super) mod order_lines;
mod order_numbers;
pub(super) mod orders;
pub(super) mod rates;
pub(super) mod refunds;
