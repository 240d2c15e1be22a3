//! Times and days, to and from text: RFC 3339 and ISO dates, as facts and journals have them.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::day::day_of_epoch;

const DAY: i64 = 86_400_000_000;

/// Reads an RFC 3339 time as microseconds since 1970. Finer digits are cut off.
pub fn parse_time(text: &str) -> Option<i64> {
    let b = text.as_bytes();
    if let Ok(plain) = <&[u8; 20]>::try_from(b)
        && plain[19] == b'Z'
    {
        return plain_time(plain);
    }
    if b.len() < 20 || b[10] != b'T' && b[10] != b't' {
        return None;
    }
    let day = day_number(&b[..10])?;
    let (hour, minute, second) = (two(b, 11)?, two(b, 14)?, two(b, 17)?);
    if b[13] != b':' || b[16] != b':' || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (micros, zone) = fraction(&b[19..])?;
    let offset = match zone {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), hour_minute @ ..] if hour_minute.len() == 5 && hour_minute[2] == b':' => {
            let (h, m) = (two(hour_minute, 0)?, two(hour_minute, 3)?);
            if h > 23 || m > 59 {
                return None;
            }
            (h * 3600 + m * 60) * if *sign == b'+' { 1 } else { -1 }
        }
        _ => return None,
    };
    Some(day * DAY + (hour * 3600 + minute * 60 + second - offset) * 1_000_000 + micros)
}

/// The usual form, `2026-02-01T09:30:00Z`, of which a run reads millions.
fn plain_time(b: &[u8; 20]) -> Option<i64> {
    let day = day_number(&b[..10])?;
    let (hour, minute, second) = (two(b, 11)?, two(b, 14)?, two(b, 17)?);
    let separated = (b[10] == b'T' || b[10] == b't') && b[13] == b':' && b[16] == b':';
    (separated && hour <= 23 && minute <= 59 && second <= 59)
        .then(|| day * DAY + (hour * 3600 + minute * 60 + second) * 1_000_000)
}

/// Reads a date (`2026-02-01`) as days since 1970.
pub fn parse_day(text: &str) -> Option<i32> {
    let b = text.as_bytes();
    if b.len() == 10 { day_number(b).and_then(|day| i32::try_from(day).ok()) } else { None }
}

/// Writes microseconds since 1970 as RFC 3339 in UTC, to the second, or finer where needed.
pub fn format_time(micros: i64) -> String {
    match DateTime::from_timestamp_micros(micros) {
        Some(time) => time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        None => format!("{micros} µs"),
    }
}

/// Writes microseconds since 1970 as people of a time zone read them, to the minute.
pub fn format_local_time(zone: Tz, micros: i64) -> String {
    let time = DateTime::<Utc>::from_timestamp_micros(micros).unwrap_or_default().with_timezone(&zone);
    time.format("%Y-%m-%d %H:%M %Z").to_string()
}

/// Writes days since 1970 as a date.
pub fn format_day(day: i32) -> String {
    day_of_epoch(day).map_or_else(|| format!("day {day}"), |date| date.to_string())
}

/// Days since 1970 of `YYYY-MM-DD`, by the days-from-civil count.
#[inline]
fn day_number(b: &[u8]) -> Option<i64> {
    let year = two(b, 0)? * 100 + two(b, 2)?;
    let (month, day) = (two(b, 5)?, two(b, 8)?);
    if b[4] != b'-' || b[7] != b'-' || !(1..=12).contains(&month) || day < 1 {
        return None;
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1];
    if day > length {
        return None;
    }
    // March-based years put the leap day last.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * m + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

#[inline]
fn two(b: &[u8], at: usize) -> Option<i64> {
    let (tens, ones) = (b.get(at)?.wrapping_sub(b'0'), b.get(at + 1)?.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens) * 10 + i64::from(ones))
}

/// Microseconds of a fraction such as `.25`, and what follows it.
fn fraction(b: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', rest)) = b.split_first() else { return Some((0, b)) };
    let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
    let (fraction, zone) = rest.split_at(digits);
    if digits == 0 {
        return None;
    }
    let padded = fraction.iter().copied().chain(std::iter::repeat(b'0')).take(6);
    Some((padded.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')), zone))
}
