//! What a run's end means for its slot, and for what the operator has to know.

use anyhow::Result;

use super::options::Stopped;
use super::report::{Report, StepReport};
use super::session::Session;
use crate::alerts::{AlertKind, JobSlot, RUNS, clear, open_about, raise, unusual};
use crate::calendar::day_of;
use crate::error::is_transient;
use crate::program::{Job, Program};
use crate::runs;
use crate::store::Tx;

/// How often a run may fail by a transient error before the operator is alerted.
const QUIET_ATTEMPTS: i64 = 3;

/// Records that a run succeeded, with what that ends and what is unusual about it.
pub(super) async fn record_done(tx: &mut Tx, session: &Session<'_>, job: &Job, report: &Report) -> Result<()> {
    let Session { at, program, options, run_id, .. } = *session;
    runs::close_slots(tx, &program.id, &job.name, options.as_of, run_id).await?;
    let slot = job_slot(tx, program, job, options.as_of).await?;
    // A manual run may be for a time before what is due.
    if !runs::has_open_slot(tx, &program.id, &job.name).await? {
        let open = open_about(tx, &program.id, &job.name).await?;
        clear(tx, &program.id, &job.name, options.now).await?;
        if open.iter().any(|raised| raised.kind != AlertKind::Unusual) {
            raise(tx, &at.post, &slot.recovered(run_id, &open), options.now).await?;
        }
    }
    // Anyone who runs a job manually reads its report.
    if options.slot.is_some() {
        let lines = unusual_lines(tx, session, job, report).await?;
        if !lines.is_empty() {
            raise(tx, &at.post, &slot.unusual(&lines), options.now).await?;
        }
    }
    Ok(())
}

async fn unusual_lines(tx: &mut Tx, session: &Session<'_>, job: &Job, report: &Report) -> Result<Vec<String>> {
    let Session { program, options, .. } = *session;
    let reconciled = report.steps.iter().find_map(|step| match step {
        StepReport::Reconciled(report) => Some(report),
        _ => None,
    });
    let Some(reconciled) = reconciled else { return Ok(Vec::new()) };
    let before = runs::exceptions_before(tx, &program.id, &job.name, RUNS).await?;
    let yesterday = day_of(program.time_zone, options.as_of) - 1;
    Ok(unusual(program, &reconciled.figures(), yesterday, &before))
}

/// Records that a run failed: whether it is tried again, and whether the operator has to know by now.
pub(super) async fn record_failed(
    tx: &mut Tx,
    session: &Session<'_>,
    job: &Job,
    attempts: i64,
    error: &anyhow::Error,
) -> Result<()> {
    let Session { at, program, options, .. } = *session;
    let Some(slot) = options.slot else { return Ok(()) };
    if error.is::<Stopped>() {
        return runs::take_attempt_back(tx, &program.id, &job.name, slot, options.now).await;
    }
    let is_transient = is_transient(error);
    if !is_transient {
        runs::give_slot_up(tx, &program.id, &job.name, slot).await?;
    }
    if !is_transient || attempts >= QUIET_ATTEMPTS {
        let next = is_transient.then(|| options.now.saturating_add(runs::pause_after(attempts)));
        let alert = job_slot(tx, program, job, slot).await?.failed(attempts, error, next);
        if !is_transient {
            // What was said to be tried again is not any more.
            clear(tx, &program.id, &job.name, options.now).await?;
        }
        raise(tx, &at.post, &alert, options.now).await?;
    }
    Ok(())
}

/// A slot of a job (microseconds since 1970), with what alerts about it say.
pub(crate) async fn job_slot<'a>(tx: &mut Tx, program: &'a Program, job: &'a Job, slot: i64) -> Result<JobSlot<'a>> {
    let last_done = runs::last_done(tx, &program.id, &job.name).await?;
    Ok(JobSlot { program, job, slot, last_done })
}
