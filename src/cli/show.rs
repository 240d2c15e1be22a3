//! Figures as aligned tables, CSV or JSON.

use std::borrow::Cow;
use std::io::{self, Write};

use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets};

use super::args::Format;
use super::output::Output;
use super::visible::{on_one_line, visible};
use crate::vocabulary::without_formula;

/// Rows of text under a header; some columns hold figures.
pub(super) struct Sheet {
    pub header: Vec<&'static str>,
    /// Which columns are aligned to the right.
    pub figures: Vec<usize>,
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// Writes the sheet to standard output.
    pub(super) fn print(&self, format: Format) -> Result<()> {
        match format {
            Format::Table => print(&self.aligned()),
            Format::Csv => self.csv(Output::standard()),
            Format::Json => print(&self.json()?),
        }
    }

    /// The sheet as JSON: a list of objects.
    pub(super) fn json(&self) -> Result<String> {
        Ok(visible(&serde_json::to_string_pretty(&self.objects())?).into_owned())
    }

    /// The rows as objects.
    pub(super) fn objects(&self) -> Vec<serde_json::Map<String, serde_json::Value>> {
        let object = |row: &Vec<String>| {
            self.header.iter().zip(row).map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect()
        };
        self.rows.iter().map(object).collect()
    }

    /// The sheet as aligned text.
    pub(super) fn aligned(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_header(self.header.iter().map(|name| name.replace('_', " ")));
        for row in &self.rows {
            table.add_row(row.iter().map(|cell| on_one_line(cell)));
        }
        for column in &self.figures {
            if let Some(column) = table.column_mut(*column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    }

    /// Writes the sheet as CSV.
    pub(super) fn csv(&self, out: impl Write) -> Result<()> {
        let mut out = CsvRows::begin(out, &self.header, &self.figures)?;
        self.rows.iter().try_for_each(|row| out.write(row.iter().map(String::as_str)))?;
        out.finish()
    }
}

/// Rows of CSV as they come: lines end in LF, quotes stand only where needed. Whatever is no figure is text from outside, which
/// no spreadsheet shall calculate.
pub(super) struct CsvRows<'a, W: Write> {
    out: csv::Writer<W>,
    figures: &'a [usize],
}

impl<'a, W: Write> CsvRows<'a, W> {
    /// Begins with the header.
    pub(super) fn begin(out: W, header: &[&str], figures: &'a [usize]) -> Result<Self> {
        let mut out = csv::WriterBuilder::new().from_writer(out);
        out.write_record(header)?;
        Ok(Self { out, figures })
    }

    pub(super) fn write<'r>(&mut self, row: impl IntoIterator<Item = &'r str>) -> Result<()> {
        for (column, text) in row.into_iter().enumerate() {
            let cell = if self.figures.contains(&column) { Cow::Borrowed(text) } else { without_formula(text) };
            self.out.write_field(cell.as_bytes())?;
        }
        Ok(self.out.write_record(None::<&[u8]>)?)
    }

    pub(super) fn finish(mut self) -> Result<()> {
        Ok(self.out.flush()?)
    }
}

/// Writes a text and a line end to standard output.
pub(super) fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", visible(text))?;
    Ok(())
}

/// Writes an error and its causes to standard error.
pub(super) fn tell(error: &anyhow::Error) {
    eprintln!("error: {}", visible(&format!("{error:#}")));
}

/// Whether the reader of our output has gone, as `head` does.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let kind = |cause: &(dyn std::error::Error + 'static)| match cause.downcast_ref::<csv::Error>().map(csv::Error::kind) {
        Some(csv::ErrorKind::Io(error)) => Some(error.kind()),
        _ => cause.downcast_ref::<io::Error>().map(io::Error::kind),
    };
    error.chain().any(|cause| kind(cause) == Some(io::ErrorKind::BrokenPipe))
}
