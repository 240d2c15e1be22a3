//! Days on which banks settle. Closings for a single occasion, such as a coronation, are not known here: the bank then settles on
//! its next day.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Whose banks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Banks {
    /// The Federal Reserve's.
    UnitedStates,
    /// Those of the euro's system (T2).
    Euro,
    /// Those of England and Wales.
    England,
}

/// The so many-th banking day after a day; of none, the first that is not before it.
pub(super) fn after(banks: Banks, day: NaiveDate, count: i64) -> Option<NaiveDate> {
    let mut found = day;
    let mut left = count;
    while left > 0 || is_closed(banks, found) {
        found = found.checked_add_days(Days::new(1))?;
        if left > 0 && !is_closed(banks, found) {
            left -= 1;
        }
    }
    Some(found)
}

fn is_closed(banks: Banks, day: NaiveDate) -> bool {
    if is_weekend(day) {
        return true;
    }
    let since_easter = easter(day.year()).map_or(i64::MIN, |easter| (day - easter).num_days());
    match banks {
        Banks::UnitedStates => is_federal_holiday(day),
        Banks::Euro => matches!(since_easter, -2 | 1) || matches!((day.month(), day.day()), (1 | 5, 1) | (12, 25 | 26)),
        Banks::England => matches!(since_easter, -2 | 1) || is_english_holiday(day),
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// A holiday on a Sunday is kept on the Monday after; one on a Saturday is not kept.
fn is_federal_holiday(day: NaiveDate) -> bool {
    let fixed = |day: NaiveDate| matches!((day.month(), day.day()), (1, 1) | (6, 19) | (7, 4) | (11, 11) | (12, 25));
    let kept_today = day.weekday() == Weekday::Mon && day.pred_opt().is_some_and(fixed);
    let week = (day.day() - 1) / 7 + 1;
    let is_last = day.checked_add_days(Days::new(7)).is_some_and(|next| next.month() != day.month());
    fixed(day)
        || kept_today
        || match (day.month(), day.weekday()) {
            (1 | 2, Weekday::Mon) => week == 3,
            (5, Weekday::Mon) => is_last,
            (9, Weekday::Mon) => week == 1,
            (10, Weekday::Mon) => week == 2,
            (11, Weekday::Thu) => week == 4,
            _ => false,
        }
}

/// A holiday at a weekend is kept on the next day that is none.
fn is_english_holiday(day: NaiveDate) -> bool {
    let (month, date, weekday) = (day.month(), day.day(), day.weekday());
    let is_last = day.checked_add_days(Days::new(7)).is_some_and(|next| next.month() != month);
    match (month, weekday) {
        (1, _) if date == 1 => true,
        (1, Weekday::Mon) => date <= 3,
        (5, Weekday::Mon) => date <= 7 || is_last,
        (8, Weekday::Mon) => is_last,
        (12, Weekday::Mon | Weekday::Tue) => (25..=28).contains(&date),
        (12, _) => matches!(date, 25 | 26),
        _ => false,
    }
}

/// Easter Sunday (Gregorian, by the anonymous algorithm).
fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(n / 31).ok()?, u32::try_from(n % 31 + 1).ok()?)
}
