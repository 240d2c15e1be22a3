//! How the jobs of all programs are doing, for monitoring.

use std::collections::BTreeMap;

use anyhow::Result;

use super::schedules;
use crate::runs::{Reconciled, RunState, reconciled_of};
use crate::store::Store;

/// How a job of a program is doing. Times are in microseconds since 1970, spans in microseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFigures {
    /// The program's id.
    pub program: String,
    /// The job.
    pub job: String,
    /// How many runs of it were done.
    pub done: i64,
    /// How many failed.
    pub failed: i64,
    /// The time of the last that succeeded.
    pub last_success: Option<i64>,
    /// When it is due next, if it has a schedule that was looked at.
    pub next: Option<i64>,
    /// For how long it has been overdue.
    pub late: i64,
    /// How long its last run took that ended.
    pub duration: Option<i64>,
    /// How many orders its last run that succeeded covered.
    pub orders: Option<i64>,
    /// How many exceptions that had.
    pub exceptions: Option<i64>,
}

/// Those of every job that ever ran or was scheduled, by program and job.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn figures(store: &Store, now: i64) -> Result<Vec<JobFigures>> {
    let mut all: BTreeMap<(String, String), JobFigures> = BTreeMap::new();
    let mut of = |program: &str, job: &str, tell: &mut dyn FnMut(&mut JobFigures)| {
        let figures = all.entry((program.to_owned(), job.to_owned())).or_insert_with(|| JobFigures {
            program: program.to_owned(),
            job: job.to_owned(),
            ..JobFigures::default()
        });
        tell(figures);
    };
    let sql = "SELECT program, job, state, COUNT(*), MAX(run_id) FROM runs WHERE state IN ('done', 'failed') GROUP BY program, job, state";
    for row in store.rows(sql, &[]).await? {
        let (count, is_done) = (row.int(3)?, row.text(2)? == RunState::Done.code());
        of(row.text(0)?, row.text(1)?, &mut |figures| if is_done { figures.done = count } else { figures.failed = count });
    }
    // The last of each job: few, so that their reports can be read.
    let sql = "SELECT r.program, r.job, r.as_of, r.started_at, r.ended_at, r.report FROM runs r JOIN \
               (SELECT MAX(run_id) AS run_id FROM runs WHERE state = 'done' GROUP BY program, job) l ON l.run_id = r.run_id";
    for row in store.rows(sql, &[]).await? {
        let (as_of, started, ended) = (row.int(2)?, row.int(3)?, row.optional_int(4)?);
        let reconciled = row.optional_text(5)?.and_then(|report| reconciled_of(report).ok().flatten());
        of(row.text(0)?, row.text(1)?, &mut |figures| {
            figures.last_success = Some(as_of);
            figures.duration = ended.map(|ended| ended.saturating_sub(started).max(0));
            figures.orders = reconciled.as_ref().map(Reconciled::orders);
            figures.exceptions = reconciled.as_ref().map(Reconciled::exceptions);
        });
    }
    let known = schedules::load(store).await?;
    for open in &known.open {
        of(&open.program, &open.job, &mut |figures| figures.late = figures.late.max(now.saturating_sub(open.slot)));
    }
    for (program, job, schedule) in known.scheduled() {
        if let Some(next) = schedule.and_then(|schedule| schedule.next(now).ok()) {
            of(program, job, &mut |figures| figures.next = Some(next));
        }
    }
    Ok(all.into_values().collect())
}
