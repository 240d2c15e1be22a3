//! The times at which jobs were due, and what became of each: recorded in the database, so that every server and every command
//! knows.
//!
//! A slot is due until it is completed, given up until somebody fixes the problem, or skipped because a later one took its place
//! ([`SlotState`]).

use anyhow::Result;

use crate::store::{Row, Store, Tx};
use crate::vocabulary::coded;

/// After how many minutes a run that failed is tried again; the last of these from then on.
const PAUSES: [i64; 6] = [1, 2, 4, 8, 15, 30];

const MINUTE: i64 = 60_000_000;

coded! {
    /// What became of a time at which a job was due.
    pub enum SlotState {
        /// It has come, and the job has not completed.
        Due = "due",
        /// The job completed.
        Done = "done",
        /// It was given up until somebody fixes the problem.
        Failed = "failed",
        /// A later one took its place.
        Skipped = "skipped",
    }
}

/// A time at which a job was due and has not completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The program's id.
    pub program: String,
    /// The job.
    pub job: String,
    /// The time (microseconds since 1970).
    pub slot: i64,
    /// Whether it was given up until somebody fixes the problem; else it is still due.
    pub failed: bool,
    /// How often it was tried.
    pub attempts: i64,
    /// When it may be tried next (microseconds since 1970).
    pub next_attempt: i64,
}

/// The open slots of all programs, oldest first. Those of jobs that have no schedule any more do not count.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn open_slots(store: &Store) -> Result<Vec<Slot>> {
    let sql = "SELECT s.program, s.job, s.slot, s.state, s.attempts, s.next_attempt FROM slots s \
               LEFT JOIN schedules c ON c.program = s.program AND c.job = s.job \
               WHERE s.state IN ('due', 'failed') AND COALESCE(c.schedule, '?') <> '' ORDER BY s.slot, s.program, s.job";
    store.rows(sql, &[]).await?.iter().map(slot).collect()
}

fn slot(row: &Row) -> Result<Slot> {
    Ok(Slot {
        program: row.text(0)?.to_owned(),
        job: row.text(1)?.to_owned(),
        slot: row.int(2)?,
        failed: row.text(3)? == SlotState::Failed.code(),
        attempts: row.int(4)?,
        next_attempt: row.int(5)?,
    })
}

/// Records that a time has come, in place of earlier open ones. Returns whether that is new.
///
/// # Errors
///
/// When the database refuses.
pub async fn record_slot(tx: &mut Tx, program: &str, job: &str, slot: i64) -> Result<bool> {
    let sql = "INSERT INTO slots (program, job, slot, state, attempts, next_attempt, run_id) VALUES ($1, $2, $3, 'due', 0, $3, $4) \
               ON CONFLICT (program, job, slot) DO NOTHING";
    if tx.execute(sql, &[program.into(), job.into(), slot.into(), None::<i64>.into()]).await? == 0 {
        return Ok(false);
    }
    let sql = "UPDATE slots SET state = 'skipped' WHERE program = $1 AND job = $2 AND slot < $3 AND state IN ('due', 'failed')";
    tx.execute(sql, &[program.into(), job.into(), slot.into()]).await.map(|_| true)
}

/// The run that did a slot of a job, if one did.
///
/// # Errors
///
/// When the database refuses.
pub async fn slot_done_by(tx: &mut Tx, program: &str, job: &str, slot: i64) -> Result<Option<i64>> {
    let sql = "SELECT run_id FROM slots WHERE program = $1 AND job = $2 AND slot = $3 AND state = 'done'";
    let rows = tx.rows(sql, &[program.into(), job.into(), slot.into()]).await?;
    rows.first().map(|row| row.int(0)).transpose()
}

/// Records that a slot is tried. Should that be cut short, it is tried again after a pause. Returns which attempt it is.
///
/// # Errors
///
/// When the database refuses.
pub async fn record_attempt(tx: &mut Tx, program: &str, job: &str, slot: i64, now: i64) -> Result<i64> {
    record_slot(tx, program, job, slot).await?;
    let sql = "SELECT attempts FROM slots WHERE program = $1 AND job = $2 AND slot = $3";
    let rows = tx.rows(sql, &[program.into(), job.into(), slot.into()]).await?;
    let attempts = rows.first().map_or(Ok(0), |row| row.int(0))? + 1;
    let sql = "UPDATE slots SET state = 'due', attempts = $4, next_attempt = $5 WHERE program = $1 AND job = $2 AND slot = $3";
    let next = now.saturating_add(pause_after(attempts));
    tx.execute(sql, &[program.into(), job.into(), slot.into(), attempts.into(), next.into()]).await?;
    Ok(attempts)
}

/// How long to wait after so many attempts (microseconds).
pub fn pause_after(attempts: i64) -> i64 {
    let place = usize::try_from(attempts - 1).unwrap_or(0).min(PAUSES.len() - 1);
    PAUSES[place] * MINUTE
}

/// Gives a slot up until somebody fixes the problem.
///
/// # Errors
///
/// When the database refuses.
pub async fn give_slot_up(tx: &mut Tx, program: &str, job: &str, slot: i64) -> Result<()> {
    let sql = "UPDATE slots SET state = 'failed' WHERE program = $1 AND job = $2 AND slot = $3 AND state = 'due'";
    tx.execute(sql, &[program.into(), job.into(), slot.into()]).await.map(|_| ())
}

/// Takes back an attempt that somebody stopped on purpose: it is no failure, and may begin again at once.
///
/// # Errors
///
/// When the database refuses.
pub async fn take_attempt_back(tx: &mut Tx, program: &str, job: &str, slot: i64, now: i64) -> Result<()> {
    let sql = "UPDATE slots SET attempts = attempts - 1, next_attempt = $4 \
               WHERE program = $1 AND job = $2 AND slot = $3 AND state = 'due'";
    tx.execute(sql, &[program.into(), job.into(), slot.into(), now.into()]).await.map(|_| ())
}

/// Whether a slot of a job is due, or was given up.
///
/// # Errors
///
/// When the database refuses.
pub async fn has_open_slot(tx: &mut Tx, program: &str, job: &str) -> Result<bool> {
    let sql = "SELECT slot FROM slots WHERE program = $1 AND job = $2 AND state IN ('due', 'failed') LIMIT 1";
    Ok(!tx.rows(sql, &[program.into(), job.into()]).await?.is_empty())
}

/// Records that a run of a job completed, which closes every open slot up to its time.
///
/// # Errors
///
/// When the database refuses.
pub async fn close_slots(tx: &mut Tx, program: &str, job: &str, as_of: i64, run_id: i64) -> Result<()> {
    let sql = "UPDATE slots SET state = 'done', run_id = $4 \
               WHERE program = $1 AND job = $2 AND slot <= $3 AND state IN ('due', 'failed')";
    tx.execute(sql, &[program.into(), job.into(), as_of.into(), run_id.into()]).await.map(|_| ())
}
