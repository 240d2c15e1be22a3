use anyhow::{Context, Result, bail};

use super::batch::BatchLine;
use super::current::Current;
use super::line::{LineState, line_states};
use super::movement::{LEFT_CASH, REACHED_PAYABLE, transfer};
use crate::calendar::{day_of, format_time};
use crate::error::{Conflict, NotFound};
use crate::ledger::{
    Account, Entry, EntryKind, PostedEntry, checked_name, checked_reason, entry_about, post, transfers_of_batch,
};
use crate::program::Program;
use crate::store::{Store, Tx};
use crate::vocabulary::Reason;

/// A payment that came back after its batch was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReturnedPayment<'a> {
    /// The batch that paid it.
    pub batch_id: &'a str,
    /// To whom.
    pub creator_id: &'a str,
    /// Why it came back.
    pub reason: &'a str,
}

/// Takes a payment back into the books: from cash by way of the batch's clearing account to payable. Answers the amount
/// too, in minor units.
///
/// # Errors
///
/// When the batch has no such line, the line was not paid, or the payment came back before; nothing is changed then.
pub async fn take_back(
    store: &Store,
    program: &Program,
    payment: ReturnedPayment<'_>,
    by: &str,
    as_of: i64,
) -> Result<(PostedEntry, i64)> {
    let ReturnedPayment { batch_id, creator_id, reason } = payment;
    let (by, reason) = (checked_name(by)?, checked_reason(reason)?);
    let mut tx = store.begin(&program.id).await?;
    let batch = Current::read(&mut tx, &program.id, batch_id, as_of).await?;
    let line = paid_line(&mut tx, &program.id, &batch, creator_id).await?;
    check_time(&mut tx, &program.id, batch_id, as_of).await?;
    let day = day_of(program.time_zone, as_of);
    let transfers = [
        transfer(batch_id, line, LEFT_CASH, Account::Cash, Account::Clearing, day, Reason::Returned),
        transfer(batch_id, line, REACHED_PAYABLE, Account::Clearing, Account::Payable, day, Reason::Returned),
    ];
    let entry = Entry {
        kind: EntryKind::Returned,
        subject: batch_id,
        booked_at: as_of,
        actor: by,
        reason,
        program_text: "",
        facts: &batch.digest,
    };
    let posted = post(&mut tx, program, &entry, &transfers).await?;
    tx.commit("the return of a payment").await?;
    Ok((posted, line.amount))
}

/// The line of a creator who was paid, and whose payment has not come back.
async fn paid_line<'a>(tx: &mut Tx, program: &str, batch: &'a Current, creator_id: &str) -> Result<&'a BatchLine> {
    let id = &batch.batch_id;
    let states = line_states(&transfers_of_batch(tx, program, id).await?)?;
    match states.get(creator_id) {
        None => {
            bail!(NotFound(format!("batch {id} has no line for {creator_id}; nothing was changed. See `purser batch show {id}`")))
        }
        Some(LineState::Paid) => {}
        Some(LineState::Returned) => {
            bail!(Conflict(format!("the payment of batch {id} to {creator_id} came back before; nothing was changed")))
        }
        Some(other) => {
            let state = other.code();
            bail!(Conflict(format!(
                "the line of {creator_id} in batch {id} is {state}; only a payment that was made can come back"
            )))
        }
    }
    let line = batch.lines.iter().find(|line| line.creator_id == creator_id);
    line.with_context(|| format!("batch {id} has paid {creator_id} without a line; verify the ledger"))
}

async fn check_time(tx: &mut Tx, program: &str, batch_id: &str, as_of: i64) -> Result<()> {
    let settled = entry_about(tx, program, EntryKind::Settled, batch_id).await?.map_or(i64::MIN, |entry| entry.booked_at);
    if as_of < settled {
        let (time, settled) = (format_time(as_of), format_time(settled));
        bail!(Conflict(format!(
            "batch {batch_id} was settled at {settled}; no payment of it can have come back earlier, at {time}"
        )));
    }
    Ok(())
}
