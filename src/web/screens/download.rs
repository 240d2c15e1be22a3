//! Tables as files that spreadsheets open. Texts stay texts: no cell is ever a formula.

use anyhow::{Context, Result};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde_json::Number;

use super::table::{Asked, Cell, Table};
use crate::money::format_minor;
use crate::vocabulary::without_formula;
use crate::web::Failure;

/// The most digits that a number of a workbook keeps.
const DIGITS: usize = 15;

/// The file that an address asks for: the whole table as it is searched and sorted. None where it asks for a page.
pub(super) fn file(table: &Table, asked: &Asked) -> Result<Option<Response>, Failure> {
    let (ending, kind, bytes) = match asked.file.as_str() {
        "csv" => ("csv", "text/csv; charset=utf-8", csv(&table.clone().select(asked))?),
        "xlsx" => {
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            let bytes = workbook(&table.clone().select(asked)).context("the workbook cannot be written")?;
            ("xlsx", kind, bytes)
        }
        _ => return Ok(None),
    };
    Ok(Some(attachment(&format!("{}.{ending}", table.name), kind, bytes)))
}

/// An answer that browsers keep as a file.
pub(super) fn attachment(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect();
    let disposition = format!("attachment; filename=\"{plain}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

/// What stands in a file for a cell: its number in writing, or its text.
fn written(cell: &Cell, table: &Table) -> String {
    match cell {
        Cell::Money(minor) | Cell::Change(minor) => format_minor(*minor, table.currency.exponent()),
        other => other.words(),
    }
}

fn csv(table: &Table) -> Result<Vec<u8>> {
    let mut out = csv::WriterBuilder::new().from_writer(Vec::new());
    out.write_record(table.columns.iter().map(|column| column.key))?;
    for row in &table.rows {
        let cells = row.iter().map(|cell| {
            let text = written(cell, table);
            // Numbers are ours, and may begin with a minus.
            if cell.number().is_some() { text } else { without_formula(&text).into_owned() }
        });
        out.write_record(cells)?;
    }
    out.into_inner().context("the table cannot be written as CSV")
}

fn workbook(table: &Table) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let decimals = "0".repeat(table.currency.exponent() as usize);
    let pattern = if decimals.is_empty() { "#,##0".to_owned() } else { format!("#,##0.{decimals}") };
    let (money, count) = (Format::new().set_num_format(pattern), Format::new().set_num_format("0"));
    let sheet = book.add_worksheet();
    sheet.set_freeze_panes(1, 0)?;
    for (at, column) in (0u16..).zip(table.columns) {
        sheet.write_string_with_format(0, at, column.key, &bold)?;
        sheet.set_column_width(at, if column.is_figure { 14 } else { 24 })?;
    }
    for (line, row) in (1u32..).zip(&table.rows) {
        for (at, cell) in (0u16..).zip(row) {
            let text = written(cell, table);
            let format = if matches!(cell, Cell::Count(_)) { &count } else { &money };
            // The file holds the number's digits; nothing is computed with it.
            let number = cell.number().filter(|_| text.len() <= DIGITS).and_then(|_| text.parse::<Number>().ok()?.as_f64());
            match number {
                Some(number) => sheet.write_number_with_format(line, at, number, format)?,
                None => sheet.write_string(line, at, text)?,
            };
        }
    }
    book.save_to_buffer()
}
