use std::io::Write;

use anyhow::Result;

use crate::calendar::{format_day, format_time};
use crate::ledger::{JournalEntry, JournalVisitor, Particulars, Posted, Transfer};
use crate::money::format_minor;
use crate::program::Program;
use crate::vocabulary::without_formula as cell;

/// The columns, as `BOOKS.md` describes them.
const COLUMNS: [&str; 25] = [
    "entry",
    "position",
    "booked_at",
    "entry_kind",
    "subject",
    "actor",
    "reason",
    "why",
    "effective_day",
    "kind",
    "order_id",
    "line_id",
    "creator_id",
    "detail",
    "revision",
    "source",
    "target",
    "amount",
    "currency",
    "rule",
    "base",
    "touch",
    "program_text",
    "facts",
    "hash",
];

/// A row for each transfer, or for an entry that has none.
pub(super) struct Csv<'a, W: Write> {
    program: &'a Program,
    out: csv::Writer<W>,
}

impl<'a, W: Write> Csv<'a, W> {
    pub(super) fn begin(program: &'a Program, out: W) -> Result<Self> {
        let mut out = csv::WriterBuilder::new().from_writer(out);
        out.write_record(COLUMNS)?;
        Ok(Self { program, out })
    }

    pub(super) fn finish(mut self) -> Result<()> {
        Ok(self.out.flush()?)
    }

    /// A row: of the entry, and of the transfer from `position` on.
    fn row(&mut self, entry: &JournalEntry, position: &str, why: &str, transfer: [&str; 14]) -> Result<()> {
        let (number, booked_at) = (entry.entry.to_string(), format_time(entry.booked_at));
        let before: [&str; 8] = [
            &number,
            position,
            &booked_at,
            entry.kind.code(),
            &cell(&entry.subject),
            &cell(&entry.actor),
            &cell(&entry.reason),
            &cell(why),
        ];
        let after = [entry.program_text.as_str(), &entry.facts, &entry.hash];
        Ok(self.out.write_record(before.iter().chain(&transfer).chain(&after))?)
    }
}

impl<W: Write> JournalVisitor for Csv<'_, W> {
    fn begin(&mut self, entry: &JournalEntry) -> Result<()> {
        if entry.transfers == 0 { self.row(entry, "", "", [""; 14]) } else { Ok(()) }
    }

    fn transfer(&mut self, entry: &JournalEntry, posted: &Posted) -> Result<()> {
        let currency = self.program.currency;
        let money = |minor: i64| format_minor(minor, currency.exponent());
        let Transfer { about, revision, source, target, amount } = &posted.transfer;
        let Particulars { kind, order_id, line_id, creator_id, detail, effective_day, rule, base, touch, .. } = about;
        let columns: [&str; 14] = [
            &format_day(*effective_day),
            kind.code(),
            &cell(order_id),
            &cell(line_id),
            &cell(creator_id),
            &cell(detail),
            &revision.to_string(),
            source.code(),
            target.code(),
            &money(*amount),
            currency.code(),
            &cell(rule),
            &money(*base),
            &cell(touch),
        ];
        self.row(entry, &posted.position.to_string(), posted.why(), columns)
    }

    fn end(&mut self, _: &JournalEntry) -> Result<()> {
        Ok(())
    }
}
