//! What somebody looks at who approves a batch: whom it pays, how that differs from before, and who is not in it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::batch::{Batch, key};
use super::current::{Current, Withheld};
use super::earlier::{Change, Earlier, changes, earlier};
use super::hold::{Hold, holds_on};
use super::line::LineState;
use super::list::find_in;
use super::state::BatchState;
use crate::calendar::day_of;
use crate::ledger::{Balance, EntryKind, JournalEntry, balances_through, entry_about, last_booked};
use crate::money::Overflow;
use crate::program::Program;
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
    /// Whether they were put on hold since, so that a draft cannot be approved.
    pub is_held: bool,
}

/// Why somebody who is owed something, or owes it, is not in a batch. Amounts are minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Their payable balance is below zero by this.
    Debt(i64),
    /// Their line was taken out of this batch; they may be on hold, too.
    Withheld(Withheld, Vec<Hold>),
    /// They are on hold.
    Held(Vec<Hold>),
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
            Self::Withheld(..) => "withheld",
            Self::Held(_) => "held",
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
    /// The time as of which it says who is not in it (microseconds since 1970): that of the ledger's last entry while the batch is a
    /// draft; then that of the draft itself.
    pub as_of: i64,
    /// Between which entries its lines came about: the draft of the batch before (0 where there was none), and its own.
    pub between: (i64, i64),
    /// Who last took a line out or put one back; nobody where it is as it was drafted.
    pub changed_by: Option<String>,
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

async fn newest_draft(tx: &mut Tx, program: &str, before: &BTreeMap<String, Earlier>) -> Result<i64> {
    match before.values().max_by_key(|last| last.number) {
        Some(newest) => Ok(draft_entry(tx, program, &newest.batch_id).await?.entry),
        None => Ok(0),
    }
}

/// The sheet of a batch. Who is not in it, and why, is as of now while it is a draft; afterwards as it was when it was drafted.
/// `minimum` is the least that it paid (minor units).
///
/// # Errors
///
/// When there is no such batch, or a sum cannot be kept exactly.
pub async fn sheet(tx: &mut Tx, program: &Program, batch_id: &str, minimum: i64) -> Result<Sheet> {
    let id = program.id.as_str();
    let (batch, lines) = find_in(tx, id, batch_id).await?;
    let drafted = draft_entry(tx, id, batch_id).await?;
    let (is_draft, draft) = (batch.state == BatchState::Draft, drafted.entry);
    let seen = if is_draft { i64::MAX } else { draft };
    let as_of = last_booked(tx, id, None, seen).await?.unwrap_or(drafted.booked_at);
    let mut holds = holds_on(tx, id, day_of(program.time_zone, as_of), seen).await?;
    let mut before = earlier(tx, id, batch_id, draft).await?;
    let previous = newest_draft(tx, id, &before).await?;
    let changed = changes(tx, id, previous, draft).await?;
    let mut balances = balances_through(tx, id, seen).await?;
    let mut found = Vec::with_capacity(lines.len());
    for (line, state) in lines {
        let change = changed.get(&line.creator_id).copied().unwrap_or_default();
        let owes = balances.remove(&line.creator_id).map_or(0, |balance| balance.payable.min(0));
        found.push(SheetLine {
            carried: line.amount.checked_sub(change.sum()?).ok_or(Overflow)?,
            change,
            earlier: before.remove(&line.creator_id),
            owes: owes.checked_neg().ok_or(Overflow)?,
            is_held: holds.remove(&line.creator_id).is_some(),
            amount: line.amount,
            creator_id: line.creator_id,
            state,
        });
    }
    found.sort_by(|a, b| (Reverse(a.amount), &a.creator_id).cmp(&(Reverse(b.amount), &b.creator_id)));
    let changed_by = changed_by(tx, id, batch_id).await?;
    let mut absent = match &changed_by {
        Some(_) => withheld(tx, id, batch_id, (&mut balances, &mut holds), is_draft).await?,
        None => Vec::new(),
    };
    for (creator_id, balance) in balances {
        let held = holds.remove(&creator_id).unwrap_or_default();
        if let Some(why) = why_not(balance, held, before.get(&creator_id), minimum)? {
            absent.push(Absent { creator_id, balance, why });
        }
    }
    let size = |absent: &Absent| {
        let Balance { pending, payable, reserved, .. } = absent.balance;
        (i128::from(pending) + i128::from(payable) + i128::from(reserved)).unsigned_abs()
    };
    absent.sort_by(|a, b| (Reverse(size(a)), &a.creator_id).cmp(&(Reverse(size(b)), &b.creator_id)));
    Ok(Sheet { batch, as_of, between: (previous, draft), changed_by, lines: found, absent })
}

/// Who last changed the lines of a batch.
async fn changed_by(tx: &mut Tx, program: &str, batch_id: &str) -> Result<Option<String>> {
    let sql = "SELECT actor FROM entries WHERE program = $1 AND kind IN ('withheld', 'restored') AND subject = $2 \
               ORDER BY entry DESC LIMIT 1";
    let rows = tx.rows(sql, &key(program, batch_id)).await?;
    rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
}

/// Whose lines were taken out of the batch. At the draft their money was reserved by it; what is shown is as it would be without.
async fn withheld(
    tx: &mut Tx,
    program: &str,
    batch_id: &str,
    (balances, holds): (&mut BTreeMap<String, Balance>, &mut BTreeMap<String, Vec<Hold>>),
    is_draft: bool,
) -> Result<Vec<Absent>> {
    let told = Current::told(tx, program, batch_id).await?;
    let mut absent = Vec::new();
    for (creator_id, line) in told.map(|told| told.withheld).unwrap_or_default() {
        let mut balance = balances.remove(&creator_id).unwrap_or_default();
        if !is_draft {
            balance.payable = balance.payable.checked_add(line.amount).ok_or(Overflow)?;
            balance.reserved = balance.reserved.checked_sub(line.amount).ok_or(Overflow)?;
        }
        let held = holds.remove(&creator_id).unwrap_or_default();
        absent.push(Absent { creator_id, balance, why: Why::Withheld(line, held) });
    }
    Ok(absent)
}

/// Why somebody is not in a batch; none where there is nothing to say of them. `before` is what earlier batches pay them.
fn why_not(balance: Balance, held: Vec<Hold>, before: Option<&Earlier>, minimum: i64) -> Result<Option<Why>> {
    let Balance { pending, payable, reserved, .. } = balance;
    Ok(Some(match (payable, pending, reserved) {
        (0, 0, 0) => return Ok(None),
        (..0, ..) => Why::Debt(payable.checked_neg().ok_or(Overflow)?),
        (1.., ..) if !held.is_empty() => Why::Held(held),
        (1.., ..) if payable < minimum => Why::BelowMinimum(minimum - payable),
        (1.., ..) => Why::AfterDraft,
        (0, 0, _) => Why::InOther(before.filter(|last| last.amount == reserved).map(|last| last.batch_id.clone())),
        _ => Why::OnHold,
    }))
}
