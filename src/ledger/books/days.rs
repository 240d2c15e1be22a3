use std::ops::RangeInclusive;

use anyhow::{Context, Result};
use chrono::NaiveDate;

use crate::calendar::{day_of, day_of_epoch};
use crate::program::Program;
use crate::store::Tx;

/// The journal's entries in the order of the local days they are booked on, those of one day in the order of posting.
///
/// They are given as runs of consecutive numbers: a journal that is in order is one run. A decision about a batch may be
/// booked on an earlier day than a reconciliation posted before it.
pub(super) async fn by_day(tx: &mut Tx, program: &Program) -> Result<Vec<RangeInclusive<i64>>> {
    let sql = "SELECT entry, booked_at FROM entries WHERE program = $1 ORDER BY entry";
    let mut entries: Vec<(i32, i64)> = Vec::new();
    for row in tx.rows(sql, &[program.id.as_str().into()]).await? {
        entries.push((day_of(program.time_zone, row.int(1)?), row.int(0)?));
    }
    entries.sort_unstable();
    let mut runs: Vec<RangeInclusive<i64>> = Vec::new();
    for (_, entry) in entries {
        match runs.last_mut() {
            Some(run) if run.end() + 1 == entry => *run = *run.start()..=entry,
            _ => runs.push(entry..=entry),
        }
    }
    Ok(runs)
}

/// The local day on which an instant is booked.
pub(super) fn booked_on(program: &Program, booked_at: i64) -> Result<NaiveDate> {
    date(day_of(program.time_zone, booked_at))
}

/// A day of the ledger (days since 1970) as a date.
pub(super) fn date(day: i32) -> Result<NaiveDate> {
    day_of_epoch(day).context("the database holds a day that is out of range")
}
