//! What the earlier steps decided, handed on to those that list targets.

use polars::prelude::DataFrame;

use super::disputes::Disputes;
use crate::program::Program;

/// Everything that was decided of the orders.
pub(super) struct Decided<'a> {
    pub program: &'a Program,
    /// The visible orders in time order: those of [`super::visible::orders`] and `reason` str (why each has its outcome), `net` i64 (the sum of what
    /// was ordered, in its currency), `refund_day` i32 or null (of the latest refund), `payable_from` i64, `ordinal` u32 or null
    /// (see [`super::customers::ordinals`]), `is_attributed` bool, and more.
    pub orders: &'a DataFrame,
    /// The credits of attributed orders, as [`super::attribution::Attribution::credits`], with [`super::shares::parts`].
    pub credits: &'a DataFrame,
    /// The lines with their bases: `o` u32, `base` i64.
    pub lines: &'a DataFrame,
    /// What progress is made of: see [`super::shares::shares`] and [`super::rates::rated`].
    pub shares: &'a DataFrame,
    /// What is earned: see [`super::caps::capped`].
    pub rows: &'a DataFrame,
    pub disputes: &'a Disputes,
}
