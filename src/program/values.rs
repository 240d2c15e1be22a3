//! How values are read that keys of several sections take. Each says what is wrong with what it refuses.

use chrono::NaiveDate;

use super::micros::Micros;
use crate::calendar::Period;
use crate::money::{Currency, Rate, parse_minor};

/// Periods as they are written. Only the first three end.
pub(super) const PERIODS: [(&str, Period); 4] =
    [("month", Period::Month), ("quarter", Period::Quarter), ("year", Period::Year), ("lifetime", Period::Lifetime)];

/// A text that says something.
pub(super) fn not_empty(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("must not be empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// An amount of a currency that is not below zero, in minor units.
pub(super) fn amount(currency: Currency) -> impl Fn(&str) -> Result<i64, String> {
    move |text| match parse_minor(text, currency) {
        Ok(minor) if minor < 0 => Err("is below zero".to_owned()),
        other => other.map_err(|e| e.to_string()),
    }
}

/// A percentage.
pub(super) fn percent(text: &str) -> Result<Rate, String> {
    text.parse::<Rate>().map_err(|e| e.to_string())
}

/// A whole number.
pub(super) fn count(text: &str) -> Result<i64, String> {
    text.parse::<u32>().map(i64::from).map_err(|_| "is not a whole number".to_owned())
}

/// A local day.
pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| "is not a date such as 2026-02-01".to_owned())
}

/// A span of time: a whole number of days, hours or minutes.
pub(super) fn duration(text: &str) -> Result<Micros, String> {
    let wrong = || "is not a duration such as 14d, 36h or 45m".to_owned();
    let (unit_at, unit) = text.char_indices().next_back().ok_or_else(wrong)?;
    let seconds: i64 = match unit {
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        _ => return Err(wrong()),
    };
    let digits = &text[..unit_at];
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let count: i64 = digits.parse().map_err(|_| wrong())?;
    let micros = count.checked_mul(seconds * 1_000_000).filter(|m| *m <= 36_525 * 86_400_000_000);
    micros.ok_or_else(|| "is longer than a hundred years".to_owned())
}

/// Reads `off` as none.
pub(super) fn unless_off<T>(read: impl Fn(&str) -> Result<T, String>) -> impl Fn(&str) -> Result<Option<T>, String> {
    move |text| if text == "off" { Ok(None) } else { read(text).map(Some) }
}
