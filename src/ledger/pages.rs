//! The journal as people leaf through it: a page of an entry, a creator's transfers, and sums by month.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use chrono_tz::Tz;

use super::account::Account;
use super::entry::JournalEntry;
use super::journal::{entries, select_entries, select_transfers, transfers};
use super::transfer::Posted;
use crate::calendar::Month;
use crate::money::Overflow;
use crate::store::Tx;

/// Every entry of a program, oldest first, without its transfers.
///
/// # Errors
///
/// When one cannot be read.
pub async fn journal_entries(tx: &mut Tx, program: &str) -> Result<Vec<JournalEntry>> {
    entries(tx, program, select_entries!("WHERE program = $1 ORDER BY entry"), &[program.into()]).await
}

/// An entry by its number; none where there is none.
///
/// # Errors
///
/// When it cannot be read.
pub async fn journal_entry(tx: &mut Tx, program: &str, entry: i64) -> Result<Option<JournalEntry>> {
    let sql = select_entries!("WHERE program = $1 AND entry = $2");
    Ok(entries(tx, program, sql, &[program.into(), entry.into()]).await?.pop())
}

/// So many transfers of an entry, from a position on.
///
/// # Errors
///
/// When one cannot be read.
pub async fn transfers_of_entry(tx: &mut Tx, program: &str, entry: i64, from: i64, count: i64) -> Result<Vec<Posted>> {
    let sql = select_transfers!("WHERE t.program = $1 AND t.entry = $2 AND t.position >= $3 ORDER BY t.position LIMIT $4");
    transfers(tx, program, sql, &[entry.into(), from.into(), count.into()]).await
}

/// Every transfer of a creator, newest first.
///
/// # Errors
///
/// When one cannot be read.
pub async fn transfers_of_creator(tx: &mut Tx, program: &str, creator_id: &str) -> Result<Vec<Posted>> {
    let sql = select_transfers!("WHERE t.program = $1 AND t.creator_id = $2 ORDER BY t.entry DESC, t.position DESC");
    transfers(tx, program, sql, &[creator_id.into()]).await
}

/// What moved a creator's payable balance between two entries, neither included, oldest first.
///
/// # Errors
///
/// When one cannot be read.
pub async fn payable_between(tx: &mut Tx, program: &str, creator_id: &str, after: i64, before: i64) -> Result<Vec<Posted>> {
    let sql = select_transfers!(
        "WHERE t.program = $1 AND t.entry > $3 AND t.entry < $4 AND t.creator_id = $2 \
         AND (t.source = 'payable' OR t.target = 'payable') ORDER BY t.entry, t.position"
    );
    transfers(tx, program, sql, &[creator_id.into(), after.into(), before.into()]).await
}

/// By which day months are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOf {
    /// The local day on which a transfer's entry is booked.
    Booking,
    /// The day to which the transfer itself belongs.
    Effect,
}

/// What moved on one account in a month, in minor units: the sum that came, and the sum that went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MonthSums {
    /// What came to it.
    pub into: i64,
    /// What went from it.
    pub out: i64,
}

/// What moved on each account of a program, by month.
///
/// # Errors
///
/// When the database cannot be read, or a sum cannot be kept exactly.
pub async fn month_sums(
    tx: &mut Tx,
    program: &str,
    zone: Tz,
    by: DayOf,
) -> Result<BTreeMap<Month, BTreeMap<Account, MonthSums>>> {
    let sql = match by {
        DayOf::Booking => {
            "SELECT e.booked_at, t.source, t.target, CAST(SUM(t.amount) AS BIGINT) FROM transfers t \
             JOIN entries e ON e.program = t.program AND e.entry = t.entry WHERE t.program = $1 \
             GROUP BY e.entry, e.booked_at, t.source, t.target"
        }
        DayOf::Effect => {
            "SELECT effective_day, source, target, CAST(SUM(amount) AS BIGINT) FROM transfers WHERE program = $1 \
             GROUP BY effective_day, source, target"
        }
    };
    let mut months: BTreeMap<Month, BTreeMap<Account, MonthSums>> = BTreeMap::new();
    for row in tx.rows(sql, &[program.into()]).await? {
        let month = match by {
            DayOf::Booking => Month::of_time(zone, row.int(0)?),
            DayOf::Effect => Month::of_day(i32::try_from(row.int(0)?).context("the database holds a day that is out of range")?),
        };
        let accounts = months.entry(month).or_default();
        for (column, is_target) in [(1, false), (2, true)] {
            let code = row.text(column)?;
            let account = Account::parse(code).with_context(|| format!("there is no account \"{code}\""))?;
            let sums = accounts.entry(account).or_default();
            let side = if is_target { &mut sums.into } else { &mut sums.out };
            *side = side.checked_add(row.int(3)?).ok_or(Overflow)?;
        }
    }
    Ok(months)
}

/// What the transfers of one entry and one effective day change of what creators are owed, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwedChange {
    /// The entry.
    pub entry: i64,
    /// When it is booked (microseconds since 1970).
    pub booked_at: i64,
    /// The day to which they belong (days since 1970).
    pub effective_day: i32,
    /// Above zero, creators are owed more.
    pub amount: i64,
}

/// How what creators are owed changed, by entry and effective day.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn owed_changes(tx: &mut Tx, program: &str) -> Result<Vec<OwedChange>> {
    let sql = "SELECT t.entry, e.booked_at, t.effective_day, \
               CAST(SUM(CASE WHEN t.target IN ('pending', 'payable', 'reserved') THEN t.amount ELSE 0 END \
               - CASE WHEN t.source IN ('pending', 'payable', 'reserved') THEN t.amount ELSE 0 END) AS BIGINT) \
               FROM transfers t JOIN entries e ON e.program = t.program AND e.entry = t.entry WHERE t.program = $1 \
               GROUP BY t.entry, e.booked_at, t.effective_day ORDER BY t.entry, t.effective_day";
    let mut changes = Vec::new();
    for row in tx.rows(sql, &[program.into()]).await? {
        let effective_day = i32::try_from(row.int(2)?).context("the database holds a day that is out of range")?;
        changes.push(OwedChange { entry: row.int(0)?, booked_at: row.int(1)?, effective_day, amount: row.int(3)? });
    }
    Ok(changes)
}
