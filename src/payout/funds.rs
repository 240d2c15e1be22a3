//! What there is to pay from: a balance that somebody entered, or that a bank's statement says.

use anyhow::{Context, Result};

use crate::calendar::{format_day, parse_day};
use crate::ledger::{Entry, EntryKind, checked_actor, entries_of_kind, post};
use crate::money::{format_minor, parse_minor};
use crate::program::Program;
use crate::store::{Store, Tx};

/// Funds as they were on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundsAvailable {
    /// In minor units of the program's currency; below zero where the account is overdrawn.
    pub amount: i64,
    /// On which local day (days since 1970).
    pub day: i32,
    /// Who said so.
    pub by: String,
    /// Whether a bank's statement says it.
    pub from_bank: bool,
    /// The entry that keeps it.
    pub entry: i64,
}

/// What stands as the source of what a bank's statement says.
const BANK: &str = "the bank's statement";
/// And of what a person entered.
const ENTERED: &str = "entered";

/// Notes funds, unless what is known is of a later day, or the same. Answers what is known then, and whether it was noted just now.
///
/// # Errors
///
/// When nobody has that name, or the database cannot be used.
pub async fn note_funds(
    store: &Store,
    program: &Program,
    (amount, day): (i64, i32),
    from_bank: bool,
    (by, as_of): (&str, i64),
) -> Result<(FundsAvailable, bool)> {
    let by = checked_actor(by)?;
    let mut tx = store.begin(&program.id).await?;
    if let Some(known) = funds_available(&mut tx, program).await?
        && (known.day > day || (known.day, known.amount) == (day, amount))
    {
        return Ok((known, false));
    }
    let said = format!("{} on {}", format_minor(amount, program.currency.exponent()), format_day(day));
    let entry = Entry {
        kind: EntryKind::Funds,
        subject: program.currency.code(),
        booked_at: as_of,
        actor: by,
        reason: if from_bank { BANK } else { ENTERED },
        program_text: "",
        facts: &said,
    };
    let posted = post(&mut tx, program, &entry, &[]).await?;
    tx.commit("the funds available").await?;
    Ok((FundsAvailable { amount, day, by: by.to_owned(), from_bank, entry: posted.head.entry }, true))
}

/// The funds that are known; none where nobody said.
///
/// # Errors
///
/// When the entry that keeps them cannot be read.
pub async fn funds_available(tx: &mut Tx, program: &Program) -> Result<Option<FundsAvailable>> {
    let Some(entry) = entries_of_kind(tx, &program.id, EntryKind::Funds).await?.pop() else { return Ok(None) };
    let said = entry
        .facts
        .split_once(" on ")
        .and_then(|(amount, day)| Some((parse_minor(amount, program.currency).ok()?, parse_day(day)?)));
    let (amount, day) = said.with_context(|| format!("entry {} holds no funds; run `purser check`", entry.entry))?;
    Ok(Some(FundsAvailable { amount, day, by: entry.actor, from_bank: entry.reason == BANK, entry: entry.entry }))
}

/// What batches of a program other than this one still have to pay: what is reserved in them, in minor units.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn reserved_in_others(tx: &mut Tx, program: &str, batch_id: &str) -> Result<i64> {
    let sql = "SELECT CAST(COALESCE(SUM(CASE WHEN target = 'reserved' THEN amount ELSE -amount END), 0) AS BIGINT) FROM transfers \
               WHERE program = $1 AND kind = 'batch' AND order_id <> $2 AND (source = 'reserved' OR target = 'reserved')";
    let rows = tx.rows(sql, &[program.into(), batch_id.into()]).await?;
    rows.first().map_or(Ok(0), |row| row.int(0))
}
