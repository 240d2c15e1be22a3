//! Watches over schedules: which slots have come, which are late, what the operator has to know.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Error, Result};

use super::alarms::{self, Concerned};
use super::lease::Lease;
use super::report::{Report, StepReport};
use super::schedule::Schedule;
use super::slots::{self, Known, News};
use super::unusual::{RUNS, unusual};
use super::{QUIET_ATTEMPTS, Session, Stopped, Workplace, runs};
use crate::alert::{Raised, clear, open, open_about, raise};
use crate::program::{Job, LATE, Program};
use crate::reconcile::local::day_of;
use crate::store::Tx;
use crate::trouble::may_pass;

/// How often it is looked again for what has just been learned: a new schedule first, and then its slots.
const LOOKS: usize = 3;

/// Writes down which slots of these programs' jobs have come by `now` (microseconds since 1970), and raises what is missed or
/// late. Answers what the database knows then, and why some programs could not be looked at.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn look(at: &Workplace, programs: &[&Program], now: i64) -> Result<(Known, Vec<Error>)> {
    let mut known = slots::known(&at.store).await?;
    let mut errors = Vec::new();
    for _ in 0..LOOKS {
        errors.clear();
        let mut is_news = false;
        for program in programs {
            match look_at(at, program, &known, now).await {
                Ok(news) => is_news |= news,
                Err(error) => errors.push(error.context(format!("{}: cannot see what is due", program.id))),
            }
        }
        if !is_news {
            break;
        }
        known = slots::known(&at.store).await?;
    }
    Ok((known, errors))
}

/// Answers whether there was something to learn, and so perhaps still is.
async fn look_at(at: &Workplace, program: &Program, known: &Known, now: i64) -> Result<bool> {
    let mut is_news = false;
    for job in known.unscheduled(program) {
        let Some(mut tx) = begin(at, &program.id).await? else { return Ok(is_news) };
        slots::unregister(&mut tx, &program.id, job).await?;
        clear(&mut tx, &program.id, job, now).await?;
        tx.commit("the end of a schedule").await?;
        is_news = true;
    }
    for job in &program.jobs {
        let Some(schedule) = Schedule::of(program, job)? else { continue };
        if let Some(news) = slots::news(known, program, job, &schedule, now)? {
            let Some(mut tx) = begin(at, &program.id).await? else { return Ok(is_news) };
            learn(&mut tx, at, program, job, news, now).await?;
            tx.commit("the slots of a job").await?;
            is_news = true;
        }
    }
    raise_late(at, program, known, now).await?;
    Ok(is_news)
}

async fn learn(tx: &mut Tx, at: &Workplace, program: &Program, job: &Job, news: News, now: i64) -> Result<()> {
    match news {
        // What was due just before purser was started for the first time is still done.
        News::Schedule => slots::register(tx, program, job, now.saturating_sub(program.alerts.late)).await,
        News::Due { slot, missed } => {
            // Another server may have been quicker.
            if slots::come(tx, &program.id, &job.name, slot).await?
                && let Some(missed) = missed
            {
                let alert = concerned(tx, program, job, slot).await?.missed(missed);
                raise(tx, &at.post, &alert, now).await?;
            }
            Ok(())
        }
    }
}

async fn raise_late(at: &Workplace, program: &Program, known: &Known, now: i64) -> Result<()> {
    let is_late = |slot: &&slots::Slot| !slot.failed && slot.slot.saturating_add(program.alerts.late) < now;
    for slot in known.open.iter().filter(|slot| slot.program == program.id).filter(is_late) {
        let Some(job) = program.job(&slot.job) else { continue };
        let Some(mut tx) = begin(at, &program.id).await? else { return Ok(()) };
        let open = open_about(&mut tx, &program.id, &job.name).await?;
        // Who knows that it failed need not hear that it is late.
        if open.iter().any(|raised| raised.kind == "failed" || raised.kind == "late") {
            continue;
        }
        let alert = concerned(&mut tx, program, job, slot.slot).await?.late(slot.attempts);
        if raise(&mut tx, &at.post, &alert, now).await? {
            tx.commit("an alert").await?;
        }
    }
    Ok(())
}

/// Writes down that a run is done, with what that ends and what is unusual about it.
pub(super) async fn done(tx: &mut Tx, session: &Session<'_>, job: &Job, report: &Report) -> Result<()> {
    let Session { at, program, order, run_id, .. } = *session;
    slots::made_good(tx, &program.id, &job.name, order.as_of, run_id).await?;
    let concerned = concerned(tx, program, job, order.as_of).await?;
    // A run by hand may be of a time before what is due.
    if !slots::is_open(tx, &program.id, &job.name).await? {
        let open = open_about(tx, &program.id, &job.name).await?;
        clear(tx, &program.id, &job.name, order.now).await?;
        if open.iter().any(|raised| raised.kind != "unusual") {
            raise(tx, &at.post, &concerned.recovered(run_id, &open), order.now).await?;
        }
    }
    // Whoever runs a job by hand reads its report.
    if order.slot.is_some() {
        let reconciled = report.steps.iter().find_map(|step| match step {
            StepReport::Reconciled(report) => Some(report),
            _ => None,
        });
        let before = runs::exceptions_before(tx, &program.id, &job.name, RUNS).await?;
        let lines = reconciled
            .map(|report| unusual(program, report, day_of(program.time_zone, order.as_of) - 1, &before))
            .unwrap_or_default();
        if !lines.is_empty() {
            raise(tx, &at.post, &concerned.unusual(&lines), order.now).await?;
        }
    }
    Ok(())
}

/// Writes down that a run failed: whether it is tried again, and whether the operator has to know by now.
pub(super) async fn failed(tx: &mut Tx, session: &Session<'_>, job: &Job, attempts: i64, error: &anyhow::Error) -> Result<()> {
    let Session { at, program, order, .. } = *session;
    let Some(slot) = order.slot else { return Ok(()) };
    if error.is::<Stopped>() {
        return slots::take_back(tx, &program.id, &job.name, slot, order.now).await;
    }
    let passes = may_pass(error);
    if !passes {
        slots::give_up(tx, &program.id, &job.name, slot).await?;
    }
    if !passes || attempts >= QUIET_ATTEMPTS {
        let next = passes.then(|| order.now.saturating_add(slots::pause(attempts)));
        let alert = concerned(tx, program, job, slot).await?.failed(attempts, error, next);
        if !passes {
            // What was said to be tried again is not any more.
            clear(tx, &program.id, &job.name, order.now).await?;
        }
        raise(tx, &at.post, &alert, order.now).await?;
    }
    Ok(())
}

/// Raises that a program's file cannot be used.
///
/// # Errors
///
/// When the database refuses.
pub async fn program_is_broken(at: &Workplace, program: &str, error: &anyhow::Error, now: i64) -> Result<()> {
    let alert = alarms::broken(program, error, now);
    // Once while it is broken in this way, but again when it was sound in between.
    let is_it = |raised: &Raised| raised.program == program && raised.job.is_empty() && alert.says_what_it_says(&raised.body);
    if open(&at.store).await?.iter().any(is_it) {
        return Ok(());
    }
    let Some(mut tx) = begin(at, program).await? else { return Ok(()) };
    if raise(&mut tx, &at.post, &alert, now).await? {
        tx.commit("an alert").await?;
    }
    Ok(())
}

/// Clears what was open about the files of these programs, which can be used.
///
/// # Errors
///
/// When the database refuses.
pub async fn programs_are_sound(at: &Workplace, programs: &[&Program], now: i64) -> Result<()> {
    for raised in open(&at.store).await?.into_iter().filter(|raised| raised.job.is_empty()) {
        if programs.iter().any(|program| program.id == raised.program) {
            let Some(mut tx) = begin(at, &raised.program).await? else { continue };
            clear(&mut tx, &raised.program, "", now).await?;
            tx.commit("the end of an alert").await?;
        }
    }
    Ok(())
}

/// Raises which programs have no file among those that are `here`, though they have schedules, and nobody else does their jobs
/// either: another server may have other files.
///
/// # Errors
///
/// When the database refuses.
pub async fn look_for_gone(at: &Workplace, here: &BTreeSet<String>, known: &Known, now: i64) -> Result<()> {
    let mut gone: BTreeMap<&str, (i64, &str)> = BTreeMap::new();
    for (program, job, schedule) in known.scheduled().filter(|(program, ..)| !here.contains(*program)) {
        let Some(schedule) = schedule else { continue };
        let undone = known.first_undone(program, job, &schedule)?;
        if undone.saturating_add(LATE) < now {
            let first = gone.entry(program).or_insert((undone, job));
            *first = (*first).min((undone, job));
        }
    }
    for (program, (slot, job)) in gone {
        let Some(mut tx) = begin(at, program).await? else { continue };
        if raise(&mut tx, &at.post, &alarms::gone(program, job, slot), now).await? {
            tx.commit("an alert").await?;
        }
    }
    Ok(())
}

/// Begins to write about a program, unless somebody else is in the middle of that: whoever watches over all programs waits for
/// none of them, and looks again soon.
async fn begin(at: &Workplace, program: &str) -> Result<Option<Tx>> {
    let tx = at.store.begin_at_once(program).await?;
    if tx.is_none() {
        tracing::debug!(program, "somebody is writing what belongs to this program; looking again");
        Lease::evict_silent(&at.store, program, at.lease).await?;
    }
    Ok(tx)
}

async fn concerned<'a>(tx: &mut Tx, program: &'a Program, job: &'a Job, slot: i64) -> Result<Concerned<'a>> {
    let last_done = runs::last_done(tx, &program.id, &job.name).await?;
    Ok(Concerned { program, job, slot, last_done })
}
