use std::ops::RangeInclusive;
use std::vec::IntoIter;

use anyhow::{Context, Result, bail};

use crate::store::{Row, Tx};

/// How many transfers are in memory at a time.
const TRANSFERS_PER_PAGE: i64 = 20_000;

/// How many entries are in memory at a time.
const ENTRIES_PER_PAGE: i64 = 1_000;

/// A journal entry as it stands in the ledger: all columns of `entries`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// Whose journal.
    pub program: String,
    /// Its number in the program's journal, from 1.
    pub entry: i64,
    /// What happened, such as `reconciled`.
    pub kind: String,
    /// To what: a batch, or empty.
    pub subject: String,
    /// When it is booked (microseconds since 1970).
    pub booked_at: i64,
    /// Who did it.
    pub actor: String,
    /// Why, where somebody gave a reason.
    pub reason: String,
    /// The hash of the program file's text, where it had a say.
    pub program_text: String,
    /// The digest of the facts it rests on, where it rests on any.
    pub facts: String,
    /// How many transfers it was posted with.
    pub transfers: i64,
    /// The hash of the entry before; 64 zeros for the first.
    pub previous: String,
    /// The hash it was posted with; [`super::EntryHash`] computes it again.
    pub hash: String,
}

/// A transfer as it stands in the ledger: all columns of `transfers`, but for the program, which is its entry's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalTransfer {
    /// The entry that owns it.
    pub entry: i64,
    /// Its place among the entry's transfers, from 0.
    pub position: i64,
    /// The kind of target, or `batch`.
    pub kind: String,
    /// Order, period, fee, or batch.
    pub order_id: String,
    /// Line, or empty.
    pub line_id: String,
    /// Whose accounts.
    pub creator_id: String,
    /// Tells bonuses apart.
    pub detail: String,
    /// How many transfers the key had before.
    pub revision: i64,
    /// The account it comes from, as [`super::Account::name`] gives it.
    pub source: String,
    /// The account it goes to.
    pub target: String,
    /// Above zero, in minor units of the program's currency.
    pub amount: i64,
    /// The local day it belongs to (days since 1970).
    pub effective_day: i32,
    /// Why, in a word or two.
    pub why: String,
    /// What it pays under.
    pub rule: String,
    /// What it was computed from, in minor units.
    pub base: i64,
    /// The evidence.
    pub touch: String,
}

/// Is shown a journal, one entry after the other, each followed by its transfers in order.
pub trait JournalVisitor {
    /// An entry begins.
    fn begin(&mut self, entry: &JournalEntry) -> Result<()>;
    /// One of its transfers.
    fn transfer(&mut self, entry: &JournalEntry, transfer: &JournalTransfer) -> Result<()>;
    /// Its transfers were all shown.
    fn end(&mut self, entry: &JournalEntry) -> Result<()>;
    /// A transfer that belongs to no entry: something else than purser changed the database.
    fn stray(&mut self, program: &str, transfer: &JournalTransfer) -> Result<()> {
        let JournalTransfer { entry, position, .. } = transfer;
        bail!(
            "the ledger of {program} holds transfer {position} of entry {entry}, but no such entry; \
             something else than purser changed the database: restore a backup"
        )
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
    let mut transfers = Transfers::new(program, &entries);
    let mut next = *entries.start();
    loop {
        let page = page_of_entries(tx, program, next..=*entries.end()).await?;
        for entry in &page {
            while let Some(stray) = transfers.next_before(tx, entry.entry).await? {
                visitor.stray(program, &stray)?;
            }
            visitor.begin(entry)?;
            while let Some(transfer) = transfers.next_of(tx, entry.entry).await? {
                visitor.transfer(entry, &transfer)?;
            }
            visitor.end(entry)?;
        }
        match page.last().and_then(|last| last.entry.checked_add(1)) {
            Some(after) => next = after,
            None => break,
        }
    }
    while let Some(stray) = transfers.next(tx).await? {
        visitor.stray(program, &stray)?;
    }
    Ok(())
}

async fn page_of_entries(tx: &mut Tx, program: &str, entries: RangeInclusive<i64>) -> Result<Vec<JournalEntry>> {
    let sql = "SELECT entry, kind, subject, booked_at, actor, reason, program_text, facts, transfers, previous, hash FROM entries \
               WHERE program = $1 AND entry >= $2 AND entry <= $3 ORDER BY entry LIMIT $4";
    let (first, last) = entries.into_inner();
    let rows = tx.rows(sql, &[program.into(), first.into(), last.into(), ENTRIES_PER_PAGE.into()]).await?;
    rows.iter().map(|row| entry(program, row)).collect()
}

fn entry(program: &str, row: &Row) -> Result<JournalEntry> {
    let text = |column: usize| row.text(column).map(str::to_owned);
    Ok(JournalEntry {
        program: program.to_owned(),
        entry: row.int(0)?,
        kind: text(1)?,
        subject: text(2)?,
        booked_at: row.int(3)?,
        actor: text(4)?,
        reason: text(5)?,
        program_text: text(6)?,
        facts: text(7)?,
        transfers: row.int(8)?,
        previous: text(9)?,
        hash: text(10)?,
    })
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
    ahead: Option<JournalTransfer>,
}

impl<'a> Transfers<'a> {
    fn new(program: &'a str, entries: &RangeInclusive<i64>) -> Self {
        let after = (entries.start().saturating_sub(1), i64::MAX);
        Self { program, last_entry: *entries.end(), after, page: Vec::new().into_iter(), is_last_page: false, ahead: None }
    }

    /// The next transfer, when it is the entry's.
    async fn next_of(&mut self, tx: &mut Tx, entry: i64) -> Result<Option<JournalTransfer>> {
        self.look_ahead(tx).await?;
        Ok(self.ahead.take_if(|next| next.entry == entry))
    }

    /// The next transfer, when it is that of an earlier entry.
    async fn next_before(&mut self, tx: &mut Tx, entry: i64) -> Result<Option<JournalTransfer>> {
        self.look_ahead(tx).await?;
        Ok(self.ahead.take_if(|next| next.entry < entry))
    }

    /// The next transfer.
    async fn next(&mut self, tx: &mut Tx) -> Result<Option<JournalTransfer>> {
        self.look_ahead(tx).await?;
        Ok(self.ahead.take())
    }

    async fn look_ahead(&mut self, tx: &mut Tx) -> Result<()> {
        if self.ahead.is_some() {
            return Ok(());
        }
        if self.page.as_slice().is_empty() && !self.is_last_page {
            self.next_page(tx).await?;
        }
        self.ahead = self.page.next().map(|row| JournalTransfer::read(&row)).transpose()?;
        Ok(())
    }

    async fn next_page(&mut self, tx: &mut Tx) -> Result<()> {
        let sql = "SELECT entry, position, kind, order_id, line_id, creator_id, detail, revision, source, target, amount, \
                   effective_day, why, rule, base, touch FROM transfers \
                   WHERE program = $1 AND (entry, position) > ($2, $3) AND entry <= $4 ORDER BY entry, position LIMIT $5";
        let (entry, position) = self.after;
        let parameters = [self.program.into(), entry.into(), position.into(), self.last_entry.into(), TRANSFERS_PER_PAGE.into()];
        let rows = tx.rows(sql, &parameters).await?;
        if let Some(last) = rows.last() {
            self.after = (last.int(0)?, last.int(1)?);
        }
        self.is_last_page = rows.is_empty();
        self.page = rows.into_iter();
        Ok(())
    }
}

impl JournalTransfer {
    /// One row of the table, whose columns were asked for in the order of the fields.
    ///
    /// # Errors
    ///
    /// When the database answers something else.
    pub fn read(row: &Row) -> Result<Self> {
        let text = |column: usize| row.text(column).map(str::to_owned);
        Ok(Self {
            entry: row.int(0)?,
            position: row.int(1)?,
            kind: text(2)?,
            order_id: text(3)?,
            line_id: text(4)?,
            creator_id: text(5)?,
            detail: text(6)?,
            revision: row.int(7)?,
            source: text(8)?,
            target: text(9)?,
            amount: row.int(10)?,
            effective_day: i32::try_from(row.int(11)?).context("the database holds a day that is out of range")?,
            why: text(12)?,
            rule: text(13)?,
            base: row.int(14)?,
            touch: text(15)?,
        })
    }
}
