//! Watches over schedules: which slots have come, which are late, what the operator has to know.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Error, Result};

use super::schedules::{self, Known, News, register, unregister};
use crate::alerts::{self, AlertKind, Raised, WaitsFor, broken, clear, list_open, open_about, raise};
use crate::app::{Environment, job_slot};
use crate::leases::Lease;
use crate::program::{Job, LATE, Program, Schedule};
use crate::runs::{Slot, record_slot};
use crate::store::Tx;

/// How often it is looked again for what has just been learned: a new schedule first, and then its slots.
const LOOKS: usize = 3;

/// Writes down which slots of these programs' jobs have come by `now` (microseconds since 1970), and raises what is missed or
/// late. Answers what the database knows then, and why some programs could not be looked at.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn look(at: &Environment, programs: &[&Program], now: i64) -> Result<(Known, Vec<Error>)> {
    let mut known = schedules::load(&at.store).await?;
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
        known = schedules::load(&at.store).await?;
    }
    Ok((known, errors))
}

/// Answers whether there was something to learn, and so perhaps still is.
async fn look_at(at: &Environment, program: &Program, known: &Known, now: i64) -> Result<bool> {
    let mut is_news = false;
    for job in known.unscheduled(program) {
        let Some(mut tx) = begin(at, &program.id).await? else { return Ok(is_news) };
        unregister(&mut tx, &program.id, job).await?;
        clear(&mut tx, &program.id, job, now).await?;
        tx.commit("the end of a schedule").await?;
        is_news = true;
    }
    for job in &program.jobs {
        let Some(schedule) = Schedule::of(program, job)? else { continue };
        if let Some(news) = schedules::news(known, program, job, &schedule, now)? {
            let Some(mut tx) = begin(at, &program.id).await? else { return Ok(is_news) };
            learn(&mut tx, at, program, job, news, now).await?;
            tx.commit("the slots of a job").await?;
            is_news = true;
        }
    }
    raise_late(at, program, known, now).await?;
    Ok(is_news)
}

async fn learn(tx: &mut Tx, at: &Environment, program: &Program, job: &Job, news: News, now: i64) -> Result<()> {
    match news {
        // What was due just before purser was started for the first time is still done.
        News::Schedule => register(tx, program, job, now.saturating_sub(program.alerts.late)).await,
        News::Due { slot, missed } => {
            // Another server may have been quicker.
            if record_slot(tx, &program.id, &job.name, slot).await?
                && let Some(missed) = missed
            {
                let alert = job_slot(tx, program, job, slot).await?.missed(missed);
                raise(tx, &at.post, &alert, now).await?;
            }
            Ok(())
        }
    }
}

async fn raise_late(at: &Environment, program: &Program, known: &Known, now: i64) -> Result<()> {
    let is_late = |slot: &&Slot| !slot.failed && slot.slot.saturating_add(program.alerts.late) < now;
    for slot in known.open.iter().filter(|slot| slot.program == program.id).filter(is_late) {
        let Some(job) = program.job(&slot.job) else { continue };
        let Some(mut tx) = begin(at, &program.id).await? else { return Ok(()) };
        let open = open_about(&mut tx, &program.id, &job.name).await?;
        // Who knows that it failed need not hear that it is late.
        if open.iter().any(|raised| matches!(raised.kind, AlertKind::Failed | AlertKind::Late)) {
            continue;
        }
        let waiting = known.wait_of(program, job, slot.slot)?;
        let waits_for = waiting.map(|waiting| (waiting.wait.reconciling.job.clone(), waiting.wait.describe(program)));
        let waits_for = waits_for.as_ref().map(|(job, why)| WaitsFor { job, why });
        let alert = job_slot(&mut tx, program, job, slot.slot).await?.late(slot.attempts, waits_for);
        if raise(&mut tx, &at.post, &alert, now).await? {
            tx.commit("an alert").await?;
        }
    }
    Ok(())
}

/// Raises that a program's file cannot be used.
///
/// # Errors
///
/// When the database refuses.
pub async fn program_is_broken(at: &Environment, program: &str, error: &anyhow::Error, now: i64) -> Result<()> {
    let alert = broken(program, error, now);
    // Once while it is broken in this way, but again when it was sound in between.
    let is_it = |raised: &Raised| raised.program == program && raised.job.is_empty() && raised.says(&alert);
    if list_open(&at.store).await?.iter().any(is_it) {
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
pub async fn programs_are_sound(at: &Environment, programs: &[&Program], now: i64) -> Result<()> {
    for raised in list_open(&at.store).await?.into_iter().filter(|raised| raised.job.is_empty()) {
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
pub async fn look_for_gone(at: &Environment, here: &BTreeSet<String>, known: &Known, now: i64) -> Result<()> {
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
        if raise(&mut tx, &at.post, &alerts::gone(program, job, slot), now).await? {
            tx.commit("an alert").await?;
        }
    }
    Ok(())
}

/// Begins to write about a program, unless somebody else is doing that: the watch over all programs waits for
/// none of them, and looks again soon.
async fn begin(at: &Environment, program: &str) -> Result<Option<Tx>> {
    let tx = at.store.begin_at_once(program).await?;
    if tx.is_none() {
        tracing::debug!(program, "another process is writing to this program; trying again");
        Lease::evict_silent(&at.store, program, at.lease).await?;
    }
    Ok(tx)
}
