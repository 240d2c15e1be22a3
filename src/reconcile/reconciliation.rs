//! The result of a reconciliation.

use std::collections::BTreeSet;

use polars::prelude::DataFrame;

use super::day_counts::DayCount;
use super::first_orders::FirstOrders;
use crate::vocabulary::ExceptionKind;

/// What the rules make of the facts at one time.
#[derive(Debug, Clone)]
pub struct Reconciliation {
    /// Every visible order, by id: `order_id` str, `outcome` str, `reason` str (codes of the vocabulary), `currency` str,
    /// `net` i64 (the sum of its original net amounts in minor units of its currency). Then what tells the day of what moves,
    /// times in microseconds since 1970: `version_at` i64 (the `updated_at` of the version that counts), `edited_at` and `turned_at`
    /// i64 or null (those of the first of the last versions that say the same, so far as it decides, and that are all paid or all
    /// not; null for the version that counts), `says` i64 (a short hash of what they say), `refunds` str or null (time and amount of each refund and lost dispute that
    /// counted, in order of time), `emptied_at` i64 or null (of an order that is not paid any more: when they had taken all of it),
    /// `disputed_since` i64 or null (since when it has been disputed without a break) and
    /// `undisputed_at` i64 or null (when its last dispute ended, of those that did).
    pub orders: DataFrame,
    /// What should have been earned, one row for each target key, in the byte order of the keys. The key: `kind` str (a
    /// code of the vocabulary), `order_id` str (or the period, or the fee id), `line_id` str, `creator_id` str, `detail`
    /// str (tells bonuses of one order or period apart). Then `touch` str, `campaign` str (of the credit, or empty), `rule` str (what it pays under, for people),
    /// `base` i64, `commission` i64 (minor units of the program's currency), `payable_from` i64 (microseconds since
    /// 1970), `day` i32 (the local day it belongs to), `refund_day` i32 or null (that of the order's latest refund).
    pub targets: DataFrame,
    /// Kind and subject of everything that could not be used, without repeats, sorted.
    pub exceptions: BTreeSet<(ExceptionKind, String)>,
    /// How many orders each of the last local days brought.
    pub days: Vec<DayCount>,
    /// Since when each creator, link and code brings orders.
    pub first_orders: FirstOrders,
    /// The fees that are not due yet, by id.
    pub later_fees: BTreeSet<String>,
    /// The result is the same for every later `as_of` before this instant (microseconds since 1970), as long as
    /// program and facts are.
    pub unchanged_until: i64,
}
