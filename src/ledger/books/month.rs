//! A closed month as journal entries for an accounting program: one for each day of its books, and one for each earlier day of which
//! something was corrected in it.
//!
//! Only a closed month is written: what an accounting program has taken over must not become another. Then the same month gives the same
//! entries for ever, under the same numbers, so that one which is imported twice is seen.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::{Context, Result, bail};

use super::day_entry::{DayEntry, Journal};
use super::days::date;
use super::place::name_of;
use super::{datev, quickbooks, xero};
use crate::calendar::Month;
use crate::error::{Conflict, Invalid};
use crate::ledger::currency::check_currency;
use crate::ledger::{Account, Closing, Closings};
use crate::money::Overflow;
use crate::program::Program;
use crate::store::{Row, Tx};
use crate::vocabulary::Kind;

/// An accounting program that takes the journal of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonthBooks {
    /// Journal entries for QuickBooks Online, as CSV.
    Quickbooks,
    /// Manual journals for Xero, as CSV.
    Xero,
    /// A posting batch in DATEV's format (EXTF).
    Datev,
}

/// Writes the journal of a closed month for an accounting program.
///
/// # Errors
///
/// When the month's books are not closed, the program file does not name an account that is used, or the format cannot hold an amount.
pub async fn write_month(tx: &mut Tx, program: &Program, books: MonthBooks, month: Month, out: impl Write) -> Result<()> {
    check_currency(tx, program).await?;
    let closings = Closings::read(tx, &program.id).await?;
    let (label, id) = (month.label(), &program.id);
    let closing = closings.of(month).with_context(|| {
        Conflict(format!(
            "{id}: the books of {label} are not closed, so the figures could still change after you import them; nothing was written. Close \
             them first: `purser close {label} --by NAME --reason REASON`"
        ))
    })?;
    let entries = entries(tx, program, month, &closings, closing).await?;
    let journal = Journal { program, month, closing, entries };
    match books {
        MonthBooks::Quickbooks => quickbooks::write(&journal, out),
        MonthBooks::Xero => xero::write(&journal, out),
        MonthBooks::Datev => datev::write(&journal, out),
    }
}

/// Sums of transfers by day, kind and accounts: those of the month's own days that were posted before it was closed.
const OWN: &str = "SELECT effective_day, kind, source, target, CAST(SUM(amount) AS BIGINT) FROM transfers WHERE program = $1 AND entry <= $2 \
                   AND effective_day >= $3 AND effective_day <= $4 GROUP BY effective_day, kind, source, target";

/// The same of those of earlier days that were posted while it was the first open month.
const LATE: &str = "SELECT effective_day, kind, source, target, CAST(SUM(amount) AS BIGINT) FROM transfers WHERE program = $1 AND entry >= $2 \
                    AND entry <= $3 AND effective_day < $4 GROUP BY effective_day, kind, source, target";

async fn entries<'a>(
    tx: &mut Tx,
    program: &'a Program,
    month: Month,
    closings: &Closings,
    closing: &Closing,
) -> Result<Vec<DayEntry<'a>>> {
    let days = [month.first_day(), month.last_day()].map(i64::from);
    let id = || program.id.as_str().into();
    let mut rows = Vec::new();
    if let Some(late) = closings.corrected_in(month) {
        rows = tx.rows(LATE, &[id(), (*late.start()).into(), (*late.end()).into(), days[0].into()]).await?;
    }
    rows.extend(tx.rows(OWN, &[id(), closing.entry.into(), days[0].into(), days[1].into()]).await?);
    let mut by_day: BTreeMap<i32, BTreeMap<(&str, &str), i64>> = BTreeMap::new();
    for row in &rows {
        let (day, debit, credit, amount) = moved(program, row)?;
        // One pair of accounts is one movement, whichever way most of it went.
        let (pair, signed) = if debit <= credit { ((debit, credit), amount) } else { ((credit, debit), -amount) };
        let sum = by_day.entry(day).or_default().entry(pair).or_default();
        *sum = sum.checked_add(signed).ok_or(Overflow)?;
    }
    let mut entries = Vec::with_capacity(by_day.len());
    for (day, pairs) in by_day {
        let moves = pairs.into_iter().filter(|((debit, credit), sum)| debit != credit && *sum != 0);
        let moves = moves.map(|((a, b), sum)| if sum > 0 { (a, b, sum) } else { (b, a, -sum) }).collect::<Vec<_>>();
        if !moves.is_empty() {
            entries.push(day_entry(program, month, day, moves)?);
        }
    }
    Ok(entries)
}

/// A row as day, debited and credited account, and amount: what a transfer takes from its source is debited there.
fn moved<'a>(program: &'a Program, row: &Row) -> Result<(i32, &'a str, &'a str, i64)> {
    let kind = Kind::parse(row.text(1)?).context("the database holds a transfer of an unknown kind; run `purser check`")?;
    let account = |column: usize| -> Result<&'a str> {
        let account = Account::parse(row.text(column)?).context("the database holds an unknown account; run `purser check`")?;
        let name = name_of(account, kind);
        program.books.account(name).or_else(|keys| {
            bail!(Invalid(format!(
                "{}: the program file does not say which account stands for `{name}`: give {keys} in [books.accounts]; nothing was written",
                program.id
            )))
        })
    };
    let day = i32::try_from(row.int(0)?).context("the database holds a day that is out of range")?;
    Ok((day, account(2)?, account(3)?, row.int(4)?))
}

fn day_entry<'a>(program: &Program, month: Month, day: i32, moves: Vec<(&'a str, &'a str, i64)>) -> Result<DayEntry<'a>> {
    let own = date(day)?;
    let is_late = day < month.first_day();
    let number = format!("{}-{}", prefix(&program.id), own.format("%Y%m%d"));
    let first = date(month.first_day())?;
    Ok(match is_late {
        true => DayEntry {
            number: format!("{number}C{}", first.format("%y%m")),
            day: first,
            text: format!("Creators ({}), correction of {own}", program.id),
            moves,
        },
        false => DayEntry { number, day: own, text: format!("Creators ({})", program.id), moves },
    })
}

/// What a program's numbers begin with: its id, where that is short and plain, else its beginning and a part of its hash.
fn prefix(id: &str) -> String {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if id.len() <= 7 && id.chars().all(is_plain) {
        return id.to_ascii_uppercase();
    }
    let begin: String = id.chars().filter(char::is_ascii_alphanumeric).take(3).collect();
    format!("{}{}", begin.to_ascii_uppercase(), &blake3::hash(id.as_bytes()).to_hex().to_ascii_uppercase()[..4])
}
