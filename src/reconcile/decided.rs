//! What the earlier steps decided, handed on to those that list targets.

use super::commission::Earned;
use super::creators::Creators;
use super::credit::Attribution;
use super::lines::Lines;
use super::shares::Shares;
use super::touches::Clicks;
use super::visible::Orders;
use crate::program::Program;

/// Everything that was decided of the orders.
pub(super) struct Decided<'a> {
    pub program: &'a Program,
    pub orders: &'a Orders<'a>,
    pub lines: &'a Lines<'a>,
    /// What is left of each line, in minor units of the program's currency.
    pub base: &'a [i64],
    pub clicks: &'a Clicks<'a>,
    pub creators: &'a Creators,
    pub attribution: &'a Attribution,
    pub shares: &'a Shares,
    /// For each share the place of its rate in the file.
    pub rates: &'a [u32],
    pub earned: &'a Earned,
    /// The orders in byte order of their ids.
    pub by_id: &'a [u32],
    /// For each order the local day of its latest refund.
    pub refund_day: &'a [Option<i32>],
}
