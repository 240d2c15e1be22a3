use std::collections::BTreeMap;
use std::io::{self, Write};

use anyhow::Result;
use chrono::{Datelike, Months, NaiveDate};

use super::days::booked_on;
use super::place::Place;
use crate::ledger::{Head, JournalEntry, JournalVisitor, Particulars, Posted};
use crate::money::{Overflow, format_minor};
use crate::program::Program;

/// What books are about.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub program: &'a Program,
    pub head: &'a Head,
}

impl About<'_> {
    /// An amount with the currency's decimals and its code.
    pub(super) fn amount(&self, minor: i64) -> String {
        format!("{} {}", format_minor(minor, self.program.currency.exponent()), self.program.currency)
    }

    /// What the books begin with, in words.
    pub(super) fn title(&self) -> String {
        let Program { id, name, .. } = self.program;
        format!("{name} ({id}): the journal through entry {} with hash {}", self.head.entry, self.head.hash)
    }
}

/// A transfer as two postings: the amount to `source`, its negative to `target`.
pub(super) struct Pair<'a> {
    pub posted: &'a Posted,
    pub source: &'a str,
    pub target: &'a str,
    pub effective_day: NaiveDate,
}

/// What stands on an entry's transaction as tags, without those that would be empty.
pub(super) fn tags_of_entry(entry: &JournalEntry) -> impl Iterator<Item = (&'static str, &str)> {
    let tags = [
        ("entry_kind", entry.kind.code()),
        ("subject", &entry.subject),
        ("actor", &entry.actor),
        ("reason", &entry.reason),
        ("program_text", &entry.program_text),
        ("facts", &entry.facts),
        ("hash", &entry.hash),
    ];
    tags.into_iter().filter(|(_, text)| !text.is_empty())
}

/// What stands on a transfer's first posting as tags after its kind, without those that would be empty. `why` is what a person
/// wrote, where one did, else the reason's code.
pub(super) fn tags_of_transfer(posted: &Posted) -> impl Iterator<Item = (&'static str, &str)> {
    let Particulars { order_id, line_id, creator_id, detail, rule, touch, .. } = &posted.transfer.about;
    let tags = [
        ("order_id", order_id.as_str()),
        ("line_id", line_id),
        ("creator_id", creator_id),
        ("detail", detail),
        ("why", posted.why()),
        ("rule", rule),
        ("touch", touch),
    ];
    tags.into_iter().filter(|(_, text)| !text.is_empty())
}

/// The balance of an account.
pub(super) struct Asserted<'a> {
    pub account: &'a str,
    pub balance: i64,
}

/// How a plain-text accounting program wants its books written. Texts are anybody's: each dialect escapes what it must.
pub(super) trait Dialect {
    /// The account's name; no two places have the same.
    fn account(&self, place: &Place<'_>) -> String;
    /// What stands first.
    fn preface(&self, out: &mut impl Write, about: About<'_>) -> io::Result<()>;
    /// Declares an account that is used from a day on.
    fn open(&self, out: &mut impl Write, about: About<'_>, day: NaiveDate, account: &str, place: &Place<'_>) -> io::Result<()>;
    /// Begins an entry's transaction.
    fn transaction(&self, out: &mut impl Write, day: NaiveDate, entry: &JournalEntry) -> io::Result<()>;
    /// The postings of one of its transfers.
    fn postings(&self, out: &mut impl Write, about: About<'_>, pair: &Pair<'_>) -> io::Result<()>;
    /// Asserts balances as they are at the end of a day.
    fn assert(&self, out: &mut impl Write, about: About<'_>, day: NaiveDate, balances: &[Asserted<'_>]) -> io::Result<()>;
}

/// What was written of an account.
#[derive(Default)]
struct Standing {
    balance: i64,
    /// Whether it is asserted at the end of the month.
    moved: bool,
}

/// Books in a dialect. Entries come in the order of their local days.
///
/// A reader of the books can tell that nothing is missing: at the end of each month every account that moved in it is
/// asserted, and at the very end every account.
pub(super) struct DoubleEntry<'a, D, W> {
    about: About<'a>,
    dialect: D,
    out: W,
    standings: BTreeMap<String, Standing>,
    /// The declarations of accounts that the current transaction uses first; nothing may stand within a transaction.
    declarations: Vec<u8>,
    /// The day of the latest entry.
    day: Option<NaiveDate>,
}

impl<'a, D: Dialect, W: Write> DoubleEntry<'a, D, W> {
    pub(super) fn begin(about: About<'a>, dialect: D, mut out: W) -> Result<Self> {
        dialect.preface(&mut out, about)?;
        Ok(Self { about, dialect, out, standings: BTreeMap::new(), declarations: Vec::new(), day: None })
    }

    /// Asserts every account, at the end of the last day.
    pub(super) fn finish(mut self) -> Result<()> {
        if let Some(day) = self.day {
            self.assert(day, |_| true)?;
        }
        Ok(self.out.flush()?)
    }

    /// Asserts what moved in the month that is over, if one is.
    fn turn_month(&mut self, day: NaiveDate) -> Result<()> {
        match self.day {
            Some(before) if (before.year(), before.month()) != (day.year(), day.month()) => {
                self.assert(last_of_month(before), |standing| standing.moved)?;
                self.standings.values_mut().for_each(|standing| standing.moved = false);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn assert(&mut self, day: NaiveDate, which: impl Fn(&Standing) -> bool) -> Result<()> {
        let chosen = self.standings.iter().filter(|(_, standing)| which(standing));
        let balances: Vec<Asserted<'_>> =
            chosen.map(|(account, standing)| Asserted { account, balance: standing.balance }).collect();
        if !balances.is_empty() {
            self.dialect.assert(&mut self.out, self.about, day, &balances)?;
        }
        Ok(())
    }

    /// Books an amount on an account, which is declared where it is new; answers its name.
    fn book(&mut self, place: &Place<'_>, amount: i64) -> Result<String> {
        let account = self.dialect.account(place);
        if !self.standings.contains_key(&account) {
            if let Some(day) = self.day {
                self.dialect.open(&mut self.declarations, self.about, day, &account, place)?;
            }
            self.standings.insert(account.clone(), Standing::default());
        }
        if let Some(standing) = self.standings.get_mut(&account) {
            standing.balance = standing.balance.checked_add(amount).ok_or(Overflow)?;
            standing.moved = true;
        }
        Ok(account)
    }
}

impl<D: Dialect, W: Write> JournalVisitor for DoubleEntry<'_, D, W> {
    fn begin(&mut self, entry: &JournalEntry) -> Result<()> {
        let day = booked_on(self.about.program, entry.booked_at)?;
        self.turn_month(day)?;
        self.day = Some(day);
        Ok(self.dialect.transaction(&mut self.out, day, entry)?)
    }

    fn transfer(&mut self, _: &JournalEntry, posted: &Posted) -> Result<()> {
        let transfer = &posted.transfer;
        let source = self.book(&Place::of(transfer.source, &transfer.about), transfer.amount)?;
        let target = self.book(&Place::of(transfer.target, &transfer.about), -transfer.amount)?;
        let effective_day = super::days::date(transfer.about.effective_day)?;
        let pair = Pair { posted, source: &source, target: &target, effective_day };
        Ok(self.dialect.postings(&mut self.out, self.about, &pair)?)
    }

    fn end(&mut self, _: &JournalEntry) -> Result<()> {
        if !self.declarations.is_empty() {
            self.out.write_all(b"\n")?;
            self.out.write_all(&self.declarations)?;
            self.declarations.clear();
        }
        Ok(())
    }
}

fn last_of_month(day: NaiveDate) -> NaiveDate {
    let first = day.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
    first.and_then(|next| next.pred_opt()).unwrap_or(day)
}
