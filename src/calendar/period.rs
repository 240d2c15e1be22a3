//! The periods over which tiers and bonuses count: months, quarters, years, all time.

use chrono::{Datelike, NaiveDate};

use super::day::day_of_epoch;

/// A span of local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
    /// All time. Not for bonuses.
    Lifetime,
}
/// Which period a local day lies in: a number that is the same for all its days and grows with time.
pub fn period_number(period: Period, day: i32) -> i32 {
    let Some(date) = day_of_epoch(day) else { return 0 };
    match period {
        Period::Month => date.year() * 12 + date.month0() as i32,
        Period::Quarter => date.year() * 4 + date.month0() as i32 / 3,
        Period::Year => date.year(),
        Period::Lifetime => 0,
    }
}

/// How a period is written: `2026-01`, `2026-Q1`, `2026`.
pub fn period_label(period: Period, number: i32) -> String {
    match period {
        Period::Month => format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1),
        Period::Quarter => format!("{:04}-Q{}", number.div_euclid(4), number.rem_euclid(4) + 1),
        Period::Year => format!("{number:04}"),
        Period::Lifetime => "lifetime".to_owned(),
    }
}

/// The first local day after a period; none for all time.
pub fn day_after_period(period: Period, number: i32) -> Option<NaiveDate> {
    let next = number + 1;
    let (year, month) = match period {
        Period::Month => (next.div_euclid(12), next.rem_euclid(12) as u32 + 1),
        Period::Quarter => (next.div_euclid(4), next.rem_euclid(4) as u32 * 3 + 1),
        Period::Year => (next, 1),
        Period::Lifetime => return None,
    };
    NaiveDate::from_ymd_opt(year, month, 1)
}
