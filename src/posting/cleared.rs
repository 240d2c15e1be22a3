//! How long what orders earned stayed on hold.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::Result;
use chrono_tz::Tz;
use foldhash::fast::FixedState;

use super::kept_outcome::KeptOutcome;
use crate::calendar::day_of;
use crate::money::Overflow;
use crate::reconcile::frame::{i32s, i64s, texts};
use crate::vocabulary::Kind;

/// Sums by how many days something took; under none, what has not come to its end yet.
pub type ByDays = BTreeMap<Option<i64>, i64>;

/// How long commissions took from their order's day to the end of the hold, as of a reconciliation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cleared {
    /// How many orders: one takes as long as the last of what it pays.
    pub orders: ByDays,
    /// How much commission, in minor units.
    pub money: ByDays,
}

impl KeptOutcome {
    /// How long commissions of orders took to clear, as this reconciliation of `at` (microseconds since 1970) knows it.
    pub fn cleared(&self, data: &Path, zone: Tz, at: i64) -> Result<Cleared> {
        let frame = self.read_targets(data, &["kind", "order_id", "commission", "payable_from", "day"])?;
        let (kinds, orders) = (texts(&frame, "kind")?, texts(&frame, "order_id")?);
        let (amounts, from, days) = (i64s(&frame, "commission")?, i64s(&frame, "payable_from")?, i32s(&frame, "day")?);
        let mut cleared = Cleared::default();
        let mut by_order: HashMap<&str, Option<i64>, FixedState> = HashMap::default();
        for row in 0..frame.height() {
            let is_commission = kinds.get(row).and_then(Kind::parse).is_some_and(Kind::is_commission);
            if !is_commission || amounts[row] <= 0 {
                continue;
            }
            let took = (from[row] <= at).then(|| i64::from(day_of(zone, from[row])) - i64::from(days[row]));
            let sum = cleared.money.entry(took).or_default();
            *sum = sum.checked_add(amounts[row]).ok_or(Overflow)?;
            let order = by_order.entry(orders.get(row).unwrap_or_default()).or_insert(took);
            *order = order.zip(took).map(|(a, b)| a.max(b));
        }
        for took in by_order.into_values() {
            *cleared.orders.entry(took).or_default() += 1;
        }
        Ok(cleared)
    }
}
