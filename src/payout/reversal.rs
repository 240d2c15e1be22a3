use anyhow::{Context, Result, bail};

use super::batch::BatchLine;
use super::current::Current;
use super::line::{LineState, line_states};
use super::movement::{LEFT_CASH, LEFT_RESERVE, REACHED_PAYABLE};
use super::state::BatchState;
use crate::calendar::day_of;
use crate::error::{Conflict, NotFound};
use crate::ledger::{Account, EntryKind, Transfer, transfers_of_batch};
use crate::program::Program;
use crate::store::Tx;
use crate::vocabulary::Reason;

/// Why money that a batch set aside, or paid, is payable again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The batch was exported, but nobody was paid or shall be.
    Voided,
    /// A payment failed: the line stayed reserved when the others were settled.
    Failed,
    /// A payment was made and came back.
    Returned,
}

/// What makes lines of a batch payable again, once two people agree.
pub struct Reversal {
    batch: Current,
    cause: Cause,
    /// By creator.
    lines: Vec<BatchLine>,
}

impl Reversal {
    /// Finds the lines, at `as_of` (microseconds since 1970): of a void all, else those of the creators named.
    ///
    /// # Errors
    ///
    /// When the batch, or a line, does not stand as the cause needs it.
    pub async fn find(tx: &mut Tx, program: &str, cause: Cause, batch_id: &str, creators: &[&str], as_of: i64) -> Result<Self> {
        let batch = Current::read(tx, program, batch_id, as_of).await?;
        let lines = match cause {
            Cause::Voided => {
                check_void(&batch)?;
                batch.lines.clone()
            }
            Cause::Failed | Cause::Returned => {
                let mut lines = Vec::with_capacity(creators.len());
                let states = line_states(batch.state, &transfers_of_batch(tx, program, batch_id).await?)?;
                for creator in creators {
                    check_line(cause, batch_id, creator, states.get(*creator).copied())?;
                    let line = batch.lines.iter().find(|line| line.creator_id == *creator).cloned();
                    lines.push(line.with_context(|| format!("batch {batch_id} has no line for {creator}; verify the ledger"))?);
                }
                lines
            }
        };
        Ok(Self { batch, cause, lines })
    }

    /// What becomes payable again, by creator.
    pub fn lines(&self) -> &[BatchLine] {
        &self.lines
    }

    /// The transfers that return the money to payable, from the reserve or from cash by way of the batch's clearing account.
    pub fn transfers(&self, program: &Program, as_of: i64) -> Vec<Transfer<&str>> {
        let day = day_of(program.time_zone, as_of);
        let released = |line, reason| self.batch.transfer(line, LEFT_RESERVE, Account::Reserved, Account::Payable, day, reason);
        let each = |line| match self.cause {
            Cause::Voided => vec![released(line, Reason::Voided)],
            Cause::Failed => vec![released(line, Reason::Failed)],
            Cause::Returned => vec![
                self.batch.transfer(line, LEFT_CASH, Account::Cash, Account::Clearing, day, Reason::Returned),
                self.batch.transfer(line, REACHED_PAYABLE, Account::Clearing, Account::Payable, day, Reason::Returned),
            ],
        };
        self.lines.iter().flat_map(each).collect()
    }

    /// Shows the batch as it stands once the transfers are posted.
    pub async fn show(&self, tx: &mut Tx, program: &str) -> Result<()> {
        let state = self.batch.after(EntryKind::Accepted)?;
        self.batch.show(tx, program, state, self.batch.approved_by.as_deref()).await
    }
}

fn check_void(batch: &Current) -> Result<()> {
    let batch_id = &batch.batch_id;
    if matches!(batch.state, BatchState::Draft | BatchState::Approved) {
        let state = batch.state.words();
        bail!(Conflict(format!(
            "batch {batch_id} is {state} and was not exported; reject it: `purser batch reject {batch_id} --by NAME`"
        )));
    }
    batch.must_be(&[BatchState::Exported], "voided")
}

/// Refuses a line that is not where the money would be taken from.
fn check_line(cause: Cause, batch_id: &str, creator_id: &str, state: Option<LineState>) -> Result<()> {
    match (cause, state) {
        (Cause::Failed, Some(LineState::InQuestion)) | (Cause::Returned, Some(LineState::Paid)) => Ok(()),
        (_, None) => bail!(NotFound(format!(
            "batch {batch_id} has no line for {creator_id}; nothing was changed. See `purser batch show {batch_id}`"
        ))),
        (Cause::Returned, Some(LineState::Returned)) => {
            bail!(Conflict(format!("the payment of batch {batch_id} to {creator_id} was already returned; nothing was changed")))
        }
        (Cause::Returned, Some(other)) => {
            let state = other.words();
            bail!(Conflict(format!(
                "the line of {creator_id} in batch {batch_id} is {state}; only a payment that was made can be returned"
            )))
        }
        (_, Some(other)) => {
            let state = other.words();
            bail!(Conflict(format!("the line of {creator_id} in batch {batch_id} is {state}, no longer unresolved")))
        }
    }
}
