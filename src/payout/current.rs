use anyhow::{Result, bail, ensure};

use super::batch::BatchLine;
use super::digest::digest;
use super::list::{LINES, key, line};
use super::state::{BatchState, read_state};
use crate::calendar::format_time;
use crate::error::{Conflict, NotFound};
use crate::ledger::EntryKind;
use crate::store::Tx;

/// A batch as a transaction that writes sees it.
pub(super) struct Current {
    pub batch_id: String,
    pub state: BatchState,
    pub digest: String,
    pub drafted_by: String,
    pub approved_by: Option<String>,
    /// By creator.
    pub lines: Vec<BatchLine>,
}

impl Current {
    /// Reads a batch about which something is decided at `as_of`.
    ///
    /// # Errors
    ///
    /// When there is none, when it was drafted later, or when its lines are not those that were drafted.
    pub async fn read(tx: &mut Tx, program: &str, batch_id: &str, as_of: i64) -> Result<Self> {
        let sql = "SELECT state, digest, created_at, drafted_by, approved_by FROM batches WHERE program = $1 AND batch_id = $2";
        let rows = tx.rows(sql, &key(program, batch_id)).await?;
        let Some(row) = rows.first() else {
            bail!(NotFound(format!("the program {program} has no batch {batch_id}; see `purser batch list`")));
        };
        let created_at = row.int(2)?;
        if as_of < created_at {
            let (time, drafted) = (format_time(as_of), format_time(created_at));
            bail!(Conflict(format!("batch {batch_id} was drafted at {drafted}; it cannot be decided earlier, at {time}")));
        }
        let lines: Vec<BatchLine> = tx.rows(LINES, &key(program, batch_id)).await?.iter().map(line).collect::<Result<_>>()?;
        let current = Self {
            batch_id: batch_id.to_owned(),
            state: read_state(row.text(0)?)?,
            digest: row.text(1)?.to_owned(),
            drafted_by: row.text(3)?.to_owned(),
            approved_by: row.optional_text(4)?.map(str::to_owned),
            lines,
        };
        ensure!(
            digest(batch_id, &current.lines) == current.digest,
            "the lines of batch {batch_id} are not those that were drafted; nothing was changed"
        );
        Ok(current)
    }

    /// Its state after an entry, if it may have such an entry now.
    pub fn after(&self, entry: EntryKind) -> Result<BatchState> {
        if let Some(state) = self.state.after(entry) {
            return Ok(state);
        }
        let wanted: Vec<BatchState> = BatchState::ALL.iter().copied().filter(|state| state.after(entry).is_some()).collect();
        self.must_be(&wanted, entry.code()).map(|()| self.state)
    }

    /// Refuses a batch that is in none of these states.
    pub fn must_be(&self, states: &[BatchState], verb: &str) -> Result<()> {
        if states.contains(&self.state) {
            return Ok(());
        }
        let wanted: Vec<&str> = states.iter().map(|state| state.words()).collect();
        let state = self.state.words();
        bail!(Conflict(format!("batch {} is {state}; only a batch that is {} can be {verb}", self.batch_id, wanted.join(" or "))))
    }

    /// Shows the batch in another state.
    pub async fn show(&self, tx: &mut Tx, program: &str, state: BatchState, approved_by: Option<&str>) -> Result<()> {
        let sql = "UPDATE batches SET state = $3, approved_by = $4 WHERE program = $1 AND batch_id = $2";
        let batch_id = self.batch_id.as_str();
        tx.execute(sql, &[program.into(), batch_id.into(), state.code().into(), approved_by.into()]).await.map(|_| ())
    }
}
