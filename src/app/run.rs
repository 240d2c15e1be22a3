//! A run of a job: recorded, its steps in order, whole or not at all.

use std::time::Instant;

use anyhow::{Context, Result};
use tracing::Instrument;

use super::bank_folder::answers;
use super::door::admit;
use super::environment::Environment;
use super::fetch::{facts_for, fetch, posted_facts, remember};
use super::log_lines::took;
use super::notices::notices;
use super::options::{Actor, OnStep, RunOptions};
use super::payout::payout;
use super::reconcile::reconcile;
use super::report::{Report, RunResult, StepReport};
use super::run_end::{record_done, record_failed};
use super::session::Session;
use super::statements::statements;
use super::times::{check_time, last_posted, refuse_earlier};
use crate::facts::{Manifest, blocking, rows_of};
use crate::leases::Lease;
use crate::ledger::{Dated, Ledgers};
use crate::program::{Job, Program, Step};
use crate::runs::{self, Ending, NewRun};
use crate::users::Act;

/// Runs one job of one program, as soon as no other run of the program is at work. `on_step` is called as each step begins.
///
/// # Errors
///
/// When its time is after the clock, or before what is posted; when a name or a reason cannot be kept. Else names the step that
/// failed. What earlier steps committed stays, the failed one leaves nothing, and running the job again does the rest.
pub async fn run(at: &Environment, program: &Program, job: &Job, options: &RunOptions, on_step: OnStep<'_>) -> Result<RunResult> {
    let mut options = options.checked()?;
    if !options.dry_run {
        options.actor = admitted(at, program, job, &options).await?;
    }
    let Some((mut lease, mut tx)) = Lease::take(&at.store, &program.id, at.lease, options.waits).await? else {
        return Ok(RunResult::Busy);
    };
    let mut attempts = 0;
    let last = last_posted(&mut tx, &program.id).await?;
    if let Some(slot) = options.slot {
        if let Some(run_id) = runs::slot_done_by(&mut tx, &program.id, &job.name, slot).await? {
            return Ok(RunResult::DoneBefore(run_id));
        }
        if !options.dry_run {
            attempts = runs::record_attempt(&mut tx, &program.id, &job.name, slot, options.now).await?;
        }
        // What was posted since stands: the slot counts as completed as of then. It does not follow what is ahead of the clock.
        let posted = last.as_ref().map_or(slot, |last| last.at.max(slot));
        options.as_of = if posted <= (at.clock)() || options.dry_run { posted } else { slot };
    }
    let options = &options;
    let run_id = runs::start(&mut tx, &new_run(program, job, options)).await?;
    tx.commit("the start of a run").await?;
    lease.beat(&at.store);
    let session = Session { at, program, options, run_id, lease };
    for warning in program.warnings() {
        tracing::warn!(program = program.id, "{warning}");
    }
    let span = tracing::info_span!("run", program = program.id, job = job.name, run = run_id);
    let error = match whole(&session, job, last.as_ref(), on_step).instrument(span).await {
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

/// Who runs it, if they may: a run with a reason moves money that would else have stayed, and banks' answers settle batches.
async fn admitted(at: &Environment, program: &Program, job: &Job, options: &RunOptions) -> Result<Actor> {
    let as_of = options.slot.unwrap_or(options.as_of);
    let RunOptions { accept_missing, drop_clicks, restate, new_program, .. } = options;
    let imports = job.steps.contains(&Step::Answers);
    let is_decision = *new_program || imports || [accept_missing, drop_clicks, restate].into_iter().any(Option::is_some);
    let act = if is_decision { Act::Decide } else { Act::Prepare };
    match &options.actor {
        Actor::Runner => check_time(at, program, as_of).map(|()| Actor::Runner),
        Actor::Person(name) => Ok(Actor::Person(admit(at, program, name, as_of, act).await?)),
    }
}

fn new_run<'a>(program: &'a Program, job: &'a Job, options: &'a RunOptions) -> NewRun<'a> {
    NewRun {
        program: &program.id,
        job: &job.name,
        as_of: options.as_of,
        actor: options.actor.name(),
        now: options.now,
        // A dry run does no slot.
        slot: options.slot.filter(|_| !options.dry_run),
    }
}

/// The steps, and the record that they completed.
async fn whole(session: &Session<'_>, job: &Job, last: Option<&Dated>, on_step: OnStep<'_>) -> Result<Report> {
    refuse_earlier(session.at, session.program, session.options.as_of, last)?;
    // What nobody posts may be looked at.
    if !session.options.dry_run {
        refuse_stranger(session).await?;
    }
    let mut report = steps(session, job, on_step).await?;
    report.notices = notices(session).await.context("telling creators what happened")?;
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

/// Refuses the first run of a program that may be another under a new name, and any run of one that has ended.
async fn refuse_stranger(session: &Session<'_>) -> Result<()> {
    let Session { at, program, options, .. } = session;
    let ledgers = Ledgers::read(&at.store).await?;
    if options.new_program { ledgers.refuse_retired(&program.id) } else { ledgers.admit(&program.id, &options.files) }
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
    session.options.now.max((session.at.clock)())
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
            let began = Instant::now();
            let done = one_step(session, *step, &mut manifest).await?;
            tracing::info!("{}, in {}", done.summary(program, options.dry_run), took(began));
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
            let (kept, compared) = fetch(session).await?;
            let files = kept.tables.values().map(Vec::len).sum();
            remember(session, &kept, options.facts_of_run.is_none() && !options.dry_run).await?;
            let (list, data) = (kept.clone(), session.at.data.clone());
            let rows = blocking(move || Ok(rows_of(&list, &data))).await?;
            *fetched = Some(kept);
            StepReport::Fetched { files, rows, compared }
        }
        Step::Reconcile => {
            let kept = facts_for(session, fetched.as_ref()).await?;
            remember(session, &kept, false).await?;
            StepReport::Reconciled(Box::new(reconcile(session, kept).await?))
        }
        Step::Payout => StepReport::Payout(payout(session, fetched.as_ref()).await?),
        Step::Answers => StepReport::Answers(answers(session).await?),
        Step::Statements => {
            let kept = posted_facts(session, fetched.as_ref()).await?;
            StepReport::Statements(Box::new(statements(session, kept).await?))
        }
    })
}
