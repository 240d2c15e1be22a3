//! The program's own calendar: days, periods, and the instants at which they begin.

use chrono::{DateTime, Datelike, Days, MappedLocalTime, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

use crate::facts::day_of_epoch;
use crate::program::Period;

const DAY: i64 = 86_400_000_000;

/// The local day of an instant, as days since 1970.
pub(crate) fn day_of(zone: Tz, micros: i64) -> i32 {
    let seconds = micros.div_euclid(1_000_000);
    let offset = DateTime::from_timestamp(seconds, 0)
        .map_or(0, |utc| zone.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc());
    // Days of the years 0 to 9999 fit.
    (micros + i64::from(offset) * 1_000_000).div_euclid(DAY) as i32
}

/// The first instant of a local day. Where the clock skips midnight, that is the first instant after the gap.
pub(crate) fn start_of(zone: Tz, day: NaiveDate) -> i64 {
    let midnight = day.and_time(NaiveTime::MIN);
    for minutes in 0..=24 * 60 {
        let local = midnight + TimeDelta::minutes(minutes);
        match zone.from_local_datetime(&local) {
            MappedLocalTime::Single(time) => return time.timestamp_micros(),
            MappedLocalTime::Ambiguous(first, _) => return first.timestamp_micros(),
            MappedLocalTime::None => {}
        }
    }
    // No zone has skipped a whole day and a minute; a skipped day begins where the next one does.
    midnight.and_utc().timestamp_micros()
}

/// Which period a local day lies in: a number that is the same for all its days and grows with time.
pub(crate) fn period_number(period: Period, day: i32) -> i32 {
    let Some(date) = day_of_epoch(day) else { return 0 };
    match period {
        Period::Month => date.year() * 12 + date.month0() as i32,
        Period::Quarter => date.year() * 4 + date.month0() as i32 / 3,
        Period::Year => date.year(),
        Period::Lifetime => 0,
    }
}

/// How a period is written: `2026-01`, `2026-Q1`, `2026`.
pub(crate) fn period_label(period: Period, number: i32) -> String {
    match period {
        Period::Month => format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1),
        Period::Quarter => format!("{:04}-Q{}", number.div_euclid(4), number.rem_euclid(4) + 1),
        Period::Year => format!("{number:04}"),
        Period::Lifetime => "lifetime".to_owned(),
    }
}

/// The first local day after a period; none for all time.
pub(crate) fn day_after_period(period: Period, number: i32) -> Option<NaiveDate> {
    let next = number + 1;
    let (year, month) = match period {
        Period::Month => (next.div_euclid(12), next.rem_euclid(12) as u32 + 1),
        Period::Quarter => (next.div_euclid(4), next.rem_euclid(4) as u32 * 3 + 1),
        Period::Year => (next, 1),
        Period::Lifetime => return None,
    };
    NaiveDate::from_ymd_opt(year, month, 1)
}

/// The day before, as days since 1970.
pub(crate) fn last_day_before(date: NaiveDate) -> i32 {
    let before = date.checked_sub_days(Days::new(1)).unwrap_or(date);
    day_number(before)
}

/// Days since 1970.
pub(crate) fn day_number(date: NaiveDate) -> i32 {
    (date - NaiveDate::default()).num_days() as i32
}
