//! Workbooks (.xlsx): a sheet as the text that a spreadsheet would save it as, where that is the same for everybody.
//!
//! A workbook holds numbers as binary floating point, written as the shortest decimal that gives it. A decimal of up to fifteen digits comes back from
//! that as it was typed, so its digits are taken as text, and nothing is computed with them here. What has more digits was computed in the
//! sheet (0.1 + 0.2), or lost some when it was typed (a long id): it is refused with its cell.
//!
//! Reading the sheet's XML ourselves was rejected, though it would show the digits as they are stored: programs store the same number in
//! different digits, and shared texts, styles and dates would have to be known here too. The price is that hidden rows are not told from others: they count.

use std::fmt::Write;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context, Result, bail};
use calamine::{DataRef, Dimensions, Reader, SheetVisible, Xlsx, open_workbook};
use rust_decimal::Decimal;

use super::mistakes::Mistakes;
use crate::error::Invalid;

/// How many digits of a decimal survive in a workbook's numbers.
const EXACT_DIGITS: usize = 15;

/// The last day that a workbook can hold, as it counts days.
const LAST_DAY: u32 = 2_958_465;

/// The rows of a sheet, the values of each by column; rows and columns from 0.
type Rows = Vec<Vec<String>>;

/// A sheet as CSV with commas: the one of this name, or the first that is not hidden. Empty rows stay, so that rows keep their numbers.
///
/// # Errors
///
/// When it is no workbook or has no such sheet; [`Mistakes`], which name row and column, where a value may be another than was meant.
pub(super) fn as_csv(path: &Path, shown: &str, sheet: Option<&str>) -> Result<String> {
    let cannot = || {
        format!("{shown} cannot be read as a workbook; save it as Excel workbook (.xlsx) without a password, or export it as CSV")
    };
    let mut book: Xlsx<BufReader<File>> = open_workbook(path).with_context(cannot)?;
    let name = chosen(&book, shown, sheet)?;
    let merged = book.merge_cells_by_sheet_name(&name).with_context(cannot)?;
    if let Some(first) = merged.first() {
        tracing::warn!(
            "{shown}: cells of the sheet {name} are merged, the first of them {}; only the upper left one has the value",
            range(first)
        );
    }
    let mut mistakes = Mistakes::default();
    find_uncomputed(&mut book, &name, shown, &mut mistakes).with_context(cannot)?;
    let rows = rows(&mut book, &name, shown, &mut mistakes).with_context(cannot)?;
    if mistakes.is_empty() { Ok(csv(rows)) } else { Err(mistakes.into()) }
}

/// The name of the sheet to read.
fn chosen(book: &Xlsx<BufReader<File>>, shown: &str, wanted: Option<&str>) -> Result<String> {
    let sheets = book.sheets_metadata();
    let names = || sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(wanted) = wanted {
        if !sheets.iter().any(|sheet| sheet.name == wanted) {
            bail!(Invalid(format!("{shown} has no sheet \"{wanted}\"; it has {}", names())));
        }
        return Ok(wanted.to_owned());
    }
    let first = sheets.iter().find(|sheet| sheet.visible == SheetVisible::Visible);
    let first = first.with_context(|| Invalid(format!("{shown} has no sheet that is not hidden")))?;
    if sheets.len() > 1 {
        tracing::info!("{shown}: reads the sheet {} of {}", first.name, names());
    }
    Ok(first.name.clone())
}

/// Formulas whose value the workbook does not hold: a program wrote it that does not compute.
fn find_uncomputed(
    book: &mut Xlsx<BufReader<File>>,
    name: &str,
    shown: &str,
    mistakes: &mut Mistakes,
) -> Result<(), calamine::XlsxError> {
    let mut cells = book.worksheet_cells_reader(name)?;
    while let Some(cell) = cells.next_cell_with_formula()? {
        if cell.formula.is_some_and(|formula| !formula.is_empty()) && cell.value == DataRef::Empty {
            note(mistakes, shown, cell.pos, "holds a formula without its value; open the workbook in a spreadsheet and save it");
        }
    }
    Ok(())
}

fn rows(book: &mut Xlsx<BufReader<File>>, name: &str, shown: &str, mistakes: &mut Mistakes) -> Result<Rows, calamine::XlsxError> {
    let mut cells = book.worksheet_cells_reader(name)?;
    let is_percent = |style: &calamine::Style| style.number_format.as_ref().is_some_and(|form| form.format_code.contains('%'));
    let percents: Vec<bool> = cells.styles().iter().map(is_percent).collect();
    let mut rows = Rows::new();
    while let Some((cell, style)) = cells.next_cell_with_style_id()? {
        let (row, column) = cell.get_position();
        let is_percent = percents.get(style).copied().unwrap_or_default();
        match text(cell.get_value(), is_percent) {
            Ok(text) if text.is_empty() => {}
            Ok(text) => {
                let (row, column) = (row as usize, column as usize);
                if rows.len() <= row {
                    rows.resize(row + 1, Vec::new());
                }
                if rows[row].len() <= column {
                    rows[row].resize(column + 1, String::new());
                }
                rows[row][column] = text;
            }
            Err(why) => note(mistakes, shown, (row, column), &why),
        }
    }
    Ok(rows)
}

/// A value as text; else why it is none that is sure.
fn text(value: &DataRef<'_>, is_percent: bool) -> Result<String, String> {
    match value {
        DataRef::Empty => Ok(String::new()),
        DataRef::String(text) | DataRef::DateTimeIso(text) => Ok(text.clone()),
        DataRef::SharedString(text) => Ok((*text).to_owned()),
        DataRef::Int(number) => decimal(&number.to_string(), is_percent),
        DataRef::Float(number) => decimal(&number.to_string(), is_percent),
        DataRef::Bool(is_true) => Ok(if *is_true { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::Error(error) => Err(format!("holds the error {error}")),
        DataRef::DurationIso(_) => Err("holds a span of time, not a date".to_owned()),
        DataRef::DateTime(time) => {
            // Which day it is, as the workbook counts them.
            let serial = time.as_f64().to_string();
            let day: Option<u32> = serial.split('.').next().and_then(|day| day.parse().ok());
            if time.is_duration() || !day.is_some_and(|day| (1..=LAST_DAY).contains(&day)) {
                return Err("holds a span of time or a clock time, not a date".to_owned());
            }
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            Ok(if serial.contains('.') { format!("{date}T{hour:02}:{minute:02}:{second:02}") } else { date })
        }
    }
}

/// A number's digits, if they are those that were meant; of one that is shown as a percentage those of the percentage.
fn decimal(digits: &str, is_percent: bool) -> Result<String, String> {
    let significant = digits.chars().filter(char::is_ascii_digit).skip_while(|digit| *digit == '0').count();
    if significant > EXACT_DIGITS {
        return Err(match digits.contains('.') {
            true => {
                format!("holds {digits}, which the sheet computed and is no exact decimal; round it there, as by =ROUND(…, 2)")
            }
            false => format!(
                "holds a number of more than {EXACT_DIGITS} digits, of which a spreadsheet keeps no more; write it as text"
            ),
        });
    }
    if !is_percent {
        return Ok(digits.to_owned());
    }
    let percent = digits.parse::<Decimal>().ok().and_then(|share| share.checked_mul(Decimal::ONE_HUNDRED));
    percent.map(|percent| format!("{}%", percent.normalize())).ok_or_else(|| format!("holds {digits}, which is no percentage"))
}

fn note(mistakes: &mut Mistakes, shown: &str, (row, column): (u32, u32), why: &str) {
    let row = row as usize + 1;
    mistakes.add(row, || format!("{shown} row {row}, column {}: {why}", letters(column)));
}

/// A column as spreadsheets call it: A to Z, AA and so on.
fn letters(mut column: u32) -> String {
    let mut letters = String::new();
    loop {
        letters.insert(0, char::from(b'A' + (column % 26) as u8));
        match (column / 26).checked_sub(1) {
            Some(rest) => column = rest,
            None => return letters,
        }
    }
}

fn range(cells: &Dimensions) -> String {
    let cell = |(row, column): (u32, u32)| format!("{}{}", letters(column), row + 1);
    format!("{}:{}", cell(cells.start), cell(cells.end))
}

/// Rows as CSV, each as wide as the first that has anything.
fn csv(rows: Rows) -> String {
    let width = rows.iter().find(|row| !row.is_empty()).map_or(0, Vec::len);
    let mut text = String::new();
    for row in rows {
        let padding = width.saturating_sub(row.len());
        let values = row.into_iter().map(|value| format!("\"{}\"", value.replace('"', "\"\"")));
        let is_empty = padding == width;
        let values: Vec<String> = values.chain(std::iter::repeat_n(String::new(), if is_empty { 0 } else { padding })).collect();
        let _ = writeln!(text, "{}", values.join(","));
    }
    text
}
