use anyhow::{Context, Result, bail};

use super::current::key;
use super::line::{LineState, line_states};
use crate::ledger::{EntryKind, transfers_of_batch};
use crate::store::{Row, Store, Tx};

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchState {
    /// Waits for somebody else's approval.
    Draft,
    /// Approved; may be paid.
    Approved,
    /// Written as a payment file.
    Exported,
    /// Paid.
    Settled,
    /// Its money went back to payable.
    Rejected,
}

impl BatchState {
    /// The word shown and stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Exported => "exported",
            Self::Settled => "settled",
            Self::Rejected => "rejected",
        }
    }

    /// All of them.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Approved, Self::Exported, Self::Settled, Self::Rejected];

    /// The state after an entry about the batch; none where a batch in this state has no such entry.
    pub fn after(self, entry: EntryKind) -> Option<Self> {
        match (entry, self) {
            (EntryKind::Approved, Self::Draft) => Some(Self::Approved),
            (EntryKind::Rejected, Self::Draft | Self::Approved) => Some(Self::Rejected),
            (EntryKind::Exported, Self::Approved) => Some(Self::Exported),
            (EntryKind::Settled, Self::Approved | Self::Exported) => Some(Self::Settled),
            (EntryKind::Returned, Self::Settled) => Some(Self::Settled),
            // What is accepted about a batch is that it is void.
            (EntryKind::Accepted, Self::Exported) => Some(Self::Rejected),
            (EntryKind::Reconciled | EntryKind::Drafted | EntryKind::Proposed | EntryKind::Declined, _) => None,
            (EntryKind::Approved | EntryKind::Rejected | EntryKind::Exported | EntryKind::Settled, _) => None,
            (EntryKind::Returned | EntryKind::Accepted, _) => None,
        }
    }

    pub(super) fn parse(word: &str) -> Result<Self> {
        match Self::ALL.into_iter().find(|state| state.word() == word) {
            Some(state) => Ok(state),
            None => bail!("the database holds a batch in the unknown state \"{word}\""),
        }
    }
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id, such as `glow-0003`.
    pub batch_id: String,
    /// Where it stands.
    pub state: BatchState,
    /// How many creators it pays.
    pub creators: i64,
    /// What it pays, in minor units of the program's currency.
    pub amount: i64,
    /// When it was drafted (microseconds since 1970).
    pub created_at: i64,
    /// Who drafted it.
    pub drafted_by: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// The hash of its lines, which is what is approved.
    pub digest: String,
}

/// What a batch pays one creator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchLine {
    /// The creator.
    pub creator_id: String,
    /// Minor units of the program's currency.
    pub amount: i64,
}

const BATCHES: &str = "SELECT b.batch_id, b.state, COUNT(l.creator_id), CAST(COALESCE(SUM(l.amount), 0) AS BIGINT), b.created_at, \
     b.drafted_by, b.approved_by, b.digest \
     FROM batches b LEFT JOIN batch_lines l ON l.program = b.program AND l.batch_id = b.batch_id \
     WHERE b.program = $1 GROUP BY b.batch_id, b.state, b.created_at, b.drafted_by, b.approved_by, b.digest, b.number ORDER BY b.number";

/// All batches of a program, oldest first.
pub async fn batches(store: &Store, program: &str) -> Result<Vec<Batch>> {
    store.rows(BATCHES, &[program.into()]).await?.iter().map(batch).collect()
}

/// How many batches of each program are in each state: program, state, count.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn counts(store: &Store) -> Result<Vec<(String, String, i64)>> {
    let sql = "SELECT program, state, COUNT(*) FROM batches GROUP BY program, state ORDER BY program, state";
    let count = |row: &Row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.int(2)?));
    store.rows(sql, &[]).await?.iter().map(count).collect()
}

/// When the last batch was drafted (microseconds since 1970), if any was, in a transaction.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn last_drafted(tx: &mut Tx, program: &str) -> Result<Option<i64>> {
    let rows = tx.rows("SELECT MAX(created_at) FROM batches WHERE program = $1", &[program.into()]).await?;
    rows.first().map_or(Ok(None), |row| row.optional_int(0))
}

fn batch(row: &Row) -> Result<Batch> {
    Ok(Batch {
        batch_id: row.text(0)?.to_owned(),
        state: BatchState::parse(row.text(1)?)?,
        creators: row.int(2)?,
        amount: row.int(3)?,
        created_at: row.int(4)?,
        drafted_by: row.text(5)?.to_owned(),
        approved_by: row.optional_text(6)?.map(str::to_owned),
        digest: row.text(7)?.to_owned(),
    })
}

/// A batch and its lines with their states, by creator.
pub async fn find(store: &Store, program: &str, batch_id: &str) -> Result<(Batch, Vec<(BatchLine, LineState)>)> {
    let mut tx = store.snapshot().await?;
    let known: Vec<Batch> = tx.rows(BATCHES, &[program.into()]).await?.iter().map(batch).collect::<Result<_>>()?;
    let Some(batch) = known.iter().find(|batch| batch.batch_id == batch_id) else {
        let newest = known.last().map_or("it has none".to_owned(), |batch| format!("the newest is {}", batch.batch_id));
        bail!("the program {program} has no batch {batch_id}; {newest}");
    };
    let states = line_states(&transfers_of_batch(&mut tx, program, batch_id).await?)?;
    let with_state = |row: &Row| -> Result<(BatchLine, LineState)> {
        let line = line(row)?;
        let state = states.get(&line.creator_id).copied();
        let state =
            state.with_context(|| format!("no transfer set aside the line of {} in batch {batch_id}", line.creator_id))?;
        Ok((line, state))
    };
    let lines = tx.rows(LINES, &key(program, batch_id)).await?.iter().map(with_state).collect::<Result<_>>()?;
    Ok((batch.clone(), lines))
}

pub(super) const LINES: &str =
    "SELECT creator_id, amount FROM batch_lines WHERE program = $1 AND batch_id = $2 ORDER BY creator_id";

pub(super) fn line(row: &Row) -> Result<BatchLine> {
    Ok(BatchLine { creator_id: row.text(0)?.to_owned(), amount: row.int(1)? })
}
