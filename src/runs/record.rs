//! The records of runs.

use anyhow::{Context, Result};

use super::stored_report::{Reconciled, reconciled_of};
use crate::store::{Row, Store, Tx};
use crate::vocabulary::coded;

coded! {
    /// How far a run has come.
    pub enum RunState {
        /// It is at work, or was killed and nobody has noticed yet.
        Running = "running",
        /// It did all its steps.
        Done = "done",
        /// It was a dry run, and did all its steps.
        Rehearsed = "rehearsed",
        /// A step failed, or it was killed.
        Failed = "failed",
    }
}

/// A run as recorded. Times are microseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// Its number.
    pub run_id: i64,
    /// Which program's.
    pub program: String,
    /// Which job.
    pub job: String,
    /// Its time.
    pub as_of: i64,
    /// Who started it.
    pub actor: String,
    /// How far it has come.
    pub state: RunState,
    /// When it started, by the clock.
    pub started_at: i64,
    /// When it ended, by the clock.
    pub ended_at: Option<i64>,
    /// Its result, as JSON.
    pub report: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

impl RunRecord {
    /// The result of its reconciliation, if it had one.
    pub fn reconciled(&self) -> Option<Reconciled> {
        self.report.as_deref().and_then(|report| reconciled_of(report).ok().flatten())
    }
}

/// A run that starts. Times are microseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub struct NewRun<'a> {
    /// Which program's.
    pub program: &'a str,
    /// Which job.
    pub job: &'a str,
    /// Its time.
    pub as_of: i64,
    /// Who started it.
    pub actor: &'a str,
    /// The clock's time.
    pub now: i64,
    /// The scheduled time that it is for, if it is for one.
    pub slot: Option<i64>,
}

/// Records that a run starts, and that those that never said how they ended were cut short: only one runs at a time.
///
/// # Errors
///
/// When the database refuses.
pub async fn start(tx: &mut Tx, run: &NewRun<'_>) -> Result<i64> {
    let NewRun { program, job, as_of, actor, now, slot } = *run;
    let sql = "UPDATE runs SET state = 'failed', ended_at = $2, error = $3 WHERE program = $1 AND state = 'running'";
    let cut_short = "it was interrupted: killed, or unresponsive until another run took over";
    tx.execute(sql, &[program.into(), now.into(), cut_short.into()]).await?;
    let sql = "INSERT INTO runs (program, job, as_of, actor, state, started_at, slot) VALUES ($1, $2, $3, $4, 'running', $5, $6) \
               RETURNING run_id";
    let parameters = [program.into(), job.into(), as_of.into(), actor.into(), now.into(), slot.into()];
    tx.rows(sql, &parameters).await?.first().context("the run was not recorded")?.int(0)
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It did all its steps; the report, as JSON.
    Done(String),
    /// It was a dry run and did all its steps; the report, as JSON.
    Rehearsed(String),
    /// It failed; why.
    Failed(String),
}

/// Records how a run ended (microseconds since 1970, by the clock), unless a run that took over has recorded that already.
///
/// # Errors
///
/// When the database refuses.
pub async fn finish(tx: &mut Tx, run_id: i64, ended_at: i64, ending: Ending) -> Result<()> {
    let (state, report, error) = match ending {
        Ending::Done(report) => (RunState::Done, Some(report), None),
        Ending::Rehearsed(report) => (RunState::Rehearsed, Some(report), None),
        Ending::Failed(error) => (RunState::Failed, None, Some(error)),
    };
    let sql = "UPDATE runs SET state = $2, ended_at = $3, report = $4, error = $5 WHERE run_id = $1 AND state = 'running'";
    tx.execute(sql, &[run_id.into(), state.code().into(), ended_at.into(), report.into(), error.into()]).await.map(|_| ())
}

/// The latest runs of a program, newest first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn list(store: &Store, program: &str, limit: i64) -> Result<Vec<RunRecord>> {
    let sql = "SELECT run_id, program, job, as_of, actor, state, started_at, ended_at, report, error FROM runs \
               WHERE program = $1 ORDER BY run_id DESC LIMIT $2";
    let record = |row: &Row| -> Result<RunRecord> {
        let state = row.text(5)?;
        Ok(RunRecord {
            run_id: row.int(0)?,
            program: row.text(1)?.to_owned(),
            job: row.text(2)?.to_owned(),
            as_of: row.int(3)?,
            actor: row.text(4)?.to_owned(),
            state: RunState::parse(state)
                .with_context(|| format!("the database holds a run in the unknown state \"{state}\""))?,
            started_at: row.int(6)?,
            ended_at: row.optional_int(7)?,
            report: row.optional_text(8)?.map(str::to_owned),
            error: row.optional_text(9)?.map(str::to_owned),
        })
    };
    store.rows(sql, &[program.into(), limit.into()]).await?.iter().map(record).collect()
}

/// The time of the last successful run of a job, if there was one (microseconds since 1970).
///
/// # Errors
///
/// When the database cannot be read.
pub async fn last_done(tx: &mut Tx, program: &str, job: &str) -> Result<Option<i64>> {
    let sql = "SELECT as_of FROM runs WHERE program = $1 AND job = $2 AND state = 'done' ORDER BY run_id DESC LIMIT 1";
    tx.rows(sql, &[program.into(), job.into()]).await?.first().map(|row| row.int(0)).transpose()
}

/// The programs that have records of runs, by id.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn programs(store: &Store) -> Result<Vec<String>> {
    let rows = store.rows("SELECT DISTINCT program FROM runs ORDER BY program", &[]).await?;
    rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}
