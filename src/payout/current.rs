use anyhow::{Context, Result, bail};

use super::batch::BatchLine;
use super::digest::digest;
use super::list::{LINES, key, line};
use super::state::{BatchState, read_state};
use crate::error::{Conflict, NotFound};
use crate::ledger::{EntryKind, JournalEntry, Posted, entries_of_batch, refuse_before_last, transfers_of_batch};
use crate::store::Tx;

/// A batch as a transaction that writes sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Reads a batch about which something is decided at `as_of`, from its entries and transfers.
    ///
    /// # Errors
    ///
    /// When there is none, when it has a later entry, or when the tables show it otherwise than it is: somebody may have
    /// decided by what they show.
    pub async fn read(tx: &mut Tx, program: &str, batch_id: &str, as_of: i64) -> Result<Self> {
        let (told, shown) = (Self::told(tx, program, batch_id).await?, Self::shown(tx, program, batch_id).await?);
        let what = match (&told, &shown) {
            (None, None) => bail!(NotFound(format!("the program {program} has no batch {batch_id}; see `purser batch list`"))),
            (None, Some(_)) => format!("batch {batch_id} is shown, but no entry drafted it"),
            (Some(_), None) => format!("batch {batch_id} was drafted, but is not shown"),
            (Some(told), Some(shown)) if told.lines != shown.lines || told.digest != shown.digest => {
                format!("the lines of batch {batch_id} are not those that were drafted")
            }
            (Some(told), Some(shown)) if told != shown => {
                let (told, shown) = (told.state.words(), shown.state.words());
                format!("batch {batch_id} is shown otherwise than its entries say: as {shown}, by them it is {told}")
            }
            (Some(_), Some(_)) => {
                refuse_before_last(tx, program, batch_id, as_of).await?;
                return told.context("a batch that was drafted");
            }
        };
        bail!("{what}; nothing was changed. Something other than purser changed the database: run `purser check`")
    }

    /// What its entries and transfers say; none where no entry drafted it.
    async fn told(tx: &mut Tx, program: &str, batch_id: &str) -> Result<Option<Self>> {
        let mut entries = entries_of_batch(tx, program, batch_id).await?.into_iter();
        let Some(first) = entries.next().filter(|first| first.kind == EntryKind::Drafted) else { return Ok(None) };
        let is_draft = |posted: &&Posted| posted.entry == first.entry;
        let line =
            |posted: &Posted| BatchLine { creator_id: posted.transfer.about.creator_id.clone(), amount: posted.transfer.amount };
        let transfers = transfers_of_batch(tx, program, batch_id).await?;
        let lines: Vec<BatchLine> = transfers.iter().filter(is_draft).map(line).collect();
        let mut told = Self {
            batch_id: batch_id.to_owned(),
            state: BatchState::Draft,
            digest: digest(batch_id, &lines),
            drafted_by: first.actor,
            approved_by: None,
            lines,
        };
        for JournalEntry { entry, kind, actor, .. } in entries {
            told.state = told.state.after(kind).with_context(|| {
                let (kind, state) = (kind.code(), told.state.words());
                format!("entry {entry}: batch {batch_id} was {kind} when it was {state}; run `purser check`")
            })?;
            if kind == EntryKind::Approved {
                told.approved_by = Some(actor);
            }
        }
        Ok(Some(told))
    }

    /// What the tables show.
    async fn shown(tx: &mut Tx, program: &str, batch_id: &str) -> Result<Option<Self>> {
        let sql = "SELECT state, digest, drafted_by, approved_by FROM batches WHERE program = $1 AND batch_id = $2";
        let rows = tx.rows(sql, &key(program, batch_id)).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(Self {
            batch_id: batch_id.to_owned(),
            state: read_state(row.text(0)?)?,
            digest: row.text(1)?.to_owned(),
            drafted_by: row.text(2)?.to_owned(),
            approved_by: row.optional_text(3)?.map(str::to_owned),
            lines: tx.rows(LINES, &key(program, batch_id)).await?.iter().map(line).collect::<Result<_>>()?,
        }))
    }

    /// Its state after an entry, if it may have such an entry now.
    pub fn after(&self, entry: EntryKind) -> Result<BatchState> {
        if let Some(state) = self.state.after(entry) {
            return Ok(state);
        }
        let wanted: Vec<BatchState> =
            BatchState::ALL.iter().copied().filter(|state| state.after(entry).is_some_and(|after| after != *state)).collect();
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
