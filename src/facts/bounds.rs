//! Between which times events and due dates may lie: a mistyped year is refused before it makes a century of statements.

use chrono::{DateTime, Months};

use crate::calendar::{day_number, day_of, format_day, format_time, start_of};
use crate::program::Program;

/// The bounds of times of events and of due dates, both included. What is open at a side, such as a span, has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Microseconds since 1970.
    times: (i64, i64),
    /// Days since 1970.
    days: (i32, i32),
    /// The clock (microseconds since 1970).
    clock: i64,
}

impl Bounds {
    /// None, for those who only look at what was read before.
    pub const NONE: Self = Self { times: (i64::MIN, i64::MAX), days: (i32::MIN, i32::MAX), clock: 0 };

    /// From the program's earliest day to a year after the clock (microseconds since 1970).
    pub fn of(program: &Program, clock: i64) -> Self {
        let a_year_later = DateTime::from_timestamp_micros(clock).and_then(|now| now.checked_add_months(Months::new(12)));
        let latest = a_year_later.map_or(i64::MAX, |time| time.timestamp_micros());
        let zone = program.time_zone;
        let last_day = if latest == i64::MAX { i32::MAX } else { day_of(zone, latest) };
        Self { times: (start_of(zone, program.earliest), latest), days: (day_number(program.earliest), last_day), clock }
    }

    /// The clock (microseconds since 1970).
    pub(super) fn clock(&self) -> i64 {
        self.clock
    }

    /// Why a time cannot be used, if it cannot.
    pub(super) fn refuse_time(&self, time: i64) -> Option<String> {
        self.refuse(time < self.times.0, time > self.times.1)
    }

    /// Why a local day cannot be used, if it cannot.
    pub(super) fn refuse_day(&self, day: i32) -> Option<String> {
        self.refuse(day < self.days.0, day > self.days.1)
    }

    fn refuse(&self, is_early: bool, is_late: bool) -> Option<String> {
        if is_early {
            let earliest = format_day(self.days.0);
            return Some(format!("is before {earliest}; correct it, or set `earliest` in [program] of the program file"));
        }
        is_late.then(|| format!("is more than a year in the future (the clock says {}); correct it", format_time(self.clock)))
    }
}
