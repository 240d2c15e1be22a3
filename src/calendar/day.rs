//! Local days, numbered from 1970, and the instants at which they begin.

use chrono::{DateTime, Datelike, Days, MappedLocalTime, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

const DAY: i64 = 86_400_000_000;

/// The local day of an instant, as days since 1970.
pub fn day_of(zone: Tz, micros: i64) -> i32 {
    let seconds = micros.div_euclid(1_000_000);
    let offset = DateTime::from_timestamp(seconds, 0)
        .map_or(0, |utc| zone.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc());
    // Days of the years 0 to 9999 fit.
    (micros + i64::from(offset) * 1_000_000).div_euclid(DAY) as i32
}

/// The first instant of a local day. Where the clock skips midnight, that is the first instant after the gap.
pub fn start_of(zone: Tz, day: NaiveDate) -> i64 {
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

/// The day before, as days since 1970.
pub fn last_day_before(date: NaiveDate) -> i32 {
    let before = date.checked_sub_days(Days::new(1)).unwrap_or(date);
    day_number(before)
}

/// Days since 1970.
pub fn day_number(date: NaiveDate) -> i32 {
    (date - NaiveDate::default()).num_days() as i32
}

/// The date that many days after 1970-01-01.
pub fn day_of_epoch(day: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(day + NaiveDate::from_ymd_opt(1970, 1, 1)?.num_days_from_ce())
}
