//! Journal entries as QuickBooks Online imports them: the rows of one number are one entry.

use std::io::Write;

use anyhow::Result;

use super::day_entry::Journal;
use crate::money::format_minor;
use crate::vocabulary::without_formula as cell;

const COLUMNS: [&str; 10] =
    ["*JournalNo", "*JournalDate", "*AccountName", "*Debits", "*Credits", "Description", "Name", "Currency", "Location", "Class"];

pub(super) fn write(journal: &Journal<'_>, out: impl Write) -> Result<()> {
    let currency = journal.program.currency;
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    csv.write_record(COLUMNS)?;
    for entry in &journal.entries {
        let day = entry.day.format("%m/%d/%Y").to_string();
        for (account, amount) in entry.by_account()? {
            let written = format_minor(amount.abs(), currency.exponent());
            let (debit, credit) = if amount > 0 { (written.as_str(), "") } else { ("", written.as_str()) };
            csv.write_record([
                entry.number.as_str(),
                &day,
                &cell(account),
                debit,
                credit,
                &cell(&entry.text),
                "",
                currency.code(),
                "",
                "",
            ])?;
        }
    }
    Ok(csv.flush()?)
}
