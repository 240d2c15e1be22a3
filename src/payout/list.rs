//! Batches as the tables show them.

use anyhow::{Context, Result, bail};

use super::batch::{Batch, BatchLine, LINES, Signature, key, line};
use super::current::Current;
use super::line::{LineState, line_states};
use super::state::{BatchState, read_state};
use crate::error::NotFound;
use crate::ledger::{select_transfers, transfers, transfers_of_batch};
use crate::store::{Row, Store, Tx};

const BATCHES: &str = "SELECT b.batch_id, b.state, COUNT(l.creator_id), CAST(COALESCE(SUM(l.amount), 0) AS BIGINT), b.created_at, \
     b.drafted_by, b.approved_by, b.digest, CASE WHEN b.state = 'settled' THEN (SELECT \
     CAST(COALESCE(SUM(CASE WHEN t.target = 'reserved' THEN t.amount WHEN t.source = 'reserved' THEN -t.amount ELSE 0 END), 0) AS BIGINT) \
     FROM transfers t WHERE t.program = $1 AND t.kind = 'batch' AND t.order_id = b.batch_id) ELSE 0 END \
     FROM batches b LEFT JOIN batch_lines l ON l.program = b.program AND l.batch_id = b.batch_id \
     WHERE b.program = $1 GROUP BY b.batch_id, b.state, b.created_at, b.drafted_by, b.approved_by, b.digest, b.number ORDER BY b.number";

/// All batches of a program, oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn batches(store: &Store, program: &str) -> Result<Vec<Batch>> {
    let mut tx = store.snapshot().await?;
    let mut batches: Vec<Batch> = tx.rows(BATCHES, &[program.into()]).await?.iter().map(batch).collect::<Result<_>>()?;
    let signed = "SELECT DISTINCT subject FROM entries WHERE program = $1 AND kind = 'signed'";
    for row in tx.rows(signed, &[program.into()]).await? {
        if let Some(batch) = batches.iter_mut().find(|batch| row.text(0).is_ok_and(|signed| signed == batch.batch_id)) {
            batch.signatures = signatures(&mut tx, program, &batch.batch_id).await?;
        }
    }
    Ok(batches)
}

/// Whether a batch was signed by one of several people.
async fn was_signed(tx: &mut Tx, program: &str, batch_id: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM entries WHERE program = $1 AND kind = 'signed' AND subject = $2 LIMIT 1";
    Ok(!tx.rows(sql, &key(program, batch_id)).await?.is_empty())
}

/// Who signed a batch as it stands.
async fn signatures(tx: &mut Tx, program: &str, batch_id: &str) -> Result<Vec<Signature>> {
    Ok(Current::told(tx, program, batch_id).await?.map(|told| told.signatures).unwrap_or_default())
}

/// A line of any batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentLine {
    /// The batch.
    pub batch_id: String,
    /// Whom it pays.
    pub creator_id: String,
    /// How much, in minor units.
    pub amount: i64,
    /// Whether the batch was exported, so that the bank may know of it.
    pub is_sent: bool,
}

/// Every line of a program's batches, by batch and creator.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn payments(store: &Store, program: &str) -> Result<Vec<SentLine>> {
    let sql = "SELECT l.batch_id, l.creator_id, l.amount, b.state FROM batch_lines l JOIN batches b ON b.program = l.program \
               AND b.batch_id = l.batch_id WHERE l.program = $1 ORDER BY l.batch_id, l.creator_id";
    let line = |row: &Row| {
        let is_sent = !matches!(read_state(row.text(3)?)?, BatchState::Draft | BatchState::Approved);
        Ok(SentLine { batch_id: row.text(0)?.to_owned(), creator_id: row.text(1)?.to_owned(), amount: row.int(2)?, is_sent })
    };
    store.rows(sql, &[program.into()]).await?.iter().map(line).collect()
}

/// How many batches of each program are in each state: program, state, count.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn counts(store: &Store) -> Result<Vec<(String, BatchState, i64)>> {
    let sql = "SELECT program, state, COUNT(*) FROM batches GROUP BY program, state ORDER BY program, state";
    let count = |row: &Row| Ok((row.text(0)?.to_owned(), read_state(row.text(1)?)?, row.int(2)?));
    store.rows(sql, &[]).await?.iter().map(count).collect()
}

/// A line of a batch that was neither paid nor ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLine {
    /// Who is to be paid.
    pub creator_id: String,
    /// In which batch.
    pub batch_id: String,
    /// Where the batch stands: a draft, approved or exported.
    pub state: BatchState,
    /// How much, in minor units.
    pub amount: i64,
}

/// The lines of all batches that were neither settled nor ended, by creator and then by batch.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn open_lines(tx: &mut Tx, program: &str) -> Result<Vec<OpenLine>> {
    let sql = "SELECT l.creator_id, b.batch_id, b.state, l.amount FROM batches b \
               JOIN batch_lines l ON l.program = b.program AND l.batch_id = b.batch_id \
               WHERE b.program = $1 AND b.state IN ('draft', 'approved', 'exported') ORDER BY l.creator_id, b.number";
    let line = |row: &Row| {
        let (creator_id, batch_id) = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
        Ok(OpenLine { creator_id, batch_id, state: read_state(row.text(2)?)?, amount: row.int(3)? })
    };
    tx.rows(sql, &[program.into()]).await?.iter().map(line).collect()
}

fn batch(row: &Row) -> Result<Batch> {
    Ok(Batch {
        batch_id: row.text(0)?.to_owned(),
        state: read_state(row.text(1)?)?,
        creators: row.int(2)?,
        amount: row.int(3)?,
        created_at: row.int(4)?,
        drafted_by: row.text(5)?.to_owned(),
        signatures: Vec::new(),
        approved_by: row.optional_text(6)?.map(str::to_owned),
        digest: row.text(7)?.to_owned(),
        in_question: row.int(8)?,
    })
}

/// A batch and its lines with their states, by creator.
pub async fn find(store: &Store, program: &str, batch_id: &str) -> Result<(Batch, Vec<(BatchLine, LineState)>)> {
    find_in(&mut store.snapshot().await?, program, batch_id).await
}

/// As [`find`], in a transaction.
pub(super) async fn find_in(tx: &mut Tx, program: &str, batch_id: &str) -> Result<(Batch, Vec<(BatchLine, LineState)>)> {
    let known: Vec<Batch> = tx.rows(BATCHES, &[program.into()]).await?.iter().map(batch).collect::<Result<_>>()?;
    let Some(batch) = known.iter().find(|batch| batch.batch_id == batch_id) else {
        let newest = known.last().map_or("it has none".to_owned(), |batch| format!("the newest is {}", batch.batch_id));
        bail!(NotFound(format!("the program {program} has no batch {batch_id}; {newest}")));
    };
    let states = line_states(batch.state, &transfers_of_batch(tx, program, batch_id).await?)?;
    let with_state = |row: &Row| -> Result<(BatchLine, LineState)> {
        let line = line(row)?;
        let state = states.get(&line.creator_id).copied();
        let state =
            state.with_context(|| format!("no transfer set aside the line of {} in batch {batch_id}", line.creator_id))?;
        Ok((line, state))
    };
    let lines = tx.rows(LINES, &key(program, batch_id)).await?.iter().map(with_state).collect::<Result<_>>()?;
    let mut batch = batch.clone();
    if was_signed(tx, program, batch_id).await? {
        batch.signatures = signatures(tx, program, batch_id).await?;
    }
    Ok((batch, lines))
}

/// The drafts out of which the line of a creator was taken, oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn drafts_without(tx: &mut Tx, program: &str, creator_id: &str) -> Result<Vec<String>> {
    let sql = "SELECT b.batch_id FROM batches b WHERE b.program = $1 AND b.state = 'draft' AND NOT EXISTS (SELECT 1 FROM batch_lines l \
               WHERE l.program = $1 AND l.batch_id = b.batch_id AND l.creator_id = $2) AND EXISTS (SELECT 1 FROM transfers t \
               WHERE t.program = $1 AND t.kind = 'batch' AND t.order_id = b.batch_id AND t.line_id = '' AND t.creator_id = $2) \
               ORDER BY b.number";
    let rows = tx.rows(sql, &[program.into(), creator_id.into()]).await?;
    rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}

/// What each batch of a program paid a creator, oldest first: its id, when it was drafted (microseconds since 1970), the amount in minor
/// units, and where that is.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn batches_of(store: &Store, program: &str, creator_id: &str) -> Result<Vec<(String, i64, i64, LineState)>> {
    let mut tx = store.snapshot().await?;
    let sql = "SELECT b.batch_id, b.state, b.created_at, l.amount FROM batch_lines l JOIN batches b ON b.program = l.program \
               AND b.batch_id = l.batch_id WHERE l.program = $1 AND l.creator_id = $2 ORDER BY b.number";
    let mut found = Vec::new();
    for row in tx.rows(sql, &[program.into(), creator_id.into()]).await? {
        let batch_id = row.text(0)?;
        let sql = select_transfers!(
            "WHERE t.program = $1 AND t.kind = 'batch' AND t.order_id = $2 AND t.line_id = '' AND t.creator_id = $3 ORDER BY t.revision"
        );
        let moved = transfers(&mut tx, program, sql, &[batch_id.into(), creator_id.into()]).await?;
        let state = line_states(read_state(row.text(1)?)?, &moved)?.remove(creator_id);
        let state = state.with_context(|| format!("no transfer set aside the line of {creator_id} in batch {batch_id}"))?;
        found.push((batch_id.to_owned(), row.int(2)?, row.int(3)?, state));
    }
    Ok(found)
}
