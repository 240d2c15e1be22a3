//! Local days, periods and their ends, in the program's zone.

use anyhow::{Context, Result};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::program::Period;

const HOUR: i64 = 3_600_000_000;

/// A period of local time: which kind, and its number counted in that kind since year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Span {
    /// Month, quarter, year or lifetime.
    pub kind: Period,
    /// Months, quarters or years since year 0; 0 for a lifetime.
    pub number: i32,
}

impl Span {
    /// The span of this kind that holds a local day.
    pub fn holding(kind: Period, day: NaiveDate) -> Self {
        // A month's index from 0 is at most 11.
        let month = day.month0() as i32;
        let number = match kind {
            Period::Month => day.year() * 12 + month,
            Period::Quarter => day.year() * 4 + month / 3,
            Period::Year => day.year(),
            Period::Lifetime => 0,
        };
        Self { kind, number }
    }

    /// How an export names it: `2026-01`, `2026-Q1`, `2026`.
    pub fn label(self) -> String {
        let number = self.number;
        match self.kind {
            Period::Month => format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1),
            Period::Quarter => format!("{:04}-Q{}", number.div_euclid(4), number.rem_euclid(4) + 1),
            Period::Year => format!("{number:04}"),
            Period::Lifetime => "lifetime".to_owned(),
        }
    }

    /// The first instant after it, in microseconds since 1970; none for a lifetime.
    pub fn end(self, zone: Tz) -> Result<Option<i64>> {
        let next = self.number + 1;
        let (year, month) = match self.kind {
            Period::Month => (next.div_euclid(12), next.rem_euclid(12)),
            Period::Quarter => (next.div_euclid(4), next.rem_euclid(4) * 3),
            Period::Year => (next, 0),
            Period::Lifetime => return Ok(None),
        };
        let day = NaiveDate::from_ymd_opt(year, month.unsigned_abs() + 1, 1)
            .with_context(|| format!("the end of {} is out of range", self.label()))?;
        first_instant(day, zone).map(Some)
    }
}

/// The local day of an instant.
pub(super) fn local_day(at: i64, zone: Tz) -> Result<NaiveDate> {
    Ok(instant(at)?.with_timezone(&zone).date_naive())
}

/// The first instant of a local day, which is not midnight where a clock change skips it.
pub(super) fn first_instant(day: NaiveDate, zone: Tz) -> Result<i64> {
    let midnight = day.and_time(NaiveTime::MIN);
    if let Some(time) = zone.from_local_datetime(&midnight).earliest() {
        return Ok(time.timestamp_micros());
    }
    // Midnight is skipped: the clock jumps over it, so the local day only grows around here.
    let middle = midnight.and_utc().timestamp_micros();
    let (mut before, mut within) = (middle - 36 * HOUR, middle + 36 * HOUR);
    while within - before > 1 {
        let half = before + (within - before) / 2;
        if local_day(half, zone)? < day {
            before = half;
        } else {
            within = half;
        }
    }
    Ok(within)
}

/// An instant as `2026-02-01T09:30:00Z`.
pub(super) fn utc_text(at: i64) -> String {
    match instant(at) {
        Ok(time) => time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        Err(_) => format!("{at} µs since 1970"),
    }
}

/// A duration in days, hours, minutes and seconds, such as `14d 3h`.
pub(super) fn duration_text(micros: i128) -> String {
    let seconds = micros.unsigned_abs() / 1_000_000;
    let units = [("d", seconds / 86_400), ("h", seconds / 3_600 % 24), ("m", seconds / 60 % 60), ("s", seconds % 60)];
    let parts: Vec<String> = units.iter().filter(|(_, n)| *n > 0).map(|(unit, n)| format!("{n}{unit}")).collect();
    let rest = micros.unsigned_abs() % 1_000_000;
    match (parts.is_empty(), rest) {
        (true, 0) => "0s".to_owned(),
        (true, _) => format!("{rest}µs"),
        (false, 0) => parts.join(" "),
        (false, _) => format!("{} {rest}µs", parts.join(" ")),
    }
}

/// How long after `from` is `to`, in microseconds.
pub(super) fn elapsed(from: i64, to: i64) -> i128 {
    i128::from(to) - i128::from(from)
}

fn instant(at: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_micros(at).with_context(|| format!("the time {at} µs since 1970 is out of range"))
}
