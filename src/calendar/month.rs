use std::ops::Range;

use anyhow::{Context, Result};
use chrono_tz::Tz;

use super::day::{day_of, last_day_before, start_of};
use super::period::{Period, day_after_period, period_label, period_number};
use super::written_times::parse_day;

/// A local month of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(i32);

impl Month {
    /// The month in which a local day lies (days since 1970).
    pub fn of_day(day: i32) -> Self {
        Self(period_number(Period::Month, day))
    }

    /// The month in which an instant lies (microseconds since 1970).
    pub fn of_time(zone: Tz, time: i64) -> Self {
        Self::of_day(day_of(zone, time))
    }

    /// Reads `2026-03`.
    pub fn parse(text: &str) -> Option<Self> {
        let day = parse_day(&format!("{text}-01"))?;
        Some(Self::of_day(day)).filter(|month| month.label() == text)
    }

    /// `2026-03`.
    pub fn label(self) -> String {
        period_label(Period::Month, self.0)
    }

    /// `March 2026`.
    pub fn words(self) -> String {
        const NAMES: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        format!("{} {}", NAMES[self.0.rem_euclid(12) as usize], self.0.div_euclid(12))
    }

    /// Months since the year 0.
    pub fn number(self) -> i32 {
        self.0
    }

    /// From [`Month::number`].
    pub fn from_number(number: i64) -> Result<Self> {
        i32::try_from(number).map(Self).context("the database holds a month that is out of range")
    }

    /// The month after.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The month before.
    pub fn previous(self) -> Self {
        Self(self.0 - 1)
    }

    /// Its last local day (days since 1970).
    pub fn last_day(self) -> i32 {
        day_after_period(Period::Month, self.0).map_or(0, last_day_before)
    }

    /// Its first local day (days since 1970).
    pub fn first_day(self) -> i32 {
        self.previous().last_day() + 1
    }

    /// The instants at which it begins and ends in a zone (microseconds since 1970).
    pub fn span(self, zone: Tz) -> Range<i64> {
        let start = |after: i32| day_after_period(Period::Month, after).map_or(0, |day| start_of(zone, day));
        start(self.0 - 1)..start(self.0)
    }
}
