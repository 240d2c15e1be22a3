//! Jobs that wait for good books: what pays or tells creators what they earned rests on the reconciliation before it.
//!
//! A slot of a job with the step `payout` or `statements` waits while a job of the same program that reconciles was due before
//! it and has not completed: still due, given up, or missed. Any good reconciliation as of that time or later ends the wait, whichever
//! job posted it and whether scheduled or manual; so the record of the last one decides, not the state of a slot.
//!
//! A job that reconciles itself waits for nobody: it is what the others wait for. Nor does a manual run: a person decided.
//! The alternative, to let only the next job wait until its predecessor has completed, would let a payout run as soon as a failed
//! night is given up, on balances of the day before.

use crate::calendar::format_local_time;
use crate::program::{Job, Program, Step};

/// What is known of a program's reconciliations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Books {
    /// The time of the last good one, if there was one (microseconds since 1970).
    pub last_good: Option<i64>,
    /// Slots that have not completed.
    pub undone: Vec<Undone>,
}

/// A slot that has not completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The job.
    pub job: String,
    /// The time (microseconds since 1970).
    pub slot: i64,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a slot that has not completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is still due, and was tried so often.
    Due(i64),
    /// It was given up until somebody fixes the problem.
    Failed,
    /// A later one took its place, or nobody was there.
    Missed,
}

/// Why a slot of a job waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The latest slot of the job that it waits for that has not completed.
    pub reconciling: Undone,
    /// The time of the last good reconciliation, if there was one (microseconds since 1970).
    pub last_good: Option<i64>,
}

/// A slot of a job that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingJob {
    /// The job.
    pub job: String,
    /// The time at which it was due (microseconds since 1970).
    pub slot: i64,
    /// Why.
    pub wait: Wait,
}

/// Why a slot of a job waits, given what is known; none where it may run.
pub fn waits(program: &Program, job: &Job, slot: i64, books: &Books) -> Option<Wait> {
    if !rests_on_others(job) {
        return None;
    }
    let place = |name: &str| program.jobs.iter().position(|job| job.name == name);
    let reconciles = |name: &str| program.job(name).is_some_and(|job| job.steps.contains(&Step::Reconcile));
    // Of jobs that are due at the same time, the order of the file decides, as it does for what runs first.
    let is_before = |undone: &&Undone| (undone.slot, place(&undone.job)) < (slot, place(&job.name));
    let is_missing = |undone: &&Undone| books.last_good.is_none_or(|good| good < undone.slot);
    let before = books.undone.iter().filter(|undone| reconciles(&undone.job)).filter(is_before).filter(is_missing);
    let blocking = before.max_by_key(|undone| undone.slot)?;
    // It is looked at what became of that job since: a later one may have failed, too.
    let latest = books.undone.iter().filter(|undone| undone.job == blocking.job).max_by_key(|undone| undone.slot);
    Some(Wait { reconciling: latest.unwrap_or(blocking).clone(), last_good: books.last_good })
}

/// Whether a job pays or tells what another one has to have reconciled.
pub(super) fn rests_on_others(job: &Job) -> bool {
    let pays_or_tells = job.steps.iter().any(|step| matches!(step, Step::Payout | Step::Statements));
    pays_or_tells && !job.steps.contains(&Step::Reconcile)
}

impl Wait {
    /// Whether it is worth a line in the log: what it waits for does not merely run at this moment.
    pub fn is_news(&self) -> bool {
        !matches!(self.reconciling.fate, Fate::Due(..=1))
    }

    /// Whether what it waits for is tried again by itself.
    pub fn may_end_soon(&self) -> bool {
        matches!(self.reconciling.fate, Fate::Due(_))
    }

    /// For what it waits and since when there is no such thing: "a successful nightly run: the one due … failed, and …".
    pub fn describe(&self, program: &Program) -> String {
        let time = |at: i64| format_local_time(program.time_zone, at);
        let Undone { job, slot, fate } = &self.reconciling;
        let fate = match fate {
            Fate::Due(..=1) => "has not completed yet".to_owned(),
            Fate::Due(attempts) => format!("was tried {attempts} times and has not completed yet"),
            Fate::Failed => "failed".to_owned(),
            Fate::Missed => "was missed".to_owned(),
        };
        let since = match self.last_good {
            Some(good) => format!("none has succeeded since {}", time(good)),
            None => "none has ever succeeded".to_owned(),
        };
        format!("a successful {job} run: the one due {} {fate}, and {since}", time(*slot))
    }
}

impl WaitingJob {
    /// Which job of which time waits for what, since when.
    pub fn describe(&self, program: &Program) -> String {
        let time = format_local_time(program.time_zone, self.slot);
        format!("{} of {time} is awaiting {}", self.job, self.wait.describe(program))
    }
}
