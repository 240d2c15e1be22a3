//! The times for which a job is due.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};

use crate::program::{Job, Program};

/// The latest time, `now` included, at which a job was due by its schedule in the program's zone (microseconds since 1970).
///
/// # Errors
///
/// When the job has no schedule, or one that never comes.
pub fn latest_slot(program: &Program, job: &Job, now: i64) -> Result<i64> {
    let schedule = job.schedule.as_deref().with_context(|| {
        format!("the job {} of {} has no schedule; give it one, or name the time with --slot TIME", job.name, program.id)
    })?;
    let cron: croner::Cron = schedule.parse().with_context(|| format!("\"{schedule}\" is not a cron line"))?;
    let now = DateTime::<Utc>::from_timestamp_micros(now).context("the clock is out of range")?;
    let slot = cron
        .find_previous_occurrence(&now.with_timezone(&program.time_zone), true)
        .with_context(|| format!("the job {} of {} was never due: \"{schedule}\"", job.name, program.id))?;
    Ok(slot.timestamp_micros())
}
