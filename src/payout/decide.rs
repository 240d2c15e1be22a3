use anyhow::{Result, bail};

use super::approve::{Grounds, approve};
use super::batch::sum;
use super::current::Current;
use super::decided::Decided;
use super::movement::LEFT_RESERVE;
use super::state::BatchState;
use crate::calendar::day_of;
use crate::error::Conflict;
use crate::ledger::{Account, Entry, EntryKind, Transfer, checked_name, moves, post};
use crate::program::Program;
use crate::store::{Store, Tx};
use crate::vocabulary::Reason;

/// What a person can decide about a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// A draft may be paid. Not by the person who drafted it, or changed it last.
    Approve,
    /// Its money returns to payable.
    Reject,
}

/// Carries out a decision about a batch, whole or not at all.
///
/// # Errors
///
/// When the batch is not in a state for it; when its drafter, its last changer or somebody who signed before approves it; when one of
/// its creators has come to owe money or is on hold; when it is not what the approver was shown. Nothing is changed then.
pub async fn decide(
    store: &Store,
    program: &Program,
    decision: Decision,
    batch_id: &str,
    (by, as_of): (&str, i64),
    grounds: Grounds<'_>,
) -> Result<Decided> {
    let by = checked_name(by)?;
    let mut tx = store.begin(&program.id).await?;
    let batch = Current::read(&mut tx, &program.id, batch_id, as_of).await?;
    match decision {
        Decision::Approve => approve(tx, program, &batch, (by, as_of), grounds).await,
        Decision::Reject => reject(tx, program, &batch, by, as_of).await,
    }
}

/// Returns the reserved money to payable.
async fn reject(mut tx: Tx, program: &Program, batch: &Current, by: &str, as_of: i64) -> Result<Decided> {
    check_rejection(batch)?;
    let (batch_id, kind) = (batch.batch_id.as_str(), EntryKind::Rejected);
    let state = batch.after(kind)?;
    let day = day_of(program.time_zone, as_of);
    let back = |line| batch.transfer(line, LEFT_RESERVE, Account::Reserved, Account::Payable, day, Reason::Rejected);
    let transfers: Vec<Transfer<&str>> = batch.lines.iter().map(back).collect();
    let moves = moves(&mut tx, &program.id, &transfers).await?;
    let entry =
        Entry { kind, subject: batch_id, booked_at: as_of, actor: by, reason: &batch.digest, program_text: "", facts: "" };
    let posted = post(&mut tx, program, &entry, &transfers).await?;
    batch.show(&mut tx, &program.id, state, batch.approved_by.as_deref()).await?;
    tx.commit("the decision about a batch").await?;
    Ok(Decided { posted, moves, amount: sum(&batch.lines)?, creators: batch.lines.len(), missing: None })
}

fn check_rejection(batch: &Current) -> Result<()> {
    if batch.state == BatchState::Exported {
        let id = &batch.batch_id;
        bail!(Conflict(format!(
            "batch {id} has been exported and payment may already be under way; if it was not paid, propose voiding it: \
             `purser batch void {id} --by NAME --reason REASON`"
        )));
    }
    Ok(())
}
