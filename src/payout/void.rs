use anyhow::{Result, bail};

use super::batch::BatchLine;
use super::current::Current;
use super::movement::{LEFT_RESERVE, transfer};
use super::state::BatchState;
use crate::error::Conflict;
use crate::ledger::{Account, Transfer};
use crate::store::Tx;
use crate::vocabulary::Reason;

/// An exported batch whose payments were not made and shall not be.
pub struct Voidable(Current);

impl Voidable {
    /// Finds the batch, at `as_of` (microseconds since 1970).
    ///
    /// # Errors
    ///
    /// When it was not exported, or is done with.
    pub async fn find(tx: &mut Tx, program: &str, batch_id: &str, as_of: i64) -> Result<Self> {
        let batch = Current::read(tx, program, batch_id, as_of).await?;
        if matches!(batch.state, BatchState::Draft | BatchState::Approved) {
            let state = batch.state.words();
            bail!(Conflict(format!(
                "batch {batch_id} is {state} and was not exported; reject it: `purser batch reject {batch_id} --by NAME`"
            )));
        }
        batch.must_be(&[BatchState::Exported], "voided")?;
        Ok(Self(batch))
    }

    /// What it would have paid, by creator.
    pub fn lines(&self) -> &[BatchLine] {
        &self.0.lines
    }

    /// The transfers that return its money to payable, on a local day (days since 1970).
    pub fn transfers(&self, day: i32) -> Vec<Transfer<&str>> {
        let back =
            |line| transfer(&self.0.batch_id, line, LEFT_RESERVE, Account::Reserved, Account::Payable, day, Reason::Voided);
        self.0.lines.iter().map(back).collect()
    }

    /// Shows it as rejected, once its transfers are posted.
    pub async fn reject(&self, tx: &mut Tx, program: &str) -> Result<()> {
        self.0.show(tx, program, BatchState::Rejected, self.0.approved_by.as_deref()).await
    }
}
