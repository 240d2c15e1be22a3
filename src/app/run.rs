//! A run of a job: recorded, its steps in order, whole or not at all.

use anyhow::{Context, Result};
use tracing::Instrument;

use super::environment::Environment;
use super::fetch::{facts_for, fetch, posted_facts, remember};
use super::options::{OnStep, RunOptions};
use super::outcome::{record_done, record_failed};
use super::payout::payout;
use super::reconcile::reconcile;
use super::report::{Report, RunResult, StepReport};
use super::session::{Session, last_posted};
use super::statements::statements;
use crate::facts::Manifest;
use crate::leases::Lease;
use crate::program::{Job, Program, Step};
use crate::runs::{self, Ending, NewRun};

/// Runs one job of one program, as soon as no other run of the program is at work. `on_step` is called as each step begins.
///
/// # Errors
///
/// Names the step that failed. What earlier steps committed stays, the failed one leaves nothing, and running the job
/// again does the rest.
pub async fn run(at: &Environment, program: &Program, job: &Job, options: &RunOptions, on_step: OnStep<'_>) -> Result<RunResult> {
    let Some((mut lease, mut tx)) = Lease::take(&at.store, &program.id, at.lease, options.waits).await? else {
        return Ok(RunResult::Busy);
    };
    let mut attempts = 0;
    let mut options = options.clone();
    if let Some(slot) = options.slot {
        if let Some(run_id) = runs::slot_done_by(&mut tx, &program.id, &job.name, slot).await? {
            return Ok(RunResult::DoneBefore(run_id));
        }
        if !options.dry_run {
            attempts = runs::record_attempt(&mut tx, &program.id, &job.name, slot, options.now).await?;
        }
        // What was posted since by hand stands: the slot is done as of then.
        options.as_of = last_posted(&mut tx, &program.id).await?.map_or(slot, |posted| posted.max(slot));
    }
    let options = &options;
    let run_id = runs::start(&mut tx, &new_run(program, job, options)).await?;
    tx.commit("the start of a run").await?;
    lease.beat(&at.store);
    let session = Session { at, program, options, run_id, lease };
    let span = tracing::info_span!("run", program = program.id, job = job.name, run = run_id);
    let error = match whole(&session, job, on_step).instrument(span).await {
        Ok(report) => return Ok(RunResult::Done(Box::new(report))),
        Err(error) => error,
    };
    match session.lease.is_lost(&at.store).await {
        Ok(true) => {
            // Another run does the work now: why this one failed then is of no use to anybody.
            tracing::debug!(program = program.id, run = run_id, "{error:#}");
            return Err(session.lease.lost().into());
        }
        Ok(false) => record_failure(&session, job, attempts, &error).await,
        Err(unanswered) => Err(unanswered),
    }
    .unwrap_or_else(|unrecorded| {
        tracing::warn!(program = program.id, run = run_id, "the failure could not be recorded: {unrecorded:#}")
    });
    Err(error)
}

fn new_run<'a>(program: &'a Program, job: &'a Job, options: &'a RunOptions) -> NewRun<'a> {
    NewRun {
        program: &program.id,
        job: &job.name,
        as_of: options.as_of,
        actor: &options.actor,
        now: options.now,
        // A dry run does no slot.
        slot: options.slot.filter(|_| !options.dry_run),
    }
}

/// The steps, and the record that they are done.
async fn whole(session: &Session<'_>, job: &Job, on_step: OnStep<'_>) -> Result<Report> {
    let report = steps(session, job, on_step).await?;
    let text = serde_json::to_string(&report).context("the report cannot be written")?;
    let mut tx = session.begin().await?;
    let ending = if session.options.dry_run {
        Ending::Rehearsed(text)
    } else {
        record_done(&mut tx, session, job, &report).await?;
        Ending::Done(text)
    };
    runs::finish(&mut tx, session.run_id, ended_at(session), ending).await?;
    session.lease.release(&mut tx).await?;
    tx.commit("the end of a run").await?;
    Ok(report)
}

async fn record_failure(session: &Session<'_>, job: &Job, attempts: i64, error: &anyhow::Error) -> Result<()> {
    let mut tx = session.at.store.begin(&session.program.id).await?;
    runs::finish(&mut tx, session.run_id, ended_at(session), Ending::Failed(format!("{error:#}"))).await?;
    if !session.options.dry_run {
        record_failed(&mut tx, session, job, attempts, error).await?;
    }
    session.lease.release(&mut tx).await?;
    tx.commit("the failure of a run").await
}

/// The clock, which never ends a run before it began.
fn ended_at(session: &Session<'_>) -> i64 {
    session.options.now.max(chrono::Utc::now().timestamp_micros())
}

async fn steps(session: &Session<'_>, job: &Job, on_step: OnStep<'_>) -> Result<Report> {
    let Session { program, options, run_id, .. } = *session;
    let mut report = Report::new(program, job, options, run_id);
    let mut manifest: Option<Manifest> = None;
    for step in &job.steps {
        let name = step.name();
        on_step(&format!("{}: {}, {name}", program.id, job.name))?;
        let span = tracing::info_span!("step", program = program.id, job = job.name, run = run_id, step = name);
        let done = async {
            let done = one_step(session, *step, &mut manifest).await?;
            tracing::info!("{}", done.summary(program, options.dry_run));
            anyhow::Ok(done)
        };
        report.steps.push(done.instrument(span).await?);
    }
    Ok(report)
}

/// Does one step; `fetched` are the facts that an earlier step of the run has fetched.
async fn one_step(session: &Session<'_>, step: Step, fetched: &mut Option<Manifest>) -> Result<StepReport> {
    let options = session.options;
    Ok(match step {
        Step::Fetch => {
            let kept = fetch(session).await?;
            let files = kept.tables.values().map(Vec::len).sum();
            remember(session, &kept, options.facts_of_run.is_none() && !options.dry_run).await?;
            *fetched = Some(kept);
            StepReport::Fetched { files }
        }
        Step::Reconcile => {
            let kept = facts_for(session, fetched.as_ref()).await?;
            remember(session, &kept, false).await?;
            StepReport::Reconciled(Box::new(reconcile(session, kept).await?))
        }
        Step::Payout => StepReport::Payout(payout(session, fetched.as_ref()).await?),
        Step::Statements => {
            let kept = posted_facts(session, fetched.as_ref()).await?;
            StepReport::Statements(Box::new(statements(session, kept).await?))
        }
    })
}
