//! When what a ledger holds was done, so that nothing follows it with an earlier time.

use anyhow::{Result, bail};

use super::entry::EntryKind;
use crate::calendar::format_time;
use crate::error::Conflict;
use crate::store::{Row, Tx};

/// Something that a ledger holds, and its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    /// What it is: `entry 12 (approved shop-0001)`.
    pub what: String,
    /// Its time (microseconds since 1970).
    pub at: i64,
}

impl Dated {
    fn of(row: &Row) -> Result<Self> {
        let (entry, kind, subject) = (row.int(0)?, row.text(1)?, row.text(2)?);
        Ok(Self { what: format!("entry {entry} ({})", format!("{kind} {subject}").trim_end()), at: row.int(3)? })
    }
}

/// The entry of a program that has the latest time, if it has entries.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn latest_entry(tx: &mut Tx, program: &str) -> Result<Option<Dated>> {
    let sql =
        "SELECT entry, kind, subject, booked_at FROM entries WHERE program = $1 ORDER BY booked_at DESC, entry DESC LIMIT 1";
    tx.rows(sql, &[program.into()]).await?.first().map(Dated::of).transpose()
}

/// When the last of a program's entries up to a number was booked, of all kinds or of one (microseconds since 1970); none where there is
/// none.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn last_booked(tx: &mut Tx, program: &str, kind: Option<EntryKind>, through: i64) -> Result<Option<i64>> {
    let sql =
        "SELECT booked_at FROM entries WHERE program = $1 AND entry <= $2 AND ($3 = '' OR kind = $3) ORDER BY entry DESC LIMIT 1";
    let rows = tx.rows(sql, &[program.into(), through.into(), kind.map_or("", EntryKind::code).into()]).await?;
    rows.first().map(|row| row.int(0)).transpose()
}

/// The entries of a program that are dated later than a time, such as the clock's: the first and the last of them.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn entries_after(tx: &mut Tx, program: &str, time: i64) -> Result<Vec<Dated>> {
    let sql = "SELECT entry, kind, subject, booked_at FROM entries WHERE program = $1 AND booked_at > $2 ORDER BY entry";
    tx.rows(sql, &[program.into(), time.into()]).await?.iter().map(Dated::of).collect()
}

/// Refuses to decide at `as_of` (microseconds since 1970) about a batch or proposal that has a later entry: one that names it,
/// or that moved its money.
///
/// # Errors
///
/// When there is such an entry; names it.
pub async fn refuse_before_last(tx: &mut Tx, program: &str, subject: &str, as_of: i64) -> Result<()> {
    let sql = "SELECT entry, kind, subject, booked_at FROM entries WHERE program = $1 AND kind NOT IN ('held', 'released') AND (subject = $2 OR entry IN \
               (SELECT entry FROM transfers WHERE program = $1 AND kind = 'batch' AND order_id = $2)) \
               ORDER BY booked_at DESC, entry DESC LIMIT 1";
    let rows = tx.rows(sql, &[program.into(), subject.into()]).await?;
    match rows.first().map(Dated::of).transpose()? {
        Some(last) if as_of < last.at => bail!(Conflict(format!(
            "{subject} already has {}, dated {}; a decision cannot be dated earlier than that, at {}; nothing was changed. Give a later \
             time, or leave out --as-of to use the current time",
            last.what,
            format_time(last.at),
            format_time(as_of)
        ))),
        _ => Ok(()),
    }
}
