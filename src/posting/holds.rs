//! Until when what is earned stays on hold.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use chrono_tz::Tz;

use super::kept_outcome::KeptOutcome;
use crate::calendar::day_of;
use crate::money::Overflow;
use crate::reconcile::frame::{i32s, i64s, texts};

/// What a creator has on hold, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OnHold {
    /// Together.
    pub amount: i64,
    /// What comes off hold first: the local day (days since 1970), and how much of it then. None where nobody knows when.
    pub first: Option<(i32, i64)>,
    /// How much waits for the end of a dispute, whenever that is.
    pub disputed: i64,
}

impl OnHold {
    fn add(&mut self, zone: Tz, amount: i64, payable_from: i64) -> Result<(), Overflow> {
        let add = |sum: i64, amount: i64| sum.checked_add(amount).ok_or(Overflow);
        self.amount = add(self.amount, amount)?;
        // An open dispute has no end.
        if payable_from == i64::MAX {
            self.disputed = add(self.disputed, amount)?;
            return Ok(());
        }
        let day = day_of(zone, payable_from);
        self.first = match self.first {
            Some((first, sum)) if first == day => Some((day, add(sum, amount)?)),
            Some((first, sum)) if first < day => Some((first, sum)),
            _ => Some((day, amount)),
        };
        Ok(())
    }
}

impl KeptOutcome {
    /// What was on hold at a time (microseconds since 1970), by creator, as this reconciliation knows it. `through` leaves out what
    /// belongs to later local days (days since 1970): a reconciliation knows nothing of orders that were placed after it.
    pub fn on_hold(&self, data: &Path, zone: Tz, at: i64, through: i32) -> Result<BTreeMap<String, OnHold>> {
        let frame = self.read_targets(data, &["creator_id", "commission", "payable_from", "day"])?;
        let creators = texts(&frame, "creator_id")?;
        let (amounts, from, days) = (i64s(&frame, "commission")?, i64s(&frame, "payable_from")?, i32s(&frame, "day")?);
        let mut held: BTreeMap<&str, OnHold> = BTreeMap::new();
        for row in 0..frame.height() {
            if from[row] > at && amounts[row] != 0 && days[row] <= through {
                held.entry(creators.get(row).unwrap_or_default()).or_default().add(zone, amounts[row], from[row])?;
            }
        }
        Ok(held.into_iter().map(|(creator, on_hold)| (creator.to_owned(), on_hold)).collect())
    }

    /// Calls `each` with creator, amount and the instant until which it is on hold (microseconds since 1970; `i64::MAX` while a
    /// dispute is open) of everything that was on hold at a time.
    pub fn for_each_on_hold(&self, data: &Path, at: i64, mut each: impl FnMut(&str, i64, i64) -> Result<()>) -> Result<()> {
        let frame = self.read_targets(data, &["creator_id", "commission", "payable_from"])?;
        let creators = texts(&frame, "creator_id")?;
        let (amounts, from) = (i64s(&frame, "commission")?, i64s(&frame, "payable_from")?);
        for row in 0..frame.height() {
            if from[row] > at && amounts[row] != 0 {
                each(creators.get(row).unwrap_or_default(), amounts[row], from[row])?;
            }
        }
        Ok(())
    }
}
