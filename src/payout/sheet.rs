//! What somebody looks at who approves a batch: whom it pays, how that differs from before, and who is not in it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::batch::Batch;
use super::earlier::{Change, Earlier, changes, earlier};
use super::line::LineState;
use super::list::find_in;
use super::state::BatchState;
use crate::ledger::{Balance, EntryKind, JournalEntry, balances_through, entry_about};
use crate::money::Overflow;
use crate::store::Tx;

/// A line of a batch, and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetLine {
    /// The creator.
    pub creator_id: String,
    /// What they are paid, in minor units.
    pub amount: i64,
    /// Where that money is.
    pub state: LineState,
    /// What was payable already when the batch before was drafted; below zero where that was a debt.
    pub carried: i64,
    /// What changed since. With what was carried over it comes to the amount.
    pub change: Change,
    /// What earlier batches paid them; none where this is the first.
    pub earlier: Option<Earlier>,
    /// What they owe though this line pays them, in minor units; zero but in a draft that cannot be approved.
    pub owes: i64,
}

/// Why somebody who is owed something, or owes it, is not in a batch. Amounts are minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Their payable balance is below zero by this.
    Debt(i64),
    /// Their payable balance is this much below the minimum.
    BelowMinimum(i64),
    /// What is payable came after the draft; the next batch has it.
    AfterDraft,
    /// All that they have is on hold.
    OnHold,
    /// All that they have is in an earlier batch: its id, where there is only one.
    InOther(Option<String>),
}

impl Why {
    /// The one spelling, in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Debt(_) => "debt",
            Self::BelowMinimum(_) => "below_minimum",
            Self::AfterDraft => "after_the_draft",
            Self::OnHold => "on_hold",
            Self::InOther(_) => "in_another_batch",
        }
    }
}

/// Somebody who is not in a batch though there is something between them and the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    /// The creator.
    pub creator_id: String,
    /// What they have.
    pub balance: Balance,
    /// Why they are not in it.
    pub why: Why,
}

/// A batch as it is approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The batch.
    pub batch: Batch,
    /// Whom it pays: the largest amount first, then by id.
    pub lines: Vec<SheetLine>,
    /// Who is not in it: the largest amount first, owed or due, then by id.
    pub absent: Vec<Absent>,
}

/// The entry that drafted a batch.
///
/// # Errors
///
/// When there is none.
pub async fn draft_entry(tx: &mut Tx, program: &str, batch_id: &str) -> Result<JournalEntry> {
    let entry = entry_about(tx, program, EntryKind::Drafted, batch_id).await?;
    entry.with_context(|| format!("batch {batch_id} is shown, but no entry drafted it; run `purser check`"))
}

/// The sheet of a batch. Who is not in it, and why, is as of now while it is a draft; afterwards as it was when it was drafted.
/// `minimum` is the least that it paid (minor units).
///
/// # Errors
///
/// When there is no such batch, or a sum cannot be kept exactly.
pub async fn sheet(tx: &mut Tx, program: &str, batch_id: &str, minimum: i64) -> Result<Sheet> {
    let (batch, lines) = find_in(tx, program, batch_id).await?;
    let draft = draft_entry(tx, program, batch_id).await?.entry;
    let seen = if batch.state == BatchState::Draft { i64::MAX } else { draft };
    let mut before = earlier(tx, program, batch_id, draft).await?;
    let previous = newest_draft(tx, program, &before).await?;
    let changed = changes(tx, program, previous, draft).await?;
    let mut balances = balances_through(tx, program, seen).await?;
    let mut found = Vec::with_capacity(lines.len());
    for (line, state) in lines {
        let change = changed.get(&line.creator_id).copied().unwrap_or_default();
        let owes = balances.remove(&line.creator_id).map_or(0, |balance| balance.payable.min(0));
        found.push(SheetLine {
            carried: line.amount.checked_sub(change.sum()?).ok_or(Overflow)?,
            change,
            earlier: before.remove(&line.creator_id),
            owes: owes.checked_neg().ok_or(Overflow)?,
            amount: line.amount,
            creator_id: line.creator_id,
            state,
        });
    }
    found.sort_by(|a, b| (Reverse(a.amount), &a.creator_id).cmp(&(Reverse(b.amount), &b.creator_id)));
    Ok(Sheet { batch, lines: found, absent: absent(balances, &before, minimum)? })
}

/// The entry that drafted the batch before one whose own draft is an entry; 0 where there was none.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn draft_before(tx: &mut Tx, program: &str, batch_id: &str, draft: i64) -> Result<i64> {
    let before = earlier(tx, program, batch_id, draft).await?;
    newest_draft(tx, program, &before).await
}

async fn newest_draft(tx: &mut Tx, program: &str, before: &BTreeMap<String, Earlier>) -> Result<i64> {
    match before.values().max_by_key(|last| last.number) {
        Some(newest) => Ok(draft_entry(tx, program, &newest.batch_id).await?.entry),
        None => Ok(0),
    }
}

/// Of everybody who is not in a batch those who have something; `before` is what earlier batches pay them.
fn absent(balances: BTreeMap<String, Balance>, before: &BTreeMap<String, Earlier>, minimum: i64) -> Result<Vec<Absent>> {
    let mut absent = Vec::new();
    for (creator_id, balance) in balances {
        let Balance { pending, payable, reserved, .. } = balance;
        let why = match (payable, pending, reserved) {
            (0, 0, 0) => continue,
            (..0, ..) => Why::Debt(payable.checked_neg().ok_or(Overflow)?),
            (1.., ..) if payable < minimum => Why::BelowMinimum(minimum - payable),
            (1.., ..) => Why::AfterDraft,
            (0, 0, _) => {
                let only = before.get(&creator_id).filter(|last| last.amount == reserved);
                Why::InOther(only.map(|last| last.batch_id.clone()))
            }
            _ => Why::OnHold,
        };
        absent.push(Absent { creator_id, balance, why });
    }
    let size = |absent: &Absent| {
        let Balance { pending, payable, reserved, .. } = absent.balance;
        (i128::from(pending) + i128::from(payable) + i128::from(reserved)).unsigned_abs()
    };
    absent.sort_by(|a, b| (Reverse(size(a)), &a.creator_id).cmp(&(Reverse(size(b)), &b.creator_id)));
    Ok(absent)
}
