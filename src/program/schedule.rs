//! The times for which a job is due, by its schedule in the program's zone.
//!
//! A time that a clock change skips is due just after the gap; one that comes twice is due the first time.

use anyhow::{Context, Result, anyhow};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use croner::Cron;

use super::{Job, Program};

/// How far before a moment the search for the time before it begins to count forward: a clock change moves no further.
const AROUND: TimeDelta = TimeDelta::hours(3);

/// When a job is due.
#[derive(Debug, Clone)]
pub struct Schedule {
    cron: Cron,
    zone: Tz,
    words: String,
}

impl Schedule {
    /// That of a job; none if it is only run manually.
    ///
    /// # Errors
    ///
    /// When its schedule is no cron line.
    pub fn of(program: &Program, job: &Job) -> Result<Option<Self>> {
        let Some(line) = job.schedule.as_deref() else { return Ok(None) };
        let schedule = Self::read(line, program.time_zone.name());
        schedule.map(Some).with_context(|| format!("the schedule of the job {} of {}", job.name, program.id))
    }

    /// A cron line in a zone.
    ///
    /// # Errors
    ///
    /// When one of them is none.
    pub fn read(line: &str, zone: &str) -> Result<Self> {
        let cron = line.parse().with_context(|| format!("\"{line}\" is not a cron line"))?;
        let parsed = zone.parse().map_err(|_| anyhow!("\"{zone}\" is not a time zone"))?;
        Ok(Self { cron, zone: parsed, words: format!("\"{line}\" in {zone}") })
    }

    /// The latest time at which it was due, `now` included (microseconds since 1970).
    ///
    /// # Errors
    ///
    /// When it was never due.
    pub fn latest(&self, now: i64) -> Result<i64> {
        let never = || format!("never due: {}", self.words);
        let at = self.local(now)?;
        // Counted backwards, a time that comes twice would be another one than counted forward: it only tells where to begin.
        let near = self.cron.find_previous_occurrence(&at, true).with_context(never)?;
        let mut from = near - AROUND;
        let mut latest = None;
        loop {
            let next = self.cron.find_next_occurrence(&from, latest.is_none()).with_context(never)?;
            if next > at {
                break;
            }
            (from, latest) = (next, Some(next));
        }
        latest.map(|time| time.timestamp_micros()).with_context(never)
    }

    /// The next time at which it is due, after `now` (microseconds since 1970).
    ///
    /// # Errors
    ///
    /// When it is never due again.
    pub fn next(&self, now: i64) -> Result<i64> {
        let next = self.cron.find_next_occurrence(&self.local(now)?, false);
        next.map(|time| time.timestamp_micros()).with_context(|| format!("never due again: {}", self.words))
    }

    /// How often it was due after one time and before another, counted up to a limit.
    ///
    /// # Errors
    ///
    /// When a time is out of range.
    pub fn count_between(&self, after: i64, before: i64, limit: usize) -> Result<usize> {
        let (mut count, mut at) = (0, after);
        while count < limit {
            at = self.next(at)?;
            if at >= before {
                break;
            }
            count += 1;
        }
        Ok(count)
    }

    fn local(&self, time: i64) -> Result<DateTime<Tz>> {
        // Slots are whole seconds.
        let utc =
            DateTime::<Utc>::from_timestamp(time.div_euclid(1_000_000), 0).ok_or_else(|| anyhow!("the clock is out of range"))?;
        Ok(utc.with_timezone(&self.zone))
    }
}
