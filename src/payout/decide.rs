use anyhow::{Result, bail};

use super::batch::BatchLine;
use super::current::Current;
use super::list::key;
use super::movement::{LEFT_RESERVE, REACHED_CASH, transfer};
use super::state::BatchState;
use crate::calendar::day_of;
use crate::error::{Conflict, Forbidden, NotFound};
use crate::ledger::{Account, Entry, EntryKind, PostedEntry, Transfer, checked_name, is_same_person, post};
use crate::program::Program;
use crate::store::{Store, Tx};
use crate::vocabulary::{Reason, counted};

/// What a person can decide about a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision<'a> {
    /// A draft may be paid. Not by the person who drafted it.
    Approve,
    /// Its money returns to payable.
    Reject,
    /// Its lines were paid, but for those of the creators named here, whose money returns to payable.
    Settle {
        /// Whose payment failed.
        failed: &'a [String],
    },
}

impl Decision<'_> {
    /// The entry that records it.
    fn entry(self) -> EntryKind {
        match self {
            Self::Approve => EntryKind::Approved,
            Self::Reject => EntryKind::Rejected,
            Self::Settle { .. } => EntryKind::Settled,
        }
    }
}

/// Carries out a decision about a batch, whole or not at all.
///
/// # Errors
///
/// When the batch is not in a state for it, when its drafter approves it, or when one of its creators has come to owe
/// money since; nothing is changed then.
pub async fn decide(
    store: &Store,
    program: &Program,
    decision: Decision<'_>,
    batch_id: &str,
    by: &str,
    as_of: i64,
) -> Result<PostedEntry> {
    let by = checked_name(by)?;
    let mut tx = store.begin(&program.id).await?;
    let batch = Current::read(&mut tx, &program.id, batch_id, as_of).await?;
    let kind = decision.entry();
    if decision == Decision::Reject {
        check_rejection(&batch)?;
    }
    let state = batch.after(kind)?;
    match decision {
        Decision::Approve => check_approval(&mut tx, &program.id, &batch, by).await?,
        Decision::Reject => {}
        Decision::Settle { failed } => check_failed(&batch, failed)?,
    }
    let transfers = transfers(decision, &batch, day_of(program.time_zone, as_of));
    let entry =
        Entry { kind, subject: batch_id, booked_at: as_of, actor: by, reason: &batch.digest, program_text: "", facts: "" };
    let posted = post(&mut tx, program, &entry, &transfers).await?;
    let approved_by = if decision == Decision::Approve { Some(by) } else { batch.approved_by.as_deref() };
    batch.show(&mut tx, &program.id, state, approved_by).await?;
    tx.commit("the decision about a batch").await?;
    Ok(posted)
}

async fn check_approval(tx: &mut Tx, program: &str, batch: &Current, by: &str) -> Result<()> {
    if is_same_person(&batch.drafted_by, by) {
        bail!(Forbidden(format!("{by} drafted batch {} and cannot approve it; somebody else has to", batch.batch_id)));
    }
    let sql = "SELECT l.creator_id FROM batch_lines l JOIN balances b ON b.program = l.program AND b.creator_id = l.creator_id \
               WHERE l.program = $1 AND l.batch_id = $2 AND b.payable < 0 ORDER BY l.creator_id";
    let rows = tx.rows(sql, &key(program, &batch.batch_id)).await?;
    let owing: Vec<&str> = rows.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
    if let Some(first) = owing.first() {
        let others =
            if owing.len() > 1 { format!(" and {}", counted(owing.len() - 1, "other", "others")) } else { String::new() };
        bail!(Conflict(format!(
            "the payable balance of {first}{others} has fallen below zero since batch {} was drafted; \
             reject the batch, and the next payout run drafts anew",
            batch.batch_id
        )));
    }
    Ok(())
}

fn check_rejection(batch: &Current) -> Result<()> {
    if batch.state == BatchState::Exported {
        let id = &batch.batch_id;
        bail!(Conflict(format!(
            "batch {id} is exported, so somebody may be paying it; propose to void it: `purser batch void {id}`"
        )));
    }
    Ok(())
}

fn check_failed(batch: &Current, failed: &[String]) -> Result<()> {
    match failed.iter().find(|creator| batch.lines.iter().all(|line| line.creator_id != **creator)) {
        Some(creator) => {
            let id = &batch.batch_id;
            bail!(NotFound(format!("batch {id} has no line for {creator}; nothing was changed. See `purser batch show {id}`")))
        }
        None => Ok(()),
    }
}

/// What moves: an approval only says so; a rejection returns the reserved money; a settlement pays it out by way of
/// the batch's clearing account.
fn transfers<'a>(decision: Decision<'_>, batch: &'a Current, day: i32) -> Vec<Transfer<&'a str>> {
    let back = |line: &'a BatchLine, reason: Reason| {
        vec![transfer(&batch.batch_id, line, LEFT_RESERVE, Account::Reserved, Account::Payable, day, reason)]
    };
    let each = |line: &'a BatchLine| match decision {
        Decision::Approve => Vec::new(),
        Decision::Reject => back(line, Reason::Rejected),
        Decision::Settle { failed } if failed.contains(&line.creator_id) => back(line, Reason::Failed),
        Decision::Settle { .. } => vec![
            transfer(&batch.batch_id, line, LEFT_RESERVE, Account::Reserved, Account::Clearing, day, Reason::Settled),
            transfer(&batch.batch_id, line, REACHED_CASH, Account::Clearing, Account::Cash, day, Reason::Settled),
        ],
    };
    batch.lines.iter().flat_map(each).collect()
}
