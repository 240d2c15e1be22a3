use anyhow::{Result, bail};

use super::batch::sum;
use super::current::Current;
use super::movement::{LEFT_RESERVE, transfer};
use super::state::BatchState;
use crate::calendar::day_of;
use crate::error::{Conflict, Forbidden};
use crate::ledger::{
    Account, Entry, EntryKind, Moved, PostedEntry, Transfer, checked_name, is_same_person, moves, post, summed_balances,
};
use crate::program::Program;
use crate::store::{Store, Tx};
use crate::vocabulary::{Reason, counted};

/// What a person can decide about a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// A draft may be paid. Not by the person who drafted it.
    Approve,
    /// Its money returns to payable.
    Reject,
}

impl Decision {
    /// The entry that records it.
    fn entry(self) -> EntryKind {
        match self {
            Self::Approve => EntryKind::Approved,
            Self::Reject => EntryKind::Rejected,
        }
    }
}

/// What a decision about a batch, or its settlement, came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The entry that records it.
    pub posted: PostedEntry,
    /// How it changed the balances of creators.
    pub moves: Vec<Moved>,
    /// What was decided about, in minor units: the lines that were approved, rejected or paid.
    pub amount: i64,
    /// How many creators those lines are of.
    pub creators: usize,
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
    decision: Decision,
    batch_id: &str,
    by: &str,
    as_of: i64,
) -> Result<Decided> {
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
    }
    let transfers = transfers(decision, &batch, day_of(program.time_zone, as_of));
    let moves = moves(&mut tx, &program.id, &transfers).await?;
    let entry =
        Entry { kind, subject: batch_id, booked_at: as_of, actor: by, reason: &batch.digest, program_text: "", facts: "" };
    let posted = post(&mut tx, program, &entry, &transfers).await?;
    let approved_by = if decision == Decision::Approve { Some(by) } else { batch.approved_by.as_deref() };
    batch.show(&mut tx, &program.id, state, approved_by).await?;
    tx.commit("the decision about a batch").await?;
    Ok(Decided { posted, moves, amount: sum(&batch.lines)?, creators: batch.lines.len() })
}

async fn check_approval(tx: &mut Tx, program: &str, batch: &Current, by: &str) -> Result<()> {
    if is_same_person(&batch.drafted_by, by) {
        bail!(Forbidden(format!("{by} drafted batch {} and cannot approve it; someone else has to", batch.batch_id)));
    }
    let balances = summed_balances(tx, program).await?;
    let owes = |creator: &&str| balances.get(*creator).is_some_and(|balance| balance.payable < 0);
    let owing: Vec<&str> = batch.lines.iter().map(|line| line.creator_id.as_str()).filter(owes).collect();
    if let Some(first) = owing.first() {
        let others =
            if owing.len() > 1 { format!(" and {}", counted(owing.len() - 1, "other", "others")) } else { String::new() };
        bail!(Conflict(format!(
            "the payable balance of {first}{others} has fallen below zero since batch {} was drafted; \
             reject the batch, and the next payout run drafts a new batch",
            batch.batch_id
        )));
    }
    Ok(())
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

/// What moves: an approval only says so; a rejection returns the reserved money.
fn transfers(decision: Decision, batch: &Current, day: i32) -> Vec<Transfer<&str>> {
    let back = |line| transfer(&batch.batch_id, line, LEFT_RESERVE, Account::Reserved, Account::Payable, day, Reason::Rejected);
    match decision {
        Decision::Approve => Vec::new(),
        Decision::Reject => batch.lines.iter().map(back).collect(),
    }
}
