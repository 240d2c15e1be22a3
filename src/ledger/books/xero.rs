//! Manual journals as Xero imports them: rows of one narration and date are one journal, debits above zero, credits below.

use std::io::Write;

use anyhow::Result;

use super::day_entry::Journal;
use crate::money::format_minor;
use crate::vocabulary::without_formula as cell;

const COLUMNS: [&str; 10] = [
    "*Narration",
    "*Date",
    "Description",
    "*AccountCode",
    "*TaxRate",
    "*Amount",
    "TrackingName1",
    "TrackingOption1",
    "TrackingName2",
    "TrackingOption2",
];

pub(super) fn write(journal: &Journal<'_>, out: impl Write) -> Result<()> {
    let program = journal.program;
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    csv.write_record(COLUMNS)?;
    for entry in &journal.entries {
        let (narration, day) = (format!("{} {}", entry.number, entry.text), entry.day.format("%d/%m/%Y").to_string());
        for (account, amount) in entry.by_account()? {
            csv.write_record([
                narration.as_str(),
                &day,
                &cell(&entry.text),
                &cell(account),
                &cell(&program.books.tax_rate),
                &format_minor(amount, program.currency.exponent()),
                "",
                "",
                "",
                "",
            ])?;
        }
    }
    Ok(csv.flush()?)
}
