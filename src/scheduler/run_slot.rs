//! One job for one slot, as a server runs it.

use std::collections::BTreeSet;

use tokio::sync::watch;

use crate::app::{Environment, RunOptions, RunResult, Stopped, run};
use crate::calendar::format_time;
use crate::program::{Job, Program};

/// A run that ended.
pub struct Ended {
    /// Which program's.
    pub program: String,
    /// Whether it did something: what waited for it may begin. One that could not begin is tried again by a later look.
    pub is_done: bool,
}

/// Runs a job for its slot beside these program files, and logs the result. Answers whether it completed.
pub async fn run_slot(
    at: &Environment,
    program: &Program,
    job: &Job,
    slot: i64,
    clock: fn() -> i64,
    files: &BTreeSet<String>,
    stop: &watch::Receiver<bool>,
) -> bool {
    let options = RunOptions::of_runner(slot, clock(), files);
    let go_on = |_: &str| if *stop.borrow() { Err(Stopped.into()) } else { Ok(()) };
    if let Err(error) = go_on("") {
        tracing::debug!("{error}");
        return false;
    }
    let (id, name, time) = (program.id.as_str(), job.name.as_str(), format_time(slot));
    let ran = run(at, program, job, &options, &go_on).await;
    let is_done = matches!(ran, Ok(RunResult::Done(_) | RunResult::DoneBefore(_)));
    match ran {
        Ok(RunResult::Done(report)) => tracing::info!(program = id, job = name, slot = time, run = report.run_id, "done"),
        Ok(RunResult::DoneBefore(run_id)) => {
            tracing::debug!(program = id, job = name, slot = time, run = run_id, "was already completed")
        }
        Ok(RunResult::Busy) => {
            tracing::debug!(program = id, job = name, slot = time, "another run of this program is in progress")
        }
        Err(error) if error.is::<Stopped>() => tracing::info!(program = id, job = name, slot = time, "{error:#}"),
        Err(error) => tracing::error!(program = id, job = name, slot = time, "failed: {error:#}"),
    }
    is_done
}
