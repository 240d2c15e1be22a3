//! The books as people read them: months, entries, and how a month of statements comes from the journal.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::environment::Environment;
use super::sheet::ApprovalSheet;
use crate::calendar::Month;
use crate::error::NotFound;
use crate::ledger::{
    Account, DayOf, Head, JournalEntry, MonthSums, Posted, check_currency_shown, entries_of_batch, head, journal_entries,
    journal_entry, month_sums, owed_changes, payable_between, transfers_of_entry,
};
use crate::money::Overflow;
use crate::program::Program;
use crate::statement::{ClosedMonth, closed_months};

/// What moved on each account in a month.
pub type AccountMonths = BTreeMap<Month, BTreeMap<Account, MonthSums>>;

/// What moved on each account of a program, by month.
///
/// # Errors
///
/// When the database cannot be read, or holds the program in another currency.
pub async fn account_months(at: &Environment, program: &Program, by: DayOf) -> Result<AccountMonths> {
    check_currency_shown(&at.store, program).await?;
    month_sums(&mut at.store.snapshot().await?, &program.id, program.time_zone, by).await
}

/// Every entry of a program's journal, newest first, and the chain's head.
///
/// # Errors
///
/// When the database cannot be read, or holds the program in another currency.
pub async fn list_entries(at: &Environment, program: &Program) -> Result<(Head, Vec<JournalEntry>)> {
    check_currency_shown(&at.store, program).await?;
    let mut tx = at.store.snapshot().await?;
    let mut entries = journal_entries(&mut tx, &program.id).await?;
    entries.reverse();
    Ok((head(&mut tx, &program.id).await?, entries))
}

/// An entry, and so many of its transfers from a position on.
///
/// # Errors
///
/// When there is no such entry.
pub async fn find_entry(
    at: &Environment,
    program: &Program,
    number: i64,
    from: i64,
    count: i64,
) -> Result<(JournalEntry, Vec<Posted>)> {
    check_currency_shown(&at.store, program).await?;
    let mut tx = at.store.snapshot().await?;
    let entry = journal_entry(&mut tx, &program.id, number).await?;
    let entry = entry.with_context(|| NotFound(format!("the journal of {} has no entry {number}", program.id)))?;
    Ok((entry, transfers_of_entry(&mut tx, &program.id, number, from, count).await?))
}

/// Every entry about a batch, oldest first: who did what, when, and about which content.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn batch_entries(at: &Environment, program: &Program, batch_id: &str) -> Result<Vec<JournalEntry>> {
    entries_of_batch(&mut at.store.snapshot().await?, &program.id, batch_id).await
}

/// What made up a line of a batch: every transfer that moved the creator's payable balance since the batch before was drafted,
/// oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn line_transfers(at: &Environment, program: &Program, sheet: &ApprovalSheet, creator_id: &str) -> Result<Vec<Posted>> {
    let (before, draft) = sheet.between;
    payable_between(&mut at.store.snapshot().await?, &program.id, creator_id, before, draft).await
}

/// How a closed month of statements comes from the books, in minor units of what creators are owed: what was booked in the month,
/// less and plus what makes the difference, is what its statements changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bridge {
    /// The month, as its statements have it.
    pub closed: ClosedMonth,
    /// What was booked on the month's days.
    pub booked: i64,
    /// Of that, what an earlier month's statements had: they were built after the month began.
    pub stated_before: i64,
    /// Of that, what came after the statements were built, or belongs to a later month.
    pub stated_later: i64,
    /// What belongs to the month and was booked after it ended, before its statements were built.
    pub booked_after: i64,
    /// What belongs to it or an earlier month, was booked before it began, and is on no earlier statement.
    pub booked_before: i64,
    /// Of what its statements have, corrections of earlier months.
    pub corrections: i64,
    /// What its statements have together, as the journal says.
    pub stated: i64,
}

impl Bridge {
    /// Whether the statements as they were built come to what the journal says.
    pub fn agrees(&self) -> bool {
        self.closed.opening.checked_add(self.stated) == Some(self.closed.closing)
    }
}

/// How each closed month of statements comes from the books, newest first.
///
/// # Errors
///
/// When the database cannot be read, or a sum cannot be kept exactly.
pub async fn bridges(at: &Environment, program: &Program) -> Result<Vec<Bridge>> {
    check_currency_shown(&at.store, program).await?;
    let mut tx = at.store.snapshot().await?;
    let closed = closed_months(&mut tx, &program.id).await?;
    let none = |closed: &ClosedMonth| Bridge {
        closed: *closed,
        booked: 0,
        stated_before: 0,
        stated_later: 0,
        booked_after: 0,
        booked_before: 0,
        corrections: 0,
        stated: 0,
    };
    let mut bridges: Vec<Bridge> = closed.iter().map(none).collect();
    for change in owed_changes(&mut tx, &program.id).await? {
        let on = closed.iter().find(|month| month.through_entry >= change.entry && month.last_day >= change.effective_day);
        let booked = Month::of_time(program.time_zone, change.booked_at);
        for bridge in &mut bridges {
            let month = bridge.closed.month;
            let is_on = on.is_some_and(|on| on.month == month);
            let mut sides: Vec<&mut i64> = Vec::new();
            if booked == month {
                sides.push(&mut bridge.booked);
                match on {
                    Some(on) if on.month < month => sides.push(&mut bridge.stated_before),
                    Some(_) if is_on => {}
                    _ => sides.push(&mut bridge.stated_later),
                }
            } else if is_on && booked > month {
                sides.push(&mut bridge.booked_after);
            } else if is_on {
                sides.push(&mut bridge.booked_before);
            }
            if is_on {
                sides.push(&mut bridge.stated);
                if change.effective_day < month.first_day() {
                    sides.push(&mut bridge.corrections);
                }
            }
            for side in sides {
                *side = side.checked_add(change.amount).ok_or(Overflow)?;
            }
        }
    }
    bridges.reverse();
    Ok(bridges)
}
