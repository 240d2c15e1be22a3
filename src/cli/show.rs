//! Figures as aligned tables, CSV or JSON.

use std::io::{self, BufWriter, Write};

use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets};

use super::args::Format;

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
            Format::Csv => self.csv(),
            Format::Json => print(&self.json()?),
        }
    }

    /// The sheet as JSON: a list of objects.
    pub(super) fn json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(&self.objects())?)
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
            table.add_row(row);
        }
        for column in &self.figures {
            if let Some(column) = table.column_mut(*column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    }

    fn csv(&self) -> Result<()> {
        // Lines end in LF, quotes stand only where needed.
        let mut out = csv::WriterBuilder::new().from_writer(BufWriter::with_capacity(1 << 16, io::stdout()));
        out.write_record(&self.header)?;
        for row in &self.rows {
            out.write_record(row)?;
        }
        out.flush()?;
        Ok(())
    }
}

/// Writes a text and a line end to standard output.
pub(super) fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(())
}

/// Whether the reader of our output has gone, as `head` does.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let kind = |cause: &(dyn std::error::Error + 'static)| match cause.downcast_ref::<csv::Error>().map(csv::Error::kind) {
        Some(csv::ErrorKind::Io(error)) => Some(error.kind()),
        _ => cause.downcast_ref::<io::Error>().map(io::Error::kind),
    };
    error.chain().any(|cause| kind(cause) == Some(io::ErrorKind::BrokenPipe))
}
