//! Every read of the journal: entries and transfers as they stand, in order and in pages, or those of an order or a batch.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::vec::IntoIter;

use anyhow::{Context, Result, bail};

use super::account::Account;
use super::entry::{EntryKind, JournalEntry};
use super::form::{Form, read_reason};
use super::transfer::{Particulars, Posted, Transfer};
use crate::store::{Row, Store, Tx, Value};
use crate::vocabulary::Kind;

/// How many transfers are in memory at a time.
const TRANSFERS_PER_PAGE: i64 = 20_000;

/// How many entries are in memory at a time.
const ENTRIES_PER_PAGE: i64 = 1_000;

/// A query for entries: their columns, in the order in which [`entry_of`] takes them, and the rest of the query.
macro_rules! select_entries {
    ($rest:literal) => {
        concat!(
            "SELECT entry, kind, subject, booked_at, actor, reason, program_text, facts, transfers, previous, hash, form, \
             reason_digest FROM entries ",
            $rest
        )
    };
}

/// A query for transfers `t`, each with the form of its entry: all their columns, in the order in which they are read here,
/// and the rest of the query.
macro_rules! select_transfers {
    ($rest:literal) => {
        concat!(
            "SELECT t.entry, t.position, t.kind, t.order_id, t.line_id, t.creator_id, t.detail, t.revision, t.source, t.target, \
             t.amount, t.effective_day, t.why, t.rule, t.base, t.touch, e.form FROM transfers t \
             JOIN entries e ON e.program = t.program AND e.entry = t.entry ",
            $rest
        )
    };
}
pub(super) use select_entries;
pub(crate) use select_transfers;

/// The same columns of transfers, but for the form, whether they have an entry or not.
const ALL_TRANSFERS: &str = "SELECT entry, position, kind, order_id, line_id, creator_id, detail, revision, source, target, amount, \
     effective_day, why, rule, base, touch FROM transfers \
     WHERE program = $1 AND (entry, position) > ($2, $3) AND entry <= $4 ORDER BY entry, position LIMIT $5";

/// Is shown a journal, one entry after the other, each followed by its transfers in order.
pub trait JournalVisitor {
    /// An entry begins.
    fn begin(&mut self, entry: &JournalEntry) -> Result<()>;
    /// One of its transfers.
    fn transfer(&mut self, entry: &JournalEntry, posted: &Posted) -> Result<()>;
    /// Its transfers were all shown.
    fn end(&mut self, entry: &JournalEntry) -> Result<()>;
    /// An entry or transfer that no version of purser writes, or a transfer that belongs to no entry: something else than
    /// purser changed the database. It is left out.
    fn broken(&mut self, program: &str, what: &str) -> Result<()> {
        bail!("the ledger of {program}: {what}; something other than purser changed the database: restore a backup")
    }
}

/// Shows the entries of a program whose numbers lie in a range (`1..=i64::MAX` for all), and their transfers, to a visitor.
///
/// It reads in pages, so that a journal of any length takes little memory; within one transaction, all pages are of one
/// moment. What it shows is what stands there: whether numbers follow each other, hashes are right and counts agree is for
/// the visitor to judge.
///
/// # Errors
///
/// When the visitor fails or the database does.
pub async fn read_journal(
    tx: &mut Tx,
    program: &str,
    entries: RangeInclusive<i64>,
    visitor: &mut impl JournalVisitor,
) -> Result<()> {
    let notes = Notes::load(tx, program).await?;
    let mut transfers = Transfers::new(program, &entries);
    let mut next = *entries.start();
    loop {
        let page = page_of_entries(tx, program, next..=*entries.end()).await?;
        for (number, entry) in &page {
            while let Some(stray) = transfers.next_before(tx, *number).await? {
                visitor.broken(program, &stray.without_entry())?;
            }
            match entry {
                Ok(entry) => {
                    visitor.begin(entry)?;
                    while let Some(row) = transfers.next_of(tx, *number).await? {
                        match posted_of(&row.0, entry.form, &notes) {
                            Ok(posted) => visitor.transfer(entry, &posted)?,
                            Err(error) => visitor.broken(program, &row.unreadable(&error))?,
                        }
                    }
                    visitor.end(entry)?;
                }
                Err(error) => {
                    visitor.broken(program, &format!("entry {number} cannot be read: {error:#}"))?;
                    while transfers.next_of(tx, *number).await?.is_some() {}
                }
            }
        }
        match page.last().and_then(|(last, _)| last.checked_add(1)) {
            Some(after) => next = after,
            None => break,
        }
    }
    while let Some(stray) = transfers.next(tx).await? {
        visitor.broken(program, &stray.without_entry())?;
    }
    Ok(())
}

async fn page_of_entries(tx: &mut Tx, program: &str, entries: RangeInclusive<i64>) -> Result<Vec<(i64, Result<JournalEntry>)>> {
    let sql = select_entries!("WHERE program = $1 AND entry >= $2 AND entry <= $3 ORDER BY entry LIMIT $4");
    let (first, last) = entries.into_inner();
    let rows = tx.rows(sql, &[program.into(), first.into(), last.into(), ENTRIES_PER_PAGE.into()]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, entry_of(program, row)))).collect()
}

fn entry_of(program: &str, row: &Row) -> Result<JournalEntry> {
    let text = |column: usize| row.text(column).map(str::to_owned);
    let kind = row.text(1)?;
    Ok(JournalEntry {
        program: program.to_owned(),
        entry: row.int(0)?,
        form: Form::parse(row.int(11)?)?,
        kind: EntryKind::parse(kind).with_context(|| format!("no entry is \"{kind}\""))?,
        subject: text(2)?,
        booked_at: row.int(3)?,
        actor: text(4)?,
        reason: text(5)?,
        reason_digest: text(12)?,
        program_text: text(6)?,
        facts: text(7)?,
        transfers: row.int(8)?,
        previous: text(9)?,
        hash: text(10)?,
    })
}

/// What people wrote when they proposed something, by proposal.
pub(super) struct Notes(HashMap<String, String>);

impl Notes {
    async fn load(tx: &mut Tx, program: &str) -> Result<Self> {
        let sql = "SELECT subject, reason FROM entries WHERE program = $1 AND kind = 'proposed' ORDER BY entry";
        let rows = tx.rows(sql, &[program.into()]).await?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect::<Result<_>>().map(Self)
    }
}

/// A transfer whose columns were asked for as [`ALL_TRANSFERS`] does.
fn posted_of(row: &Row, form: Form, notes: &Notes) -> Result<Posted> {
    let text = |column: usize| row.text(column).map(str::to_owned);
    let account = |column: usize| -> Result<Account> {
        let code = row.text(column)?;
        Account::parse(code).with_context(|| format!("there is no account \"{code}\""))
    };
    let code = row.text(2)?;
    let kind = Kind::parse(code).with_context(|| format!("there is no kind \"{code}\""))?;
    let (reason, mut note) = read_reason(form, kind, row.text(12)?)?;
    if form > Form::One && matches!(kind, Kind::Adjustment | Kind::WriteOff | Kind::Opening) {
        note = notes.0.get(row.text(3)?).cloned().unwrap_or_default();
    }
    let about = Particulars {
        kind,
        order_id: text(3)?,
        line_id: text(4)?,
        creator_id: text(5)?,
        detail: text(6)?,
        effective_day: i32::try_from(row.int(11)?).context("its day is out of range")?,
        reason,
        rule: text(13)?,
        base: row.int(14)?,
        touch: text(15)?,
    };
    let transfer = Transfer { about, revision: row.int(7)?, source: account(8)?, target: account(9)?, amount: row.int(10)? };
    Ok(Posted { entry: row.int(0)?, position: row.int(1)?, transfer, note })
}

/// A row of the table of transfers.
struct TransferRow(Row);

impl TransferRow {
    fn entry(&self) -> Result<i64> {
        self.0.int(0)
    }

    fn place(&self) -> String {
        let number = |column| self.0.int(column).map_or_else(|_| "?".to_owned(), |number| number.to_string());
        format!("transfer {} of entry {}", number(1), number(0))
    }

    fn without_entry(&self) -> String {
        format!("{} is there, but no such entry", self.place())
    }

    fn unreadable(&self, error: &anyhow::Error) -> String {
        format!("{} cannot be read: {error:#}", self.place())
    }
}

/// The transfers of a range of entries, read in pages as they are asked for.
struct Transfers<'a> {
    program: &'a str,
    last_entry: i64,
    /// The entry and position of the last one read.
    after: (i64, i64),
    page: IntoIter<Row>,
    is_last_page: bool,
    /// Read, but not asked for yet.
    ahead: Option<TransferRow>,
}

impl<'a> Transfers<'a> {
    fn new(program: &'a str, entries: &RangeInclusive<i64>) -> Self {
        let after = (entries.start().saturating_sub(1), i64::MAX);
        Self { program, last_entry: *entries.end(), after, page: Vec::new().into_iter(), is_last_page: false, ahead: None }
    }

    /// The next transfer, when it is the entry's.
    async fn next_of(&mut self, tx: &mut Tx, entry: i64) -> Result<Option<TransferRow>> {
        self.next_if(tx, |of| of == entry).await
    }

    /// The next transfer, when it is that of an earlier entry.
    async fn next_before(&mut self, tx: &mut Tx, entry: i64) -> Result<Option<TransferRow>> {
        self.next_if(tx, |of| of < entry).await
    }

    /// The next transfer.
    async fn next(&mut self, tx: &mut Tx) -> Result<Option<TransferRow>> {
        self.next_if(tx, |_| true).await
    }

    async fn next_if(&mut self, tx: &mut Tx, wanted: impl Fn(i64) -> bool) -> Result<Option<TransferRow>> {
        if self.ahead.is_none() {
            if self.page.as_slice().is_empty() && !self.is_last_page {
                self.next_page(tx).await?;
            }
            self.ahead = self.page.next().map(TransferRow);
        }
        match &self.ahead {
            Some(row) if wanted(row.entry()?) => Ok(self.ahead.take()),
            _ => Ok(None),
        }
    }

    async fn next_page(&mut self, tx: &mut Tx) -> Result<()> {
        let (entry, position) = self.after;
        let parameters = [self.program.into(), entry.into(), position.into(), self.last_entry.into(), TRANSFERS_PER_PAGE.into()];
        let rows = tx.rows(ALL_TRANSFERS, &parameters).await?;
        if let Some(last) = rows.last() {
            self.after = (last.int(0)?, last.int(1)?);
        }
        self.is_last_page = rows.is_empty();
        self.page = rows.into_iter();
        Ok(())
    }
}

/// The transfers of a program that a query made by [`select_transfers`] finds; the program is its first parameter.
///
/// # Errors
///
/// When one cannot be read.
pub async fn transfers(tx: &mut Tx, program: &str, sql: &'static str, parameters: &[Value]) -> Result<Vec<Posted>> {
    let notes = Notes::load(tx, program).await?;
    let all: Vec<Value> = std::iter::once(program.into()).chain(parameters.iter().cloned()).collect();
    let posted = |row: Row| {
        let row = TransferRow(row);
        let form = row.0.int(16).and_then(Form::parse);
        form.and_then(|form| posted_of(&row.0, form, &notes))
            .with_context(|| format!("the ledger of {program}: {} cannot be read; run `purser check`", row.place()))
    };
    tx.rows(sql, &all).await?.into_iter().map(posted).collect()
}

/// Every transfer that an order caused, oldest first.
///
/// # Errors
///
/// When one cannot be read.
pub async fn transfers_of_order(tx: &mut Tx, program: &str, order_id: &str) -> Result<Vec<Posted>> {
    let sql = select_transfers!(
        "WHERE t.program = $1 AND t.kind IN ('link', 'code', 'lock', 'credit', 'bonus_new_customer') AND t.order_id = $2 \
         ORDER BY t.entry, t.position"
    );
    transfers(tx, program, sql, &[order_id.into()]).await
}

/// Every transfer of a batch, by creator and revision.
///
/// # Errors
///
/// When one cannot be read.
pub async fn transfers_of_batch(tx: &mut Tx, program: &str, batch_id: &str) -> Result<Vec<Posted>> {
    let sql =
        select_transfers!("WHERE t.program = $1 AND t.kind = 'batch' AND t.order_id = $2 ORDER BY t.creator_id, t.revision");
    transfers(tx, program, sql, &[batch_id.into()]).await
}

/// The first entry of a kind about a subject, such as the settlement of a batch, if there is one.
///
/// # Errors
///
/// When it cannot be read.
pub async fn entry_about(tx: &mut Tx, program: &str, kind: EntryKind, subject: &str) -> Result<Option<JournalEntry>> {
    let sql = select_entries!("WHERE program = $1 AND kind = $2 AND subject = $3 ORDER BY entry LIMIT 1");
    let rows = tx.rows(sql, &[program.into(), kind.code().into(), subject.into()]).await?;
    let read = |row| entry_of(program, row).with_context(|| format!("an entry of {program} about {subject} cannot be read"));
    rows.first().map(read).transpose()
}

/// Every entry about a batch, oldest first: those that name it, and those that moved its money.
///
/// # Errors
///
/// When one cannot be read.
pub async fn entries_of_batch(tx: &mut Tx, program: &str, batch_id: &str) -> Result<Vec<JournalEntry>> {
    let sql = select_entries!(
        "WHERE program = $1 AND kind NOT IN ('held', 'released', 'renamed', 'retired', 'closed', 'charged', 'funds') AND (subject = $2 OR entry IN (SELECT entry FROM transfers \
         WHERE program = $1 AND kind = 'batch' AND order_id = $2)) ORDER BY entry"
    );
    entries(tx, program, sql, &[program.into(), batch_id.into()]).await
}

/// Every entry by which payments to creators of a program were put on hold or released, oldest first; of one creator, where one is
/// named.
///
/// # Errors
///
/// When one cannot be read.
pub async fn entries_of_holds(tx: &mut Tx, program: &str, creator_id: Option<&str>) -> Result<Vec<JournalEntry>> {
    let sql = select_entries!("WHERE program = $1 AND kind IN ('held', 'released') AND ($2 = '' OR subject = $2) ORDER BY entry");
    entries(tx, program, sql, &[program.into(), creator_id.unwrap_or_default().into()]).await
}

/// Every entry about a proposal of a program, oldest first.
///
/// # Errors
///
/// When one cannot be read.
pub async fn entries_of_proposals(tx: &mut Tx, program: &str) -> Result<Vec<JournalEntry>> {
    let sql = select_entries!("WHERE program = $1 AND kind IN ('proposed', 'accepted', 'declined') ORDER BY entry");
    entries(tx, program, sql, &[program.into()]).await
}

/// Every entry of a kind, oldest first.
///
/// # Errors
///
/// When one cannot be read.
pub async fn entries_of_kind(tx: &mut Tx, program: &str, kind: EntryKind) -> Result<Vec<JournalEntry>> {
    let sql = select_entries!("WHERE program = $1 AND kind = $2 ORDER BY entry");
    entries(tx, program, sql, &[program.into(), kind.code().into()]).await
}

pub(super) async fn entries(tx: &mut Tx, program: &str, sql: &'static str, parameters: &[Value]) -> Result<Vec<JournalEntry>> {
    let read = |row: &Row| {
        let number = row.int(0)?;
        entry_of(program, row)
            .with_context(|| format!("the ledger of {program}: entry {number} cannot be read; run `purser check`"))
    };
    tx.rows(sql, parameters).await?.iter().map(read).collect()
}

/// The last reconciliation that stands in the journal: the hash of the program file's text, the digest of the facts, and when it
/// was booked (microseconds since 1970).
///
/// # Errors
///
/// When the database cannot be read.
pub async fn last_reconciled(store: &Store, program: &str) -> Result<Option<(String, String, i64)>> {
    let sql = "SELECT program_text, facts, booked_at FROM entries WHERE program = $1 AND kind = $2 ORDER BY entry DESC LIMIT 1";
    let rows = store.rows(sql, &[program.into(), EntryKind::Reconciled.code().into()]).await?;
    rows.first().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.int(2)?))).transpose()
}

/// The first local day (days since 1970) that a transfer belongs to; none where there is no transfer.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn first_day(tx: &mut Tx, program: &str) -> Result<Option<i32>> {
    let rows = tx.rows("SELECT MIN(effective_day) FROM transfers WHERE program = $1", &[program.into()]).await?;
    let day = rows.first().map_or(Ok(None), |row| row.optional_int(0))?;
    day.map(|day| i32::try_from(day).context("the database holds a day that is out of range")).transpose()
}
