//! The months whose books are closed. An entry `closed` names the last of them; whatever is posted after it is booked later.
//!
//! A transfer has a day that it belongs to, and an entry that booked it. Both stay what they are: statements, balances and the exports of
//! the journal go on as before. What a closing adds is a third date, which follows from the two and from the closings before the entry: the
//! **books' month**. It is that of the transfer's day while that month's books were open when it was posted, else the first month that was
//! open then. There it is a correction, which shows its own day. As neither entries nor their order ever change, a closed month cannot.
//!
//! For the same reason no entry is booked before the end of a closed month: books that go by the time of booking would grow in it
//! ([`refuse_closed`], which [`super::post()`] asks).

use std::ops::RangeInclusive;

use anyhow::{Context, Result, ensure};

use super::entry::EntryKind;
use crate::calendar::{Month, format_time, parse_time};
use crate::error::Conflict;
use crate::program::Program;
use crate::store::{Row, Tx};

/// One closing of the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The entry that records it.
    pub entry: i64,
    /// The last month that it closed.
    pub month: Month,
    /// When that month ended (microseconds since 1970).
    pub ends: i64,
    /// When it was closed (microseconds since 1970).
    pub closed_at: i64,
    /// Who approved it.
    pub by: String,
}

/// The closings of a program's books, oldest first: each ends with a later month than the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closings(pub Vec<Closing>);

impl Closings {
    /// Reads them from the journal.
    ///
    /// # Errors
    ///
    /// When one cannot be read.
    pub async fn read(tx: &mut Tx, program: &str) -> Result<Self> {
        let sql = "SELECT entry, subject, facts, booked_at, actor FROM entries WHERE program = $1 AND kind = $2 ORDER BY entry";
        let rows = tx.rows(sql, &[program.into(), EntryKind::Closed.code().into()]).await?;
        rows.iter().map(Closing::of).collect::<Result<_>>().map(Self)
    }

    /// The last one.
    pub fn last(&self) -> Option<&Closing> {
        self.0.last()
    }

    /// The one by which a month was closed.
    pub fn of(&self, month: Month) -> Option<&Closing> {
        self.0.iter().find(|closing| closing.month >= month)
    }

    /// The last entry whose transfers of a local day (days since 1970) or before stand in the books as they were at the end of that day.
    pub fn through(&self, day: i32) -> i64 {
        self.0.iter().find(|closing| closing.month.last_day() >= day).map_or(i64::MAX, |closing| closing.entry)
    }

    /// The entries whose transfers of earlier months stand in this one as corrections: those posted while it was the first open one.
    pub fn corrected_in(&self, month: Month) -> Option<RangeInclusive<i64>> {
        let place = self.0.iter().position(|closing| closing.month.next() == month)?;
        let last = self.0.get(place + 1).map_or(i64::MAX, |closing| closing.entry);
        Some(self.0[place].entry + 1..=last)
    }
}

impl Closing {
    fn of(row: &Row) -> Result<Self> {
        let (entry, month, ends) = (row.int(0)?, row.text(1)?, row.text(2)?);
        let unreadable = || format!("entry {entry} closes the books of no month; run `purser check`");
        Ok(Self {
            entry,
            month: Month::parse(month).with_context(unreadable)?,
            ends: parse_time(ends).with_context(unreadable)?,
            closed_at: row.int(3)?,
            by: row.text(4)?.to_owned(),
        })
    }
}

/// Refuses to book anything before the end of a month whose books are closed.
///
/// # Errors
///
/// When it is so.
pub(super) async fn refuse_closed(tx: &mut Tx, program: &str, booked_at: i64) -> Result<()> {
    let closings = Closings::read(tx, program).await?;
    let Some(Closing { entry, month, ends, .. }) = closings.last().filter(|last| booked_at < last.ends) else { return Ok(()) };
    Err(Conflict(format!(
        "{program}: the books of {} are closed (entry {entry}), and nothing is booked before {}, when that month ended; {} was given, and \
         nothing was changed. Give a later time, or leave out --as-of to use the current time",
        month.label(),
        format_time(*ends),
        format_time(booked_at)
    )))?
}

/// Refuses to close the books of a month that is not over at `as_of`, that the ledger has not seen the end of, or that is closed.
/// `seen_until` is the time of the last reconciliation (both microseconds since 1970).
///
/// # Errors
///
/// When it is so; says what to do.
pub async fn check_closable(tx: &mut Tx, program: &Program, month: Month, as_of: i64, seen_until: Option<i64>) -> Result<()> {
    let (id, label, ends) = (&program.id, month.label(), month.span(program.time_zone).end);
    ensure!(
        as_of >= ends,
        Conflict(format!(
            "{id}: the books of {label} cannot be closed before the month ends, at {}; nothing was changed",
            format_time(ends)
        ))
    );
    if let Some(closing) = Closings::read(tx, id).await?.of(month) {
        Err(Conflict(format!(
            "{id}: the books of {label} were closed at {} by {} (entry {}); books are never opened again, and nothing was changed. What was \
             forgotten is booked as a correction in the first month that is open",
            format_time(closing.closed_at),
            closing.by,
            closing.entry
        )))?;
    }
    ensure!(
        seen_until.is_some_and(|seen| seen >= ends),
        Conflict(format!(
            "{id}: the ledger has not seen the end of {label}: its last reconciliation was before {}. Nothing was changed. Run `purser run \
             nightly` first; else the last days of the month would be booked in the next",
            format_time(ends)
        ))
    );
    Ok(())
}
