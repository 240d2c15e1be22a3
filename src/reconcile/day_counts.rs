//! How many orders each of the last days brought: what alerts compare a day with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::visible::Orders;
use crate::calendar::day_of;
use crate::program::Program;
use crate::vocabulary::{Outcome, OutcomeReason};

/// How many days are counted, the current one included: five of each weekday.
const DAYS: i32 = 36;

/// What one local day brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCount {
    /// The day, as days since 1970.
    pub day: i32,
    /// How many orders were placed on it; tests do not count.
    pub orders: i64,
    /// How many of them are unattributed.
    pub unattributed: i64,
}

/// Counts the visible orders of the last days before `as_of` and of its own; days without orders are left out.
pub(super) fn day_counts(program: &Program, orders: &Orders<'_>, reasons: &[OutcomeReason], as_of: i64) -> Vec<DayCount> {
    let first = day_of(program.time_zone, as_of) - DAYS + 1;
    let mut counts: BTreeMap<i32, (i64, i64)> = BTreeMap::new();
    let counted = orders.day.iter().zip(reasons).filter(|(day, reason)| **day >= first && **reason != OutcomeReason::Test);
    for (day, reason) in counted {
        let (orders, unattributed) = counts.entry(*day).or_default();
        *orders += 1;
        *unattributed += i64::from(reason.outcome() == Outcome::Unattributed);
    }
    counts.into_iter().map(|(day, (orders, unattributed))| DayCount { day, orders, unattributed }).collect()
}
