//! What the database knows of all schedules, and what is new about a job.
//!
//! Of a job that has not completed for long, only the latest slot is due: a nightly run sees all days, a payout pays all that is
//! payable, and statements are built for every month that is missing.

use std::collections::HashMap;

use anyhow::Result;

use super::waits::{Books, Fate, Undone, WaitingJob, rests_on_others, waits};
use crate::alerts::Missed;
use crate::program::{Job, Program, Schedule, Step};
use crate::runs::{Slot, SlotState, open_slots};
use crate::store::{Row, Store, Tx};

/// How many missed times are counted.
const COUNTED: usize = 1_000;

/// What the database knows of all schedules.
#[derive(Debug, Default)]
pub struct Known {
    /// By program and job.
    schedules: HashMap<(String, String), Registered>,
    /// Open slots, oldest first.
    pub open: Vec<Slot>,
    /// The latest slot of each job, whatever became of it.
    latest: HashMap<(String, String), i64>,
    /// The time of the last good reconciliation of each program.
    reconciled: HashMap<String, i64>,
    /// The slots after the last good reconciliation of their program, whatever became of them.
    since: Vec<Since>,
}

/// A slot after the last good reconciliation.
#[derive(Debug)]
struct Since {
    program: String,
    job: String,
    slot: i64,
    /// None where it has completed.
    fate: Option<Fate>,
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
pub async fn load(store: &Store) -> Result<Known> {
    let mut known = Known::default();
    let key = |row: &Row| -> Result<(String, String)> { Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())) };
    for row in store.rows("SELECT program, job, schedule, time_zone, since FROM schedules", &[]).await? {
        let (schedule, time_zone) = (row.text(2)?.to_owned(), row.text(3)?.to_owned());
        known.schedules.insert(key(&row)?, Registered { schedule, time_zone, since: row.int(4)? });
    }
    for row in store.rows("SELECT program, job, MAX(slot) FROM slots GROUP BY program, job", &[]).await? {
        known.latest.insert(key(&row)?, row.int(2)?);
    }
    known.open = open_slots(store).await?;
    for row in store.rows("SELECT program, as_of FROM reconciled", &[]).await? {
        known.reconciled.insert(row.text(0)?.to_owned(), row.int(1)?);
    }
    known.since = slots_since(store).await?;
    Ok(known)
}

/// The slots after the last good reconciliation. Those of jobs that have no schedule any more do not count.
async fn slots_since(store: &Store) -> Result<Vec<Since>> {
    let sql = "SELECT s.program, s.job, s.slot, s.state, s.attempts FROM slots s \
               LEFT JOIN reconciled r ON r.program = s.program \
               LEFT JOIN schedules c ON c.program = s.program AND c.job = s.job \
               WHERE (r.as_of IS NULL OR s.slot > r.as_of) AND COALESCE(c.schedule, '?') <> ''";
    let since = |row: &Row| -> Result<Since> {
        let fate = match SlotState::parse(row.text(3)?) {
            Some(SlotState::Due) => Some(Fate::Due(row.int(4)?)),
            Some(SlotState::Failed) => Some(Fate::Failed),
            Some(SlotState::Skipped) => Some(Fate::Missed),
            Some(SlotState::Done) | None => None,
        };
        Ok(Since { program: row.text(0)?.to_owned(), job: row.text(1)?.to_owned(), slot: row.int(2)?, fate })
    };
    store.rows(sql, &[]).await?.iter().map(since).collect()
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
        /// How many slots before it were missed, and when the first of them was.
        missed: Option<Missed>,
    },
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

    /// The slots of a program that are due, were not given up, and wait for a good reconciliation.
    ///
    /// # Errors
    ///
    /// When a schedule cannot be read.
    pub fn waiting_for_books(&self, program: &Program) -> Result<Vec<WaitingJob>> {
        let mut all = Vec::new();
        for open in self.open.iter().filter(|open| open.program == program.id && !open.failed) {
            let Some(job) = program.job(&open.job) else { continue };
            all.extend(self.wait_of(program, job, open.slot)?);
        }
        Ok(all)
    }

    /// Whether a slot of a job waits for a good reconciliation, and why. One that has completed waits for nothing.
    ///
    /// # Errors
    ///
    /// When a schedule cannot be read.
    pub fn wait_of(&self, program: &Program, job: &Job, slot: i64) -> Result<Option<WaitingJob>> {
        let is_it = |since: &&Since| since.program == program.id && since.job == job.name && since.slot == slot;
        if !rests_on_others(job) || self.since.iter().any(|since| is_it(&since) && since.fate.is_none()) {
            return Ok(None);
        }
        let wait = waits(program, job, slot, &self.books(program, slot)?);
        Ok(wait.map(|wait| WaitingJob { job: job.name.clone(), slot, wait }))
    }

    /// What is known of a program's reconciliations when a slot is to be done.
    fn books(&self, program: &Program, slot: i64) -> Result<Books> {
        let recorded = self.since.iter().filter(|since| since.program == program.id);
        let undone = recorded.filter_map(|since| Some(Undone { job: since.job.clone(), slot: since.slot, fate: since.fate? }));
        let mut books = Books { last_good: self.reconciled.get(&program.id).copied(), undone: undone.collect() };
        for job in program.jobs.iter().filter(|job| job.steps.contains(&Step::Reconcile)) {
            // The latest before the slot, and that at its very time.
            for until in [slot - 1, slot] {
                books.undone.extend(self.unseen(program, job, until)?);
            }
        }
        Ok(books)
    }

    /// The latest time of a job up to another time, if nobody was there to record it and it was after the last good
    /// reconciliation.
    fn unseen(&self, program: &Program, job: &Job, until: i64) -> Result<Option<Undone>> {
        let registered = self.schedules.get(&(program.id.clone(), job.name.clone()));
        let Some(registered) = registered.filter(|registered| registered.is_of(program, job)) else { return Ok(None) };
        let Some(schedule) = Schedule::of(program, job)? else { return Ok(None) };
        // What was never due before is not missing.
        let Ok(slot) = schedule.latest(until) else { return Ok(None) };
        let is_recorded =
            self.since.iter().any(|since| since.program == program.id && since.job == job.name && since.slot == slot);
        let is_old = slot <= registered.since || self.reconciled.get(&program.id).is_some_and(|good| slot <= *good);
        Ok((!is_recorded && !is_old).then(|| Undone { job: job.name.clone(), slot, fate: Fate::Missed }))
    }

    /// The first slot of a job that has not completed, now or in future; one that was given up does not count, as the operator knows
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

/// Records from when on a job's schedule counts.
pub(super) async fn register(tx: &mut Tx, program: &Program, job: &Job, now: i64) -> Result<()> {
    let sql = "INSERT INTO schedules (program, job, schedule, time_zone, since) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (program, job) DO UPDATE SET schedule = excluded.schedule, time_zone = excluded.time_zone, \
               since = excluded.since WHERE schedules.schedule <> excluded.schedule OR schedules.time_zone <> excluded.time_zone";
    let schedule = job.schedule.as_deref().unwrap_or_default();
    let parameters =
        [program.id.as_str().into(), job.name.as_str().into(), schedule.into(), program.time_zone.name().into(), now.into()];
    tx.execute(sql, &parameters).await.map(|_| ())
}

/// Records that a job has no schedule any more. What was due by it is waited for again if the schedule comes back, as it
/// does where two servers read files of different age.
pub(super) async fn unregister(tx: &mut Tx, program: &str, job: &str) -> Result<()> {
    let sql = "UPDATE schedules SET schedule = '' WHERE program = $1 AND job = $2";
    tx.execute(sql, &[program.into(), job.into()]).await.map(|_| ())
}
