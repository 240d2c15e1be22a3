//! One job for one slot, as a server runs it.

use tokio::sync::watch;

use crate::facts::format_time;
use crate::program::{Job, Program};
use crate::runner::{self, Order, Ran, Stopped, Workplace};

/// A run that ended.
pub(super) struct Ended {
    pub program: String,
    /// Whether it did something: what waited for it may begin. One that could not begin is tried again by a later look.
    pub is_done: bool,
}

/// Runs a job for its slot, and says in the log what it came to. Answers whether it is done.
pub(super) async fn run_slot(
    at: &Workplace,
    program: &Program,
    job: &Job,
    slot: i64,
    clock: fn() -> i64,
    stop: &watch::Receiver<bool>,
) -> bool {
    let order = Order {
        as_of: slot,
        actor: "runner".to_owned(),
        now: clock(),
        dry_run: false,
        facts_of_run: None,
        slot: Some(slot),
        waits: false,
        accept_missing: None,
        restate: None,
    };
    let go_on = |_: &str| if *stop.borrow() { Err(Stopped.into()) } else { Ok(()) };
    if let Err(error) = go_on("") {
        tracing::debug!("{error}");
        return false;
    }
    let (id, name, time) = (program.id.as_str(), job.name.as_str(), format_time(slot));
    let ran = runner::run(at, program, job, &order, &go_on).await;
    let is_done = matches!(ran, Ok(Ran::Done(_) | Ran::Before(_)));
    match ran {
        Ok(Ran::Done(report)) => tracing::info!(program = id, job = name, slot = time, run = report.run_id, "done"),
        Ok(Ran::Before(run_id)) => tracing::debug!(program = id, job = name, slot = time, run = run_id, "was done before"),
        Ok(Ran::Elsewhere) => tracing::debug!(program = id, job = name, slot = time, "another run of this program is at work"),
        Err(error) if error.is::<Stopped>() => tracing::info!(program = id, job = name, slot = time, "{error:#}"),
        Err(error) => tracing::error!(program = id, job = name, slot = time, "failed: {error:#}"),
    }
    is_done
}
