//! The result of a reconciliation.

use std::collections::BTreeSet;

use polars::prelude::DataFrame;

use super::day_counts::DayCount;
use crate::vocabulary::ExceptionKind;

/// What the rules make of the facts at one time.
#[derive(Debug, Clone)]
pub struct Reconciliation {
    /// Every visible order, by id: `order_id` str, `outcome` str, `reason` str (codes of the vocabulary), `currency` str,
    /// `net` i64 (the sum of its original net amounts in minor units of its currency).
    pub orders: DataFrame,
    /// What should have been earned, one row for each target key, in the byte order of the keys. The key: `kind` str (a
    /// code of the vocabulary), `order_id` str (or the period, or the fee id), `line_id` str, `creator_id` str, `detail`
    /// str (tells bonuses of one order or period apart). Then `touch` str, `rule` str (what it pays under, for people),
    /// `base` i64, `commission` i64 (minor units of the program's currency), `payable_from` i64 (microseconds since
    /// 1970), `day` i32 (the local day it belongs to), `refund_day` i32 or null (that of the order's latest refund).
    pub targets: DataFrame,
    /// Kind and subject of everything that could not be used, without repeats, sorted.
    pub exceptions: BTreeSet<(ExceptionKind, String)>,
    /// How many orders each of the last local days brought.
    pub days: Vec<DayCount>,
    /// The result is the same for every later `as_of` before this instant (microseconds since 1970), as long as
    /// program and facts are.
    pub unchanged_until: i64,
}
