//! The times at which jobs were due, and what became of each: kept in the database, so that whoever looks next knows.
//!
//! A slot is `due` until it is `done`, given up as `failed` until somebody mends something, or `skipped` because a later
//! one took its place. Of a job that was not done for long, only the latest slot is due: a nightly run sees all days, a
//! payout pays all that is payable, and statements are built for every month that is missing.

use std::collections::HashMap;

use anyhow::Result;

use super::schedule::Schedule;
use crate::program::{Job, Program};
use crate::store::{Row, Store, Tx};

/// After how many minutes a run that failed is tried again; the last of these from then on.
const PAUSES: [i64; 6] = [1, 2, 4, 8, 15, 30];

/// How many missed times are counted.
const COUNTED: usize = 1_000;

const MINUTE: i64 = 60_000_000;

/// A time at which a job was due and is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The program's id.
    pub program: String,
    /// The job.
    pub job: String,
    /// The time (microseconds since 1970).
    pub slot: i64,
    /// Whether it was given up until somebody mends something; else it is still due.
    pub failed: bool,
    /// How often it was tried.
    pub attempts: i64,
    /// When it may be tried next (microseconds since 1970).
    pub next_attempt: i64,
}

/// What the database knows of all schedules.
#[derive(Debug, Default)]
pub struct Known {
    /// By program and job.
    schedules: HashMap<(String, String), Registered>,
    /// What is not done, oldest first.
    pub open: Vec<Slot>,
    /// The latest slot of each job, whatever became of it.
    latest: HashMap<(String, String), i64>,
}

#[derive(Debug)]
struct Registered {
    /// Empty where the job has none any more.
    schedule: String,
    time_zone: String,
    since: i64,
}

/// Reads what the database knows.
///
/// # Errors
///
/// When it cannot be read.
pub async fn known(store: &Store) -> Result<Known> {
    let mut known = Known::default();
    let key = |row: &Row| -> Result<(String, String)> { Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())) };
    for row in store.rows("SELECT program, job, schedule, time_zone, since FROM schedules", &[]).await? {
        let (schedule, time_zone) = (row.text(2)?.to_owned(), row.text(3)?.to_owned());
        known.schedules.insert(key(&row)?, Registered { schedule, time_zone, since: row.int(4)? });
    }
    for row in store.rows("SELECT program, job, MAX(slot) FROM slots GROUP BY program, job", &[]).await? {
        known.latest.insert(key(&row)?, row.int(2)?);
    }
    // What has no schedule any more is not waited for.
    let sql = "SELECT s.program, s.job, s.slot, s.state, s.attempts, s.next_attempt FROM slots s \
               LEFT JOIN schedules c ON c.program = s.program AND c.job = s.job \
               WHERE s.state IN ('due', 'failed') AND COALESCE(c.schedule, '?') <> '' ORDER BY s.slot, s.program, s.job";
    known.open = store.rows(sql, &[]).await?.iter().map(slot).collect::<Result<_>>()?;
    Ok(known)
}

fn slot(row: &Row) -> Result<Slot> {
    Ok(Slot {
        program: row.text(0)?.to_owned(),
        job: row.text(1)?.to_owned(),
        slot: row.int(2)?,
        failed: row.text(3)? == "failed",
        attempts: row.int(4)?,
        next_attempt: row.int(5)?,
    })
}

/// What the schedule of a job asks the database to learn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// The schedule is new or was changed: from now on it counts.
    Schedule,
    /// A time has come.
    Due {
        /// The time.
        slot: i64,
        /// How many times before it were not done, and when the first of them was.
        missed: Option<Missed>,
    },
}

/// Times that were not done before the next one was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Missed {
    pub count: usize,
    pub first: i64,
}

/// What is new about a job.
pub(super) fn news(known: &Known, program: &Program, job: &Job, schedule: &Schedule, now: i64) -> Result<Option<News>> {
    let registered = known.schedules.get(&(program.id.clone(), job.name.clone()));
    let is_known = registered.is_some_and(|registered| registered.is_of(program, job));
    // What came by a schedule before it was edited is still due; then the new one counts.
    let before = registered.filter(|_| !is_known).and_then(|old| Schedule::read(&old.schedule, &old.time_zone).ok());
    let schedule = before.as_ref().unwrap_or(schedule);
    let seen = known.seen(&program.id, &job.name);
    if (before.is_none() && !is_known) || schedule.next(seen)? > now {
        return Ok((!is_known).then_some(News::Schedule));
    }
    let slot = schedule.latest(now)?;
    let first = known.first_undone(&program.id, &job.name, schedule)?;
    let waiting = usize::from(known.waiting(&program.id, &job.name).is_some());
    let count = schedule.count_between(seen, slot, COUNTED)? + waiting;
    Ok(Some(News::Due { slot, missed: (count > 0).then_some(Missed { count, first }) }))
}

impl Known {
    /// Each job that has a schedule, by program and name; and the schedule, unless it cannot be read any more.
    pub(super) fn scheduled(&self) -> impl Iterator<Item = (&str, &str, Option<Schedule>)> {
        self.schedules.iter().map(|((program, job), registered)| {
            (program.as_str(), job.as_str(), Schedule::read(&registered.schedule, &registered.time_zone).ok())
        })
    }

    /// The jobs of a program that have no schedule any more.
    pub(super) fn unscheduled<'a>(&'a self, program: &'a Program) -> impl Iterator<Item = &'a str> {
        let has_schedule = |name: &str| program.job(name).is_some_and(|job| job.schedule.is_some());
        let registered =
            self.schedules.iter().filter(|((id, _), registered)| *id == program.id && !registered.schedule.is_empty());
        registered.map(|((_, job), _)| job.as_str()).filter(move |job| !has_schedule(job))
    }

    /// The first time of a job that is not done, now or in future; one that was given up does not count, as the operator knows
    /// of it.
    pub(super) fn first_undone(&self, program: &str, job: &str, schedule: &Schedule) -> Result<i64> {
        match self.waiting(program, job) {
            Some(slot) => Ok(slot.slot),
            None => schedule.next(self.seen(program, job)),
        }
    }

    /// The slot of a job that is due and was not given up.
    fn waiting(&self, program: &str, job: &str) -> Option<&Slot> {
        self.open.iter().find(|open| open.program == program && open.job == job && !open.failed)
    }

    /// Up to when it is known which times of a job have come.
    fn seen(&self, program: &str, job: &str) -> i64 {
        let key = (program.to_owned(), job.to_owned());
        let since = self.schedules.get(&key).map_or(i64::MIN, |registered| registered.since);
        self.latest.get(&key).copied().unwrap_or(i64::MIN).max(since)
    }
}

impl Registered {
    fn is_of(&self, program: &Program, job: &Job) -> bool {
        job.schedule.as_deref() == Some(self.schedule.as_str()) && self.time_zone == program.time_zone.name()
    }
}

/// Writes down from when on a job's schedule counts.
pub(super) async fn register(tx: &mut Tx, program: &Program, job: &Job, now: i64) -> Result<()> {
    let sql = "INSERT INTO schedules (program, job, schedule, time_zone, since) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (program, job) DO UPDATE SET schedule = excluded.schedule, time_zone = excluded.time_zone, \
               since = excluded.since WHERE schedules.schedule <> excluded.schedule OR schedules.time_zone <> excluded.time_zone";
    let schedule = job.schedule.as_deref().unwrap_or_default();
    let parameters =
        [program.id.as_str().into(), job.name.as_str().into(), schedule.into(), program.time_zone.name().into(), now.into()];
    tx.execute(sql, &parameters).await.map(|_| ())
}

/// Writes down that a job has no schedule any more. What was due by it is waited for again if the schedule comes back, as it
/// does where two servers read files of different age.
pub(super) async fn unregister(tx: &mut Tx, program: &str, job: &str) -> Result<()> {
    let sql = "UPDATE schedules SET schedule = '' WHERE program = $1 AND job = $2";
    tx.execute(sql, &[program.into(), job.into()]).await.map(|_| ())
}

/// Writes down that a time has come, in place of earlier ones that were not done. Answers whether that is new.
pub(super) async fn come(tx: &mut Tx, program: &str, job: &str, slot: i64) -> Result<bool> {
    let sql = "INSERT INTO slots (program, job, slot, state, attempts, next_attempt, run_id) VALUES ($1, $2, $3, 'due', 0, $3, $4) \
               ON CONFLICT (program, job, slot) DO NOTHING";
    if tx.execute(sql, &[program.into(), job.into(), slot.into(), None::<i64>.into()]).await? == 0 {
        return Ok(false);
    }
    let sql = "UPDATE slots SET state = 'skipped' WHERE program = $1 AND job = $2 AND slot < $3 AND state IN ('due', 'failed')";
    tx.execute(sql, &[program.into(), job.into(), slot.into()]).await.map(|_| true)
}

/// The run that did a slot of a job, if one did.
pub(super) async fn done_by(tx: &mut Tx, program: &str, job: &str, slot: i64) -> Result<Option<i64>> {
    let sql = "SELECT run_id FROM slots WHERE program = $1 AND job = $2 AND slot = $3 AND state = 'done'";
    let rows = tx.rows(sql, &[program.into(), job.into(), slot.into()]).await?;
    rows.first().map(|row| row.int(0)).transpose()
}

/// Writes down that a slot is tried. Should that be cut short, it is tried again after a pause. Answers which attempt it is.
pub(super) async fn tried(tx: &mut Tx, program: &str, job: &str, slot: i64, now: i64) -> Result<i64> {
    come(tx, program, job, slot).await?;
    let sql = "SELECT attempts FROM slots WHERE program = $1 AND job = $2 AND slot = $3";
    let rows = tx.rows(sql, &[program.into(), job.into(), slot.into()]).await?;
    let attempts = rows.first().map_or(Ok(0), |row| row.int(0))? + 1;
    let sql = "UPDATE slots SET state = 'due', attempts = $4, next_attempt = $5 WHERE program = $1 AND job = $2 AND slot = $3";
    let next = now.saturating_add(pause(attempts));
    tx.execute(sql, &[program.into(), job.into(), slot.into(), attempts.into(), next.into()]).await?;
    Ok(attempts)
}

/// How long to wait after so many attempts (microseconds).
pub(super) fn pause(attempts: i64) -> i64 {
    let place = usize::try_from(attempts - 1).unwrap_or(0).min(PAUSES.len() - 1);
    PAUSES[place] * MINUTE
}

/// Gives a slot up until somebody mends something.
pub(super) async fn give_up(tx: &mut Tx, program: &str, job: &str, slot: i64) -> Result<()> {
    let sql = "UPDATE slots SET state = 'failed' WHERE program = $1 AND job = $2 AND slot = $3 AND state = 'due'";
    tx.execute(sql, &[program.into(), job.into(), slot.into()]).await.map(|_| ())
}

/// Takes back an attempt that somebody stopped on purpose: it is no failure, and may begin again at once.
pub(super) async fn take_back(tx: &mut Tx, program: &str, job: &str, slot: i64, now: i64) -> Result<()> {
    let sql = "UPDATE slots SET attempts = attempts - 1, next_attempt = $4 \
               WHERE program = $1 AND job = $2 AND slot = $3 AND state = 'due'";
    tx.execute(sql, &[program.into(), job.into(), slot.into(), now.into()]).await.map(|_| ())
}

/// Whether a slot of a job is due, or was given up.
pub(super) async fn is_open(tx: &mut Tx, program: &str, job: &str) -> Result<bool> {
    let sql = "SELECT slot FROM slots WHERE program = $1 AND job = $2 AND state IN ('due', 'failed') LIMIT 1";
    Ok(!tx.rows(sql, &[program.into(), job.into()]).await?.is_empty())
}

/// Writes down that a run of a job is done: it makes good every open slot up to its time.
pub(super) async fn made_good(tx: &mut Tx, program: &str, job: &str, as_of: i64, run_id: i64) -> Result<()> {
    let sql = "UPDATE slots SET state = 'done', run_id = $4 \
               WHERE program = $1 AND job = $2 AND slot <= $3 AND state IN ('due', 'failed')";
    tx.execute(sql, &[program.into(), job.into(), as_of.into(), run_id.into()]).await.map(|_| ())
}
