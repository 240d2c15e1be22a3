use std::io::{self, Write};

use chrono::NaiveDate;

use super::double_entry::{About, Asserted, Dialect, Pair, tags_of_entry, tags_of_transfer};
use super::percent::percent;
use super::place::{Class, Owner, Place};
use crate::calendar::format_time;
use crate::ledger::JournalEntry;
use crate::money::format_minor;

/// A journal for hledger.
pub(super) struct Hledger;

impl Dialect for Hledger {
    fn account(&self, place: &Place<'_>) -> String {
        let class = match place.class {
            Class::Assets => "assets",
            Class::Liabilities => "liabilities",
            Class::Equity => "equity",
            Class::Expenses => "expenses",
        };
        match place.owner {
            Owner::Nobody => format!("{class}:{}", place.name),
            Owner::Creator(id) | Owner::Batch(id) => format!("{class}:{}:{}", place.name, component(id)),
        }
    }

    fn preface(&self, out: &mut impl Write, about: About<'_>) -> io::Result<()> {
        let currency = about.program.currency;
        // A style without decimals needs its decimal mark.
        let mark = if currency.exponent() == 0 { "." } else { "" };
        let thousand = format_minor(1000 * 10_i64.pow(currency.exponent()), currency.exponent());
        writeln!(out, "; {}\n\ndecimal-mark .\ncommodity {thousand}{mark} {currency}", value(&about.title()))
    }

    fn open(&self, out: &mut impl Write, _: About<'_>, _: NaiveDate, account: &str, place: &Place<'_>) -> io::Result<()> {
        write!(out, "account {account}")?;
        match place.owner {
            Owner::Nobody => writeln!(out),
            Owner::Creator(id) => writeln!(out, "  ; creator_id:{}", value(id)),
            Owner::Batch(id) => writeln!(out, "  ; batch_id:{}", value(id)),
        }
    }

    fn transaction(&self, out: &mut impl Write, day: NaiveDate, entry: &JournalEntry) -> io::Result<()> {
        let about = format!("{} {}", entry.kind.code(), entry.subject);
        writeln!(out, "\n{day} * ({}) {}", entry.entry, description(about.trim_end()))?;
        writeln!(out, "    ; entry:{}, booked_at:{}", entry.entry, format_time(entry.booked_at))?;
        for (name, text) in tags_of_entry(entry) {
            writeln!(out, "    ; {name}:{}", value(text))?;
        }
        Ok(())
    }

    fn postings(&self, out: &mut impl Write, about: About<'_>, pair: &Pair<'_>) -> io::Result<()> {
        let transfer = &pair.posted.transfer;
        write!(out, "    {}  {}  ; kind:{}", pair.source, about.amount(transfer.amount), value(transfer.about.kind.code()))?;
        for (name, text) in tags_of_transfer(pair.posted) {
            write!(out, ", {name}:{}", value(text))?;
        }
        // No tag is called `date`: it would move the posting.
        writeln!(out, ", effective_day:{}", pair.effective_day)?;
        writeln!(out, "    {}  {}", pair.target, about.amount(-transfer.amount))
    }

    fn assert(&self, out: &mut impl Write, about: About<'_>, day: NaiveDate, balances: &[Asserted<'_>]) -> io::Result<()> {
        writeln!(out, "\n{day} * balances at the end of {day}")?;
        let nothing = about.amount(0);
        for Asserted { account, balance } in balances {
            writeln!(out, "    {account}  {nothing} = {}", about.amount(*balance))?;
        }
        Ok(())
    }
}

/// An id as a part of an account's name. An empty one is a lone percent sign, which no other becomes.
fn component(id: &str) -> String {
    if id.is_empty() { "%".to_owned() } else { percent(id, |c| c.is_ascii_alphanumeric() || "-_.@+".contains(c)) }
}

/// A text as the value of a tag, on one line. A comma would end it, and brackets may hold a date that moves a posting.
fn value(text: &str) -> String {
    let inner = percent(text, |c| c.is_alphanumeric() || c == ' ' || (c.is_ascii_graphic() && !",[]".contains(c)));
    // hledger cuts spaces off both ends.
    let trimmed = inner.trim_matches(' ');
    let before = inner.len() - inner.trim_start_matches(' ').len();
    let after = inner.len() - trimmed.len() - before;
    format!("{}{trimmed}{}", "%20".repeat(before), "%20".repeat(after))
}

/// A text as a description: a semicolon would begin a comment, a bar divides payee and note.
fn description(text: &str) -> String {
    percent(text, |c| c.is_alphanumeric() || c == ' ' || (c.is_ascii_graphic() && !";|".contains(c)))
}
