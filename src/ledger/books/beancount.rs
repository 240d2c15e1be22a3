use std::io::{self, Write};

use chrono::NaiveDate;

use super::double_entry::{About, Asserted, Dialect, Pair, tags_of_entry, tags_of_transfer};
use super::percent::percent;
use super::place::{Class, Owner, Place};
use crate::calendar::format_time;
use crate::ledger::JournalEntry;
use crate::money::format_minor;

/// A ledger for beancount, version 2 or 3.
pub(super) struct Beancount;

impl Dialect for Beancount {
    fn account(&self, place: &Place<'_>) -> String {
        let class = match place.class {
            Class::Assets => "Assets",
            Class::Liabilities => "Liabilities",
            Class::Equity => "Equity",
            Class::Expenses => "Expenses",
        };
        let name = capital(&place.name);
        match place.owner {
            Owner::Nobody => format!("{class}:{name}"),
            Owner::Creator(id) => format!("{class}:{name}:C-{}", component(id)),
            Owner::Batch(id) => format!("{class}:{name}:B-{}", component(id)),
        }
    }

    fn preface(&self, out: &mut impl Write, about: About<'_>) -> io::Result<()> {
        writeln!(out, "option \"title\" {}", quoted(&about.title()))?;
        writeln!(out, "option \"operating_currency\" \"{}\"", about.program.currency)
    }

    fn open(&self, out: &mut impl Write, about: About<'_>, day: NaiveDate, account: &str, place: &Place<'_>) -> io::Result<()> {
        writeln!(out, "{day} open {account} {}", about.program.currency)?;
        match place.owner {
            Owner::Nobody => Ok(()),
            Owner::Creator(id) => writeln!(out, "  creator_id: {}", quoted(id)),
            Owner::Batch(id) => writeln!(out, "  batch_id: {}", quoted(id)),
        }
    }

    fn transaction(&self, out: &mut impl Write, day: NaiveDate, entry: &JournalEntry) -> io::Result<()> {
        let about = format!("{} {}", entry.kind.code(), entry.subject);
        writeln!(out, "\n{day} * {}", quoted(about.trim_end()))?;
        writeln!(out, "  entry: {}\n  booked_at: \"{}\"", entry.entry, format_time(entry.booked_at))?;
        for (name, text) in tags_of_entry(entry) {
            writeln!(out, "  {name}: {}", quoted(text))?;
        }
        Ok(())
    }

    fn postings(&self, out: &mut impl Write, about: About<'_>, pair: &Pair<'_>) -> io::Result<()> {
        let transfer = &pair.posted.transfer;
        writeln!(out, "  {} {}", pair.source, about.amount(transfer.amount))?;
        writeln!(out, "    kind: {}", quoted(transfer.about.kind.code()))?;
        for (name, text) in tags_of_transfer(pair.posted) {
            writeln!(out, "    {name}: {}", quoted(text))?;
        }
        writeln!(out, "    effective_day: {}", pair.effective_day)?;
        writeln!(out, "  {} {}", pair.target, about.amount(-transfer.amount))
    }

    /// Beancount compares at the beginning of a day: that of the day after. Unless told otherwise it forgives a cent.
    fn assert(&self, out: &mut impl Write, about: About<'_>, day: NaiveDate, balances: &[Asserted<'_>]) -> io::Result<()> {
        let next = day.succ_opt().unwrap_or(day);
        let currency = about.program.currency;
        writeln!(out)?;
        for Asserted { account, balance } in balances {
            let amount = format_minor(*balance, currency.exponent());
            writeln!(out, "{next} balance {account} {amount} ~ 0 {currency}")?;
        }
        Ok(())
    }
}

/// A word with its first letter a capital, as each part of an account's name must begin.
fn capital(word: &str) -> String {
    let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
    first.to_ascii_uppercase() + rest
}

/// An id as a part of an account's name, which holds letters, digits and dashes only: a dash stands as two, any other
/// byte as a dash and its two digits.
fn component(id: &str) -> String {
    let byte = |byte: u8| match byte {
        b'-' => "--".to_owned(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("-{byte:02X}"),
    };
    id.bytes().map(byte).collect()
}

/// A text as a string, on one line.
fn quoted(text: &str) -> String {
    format!("\"{}\"", percent(text, |c| !c.is_control()).replace('\\', "\\\\").replace('"', "\\\""))
}
