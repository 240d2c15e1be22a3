//! The text of a sheet, however a spreadsheet wrote it.

use std::fs::File;
use std::io::Read;

use anyhow::{Context, Result, bail};

use crate::sources::csv_file::UTF_8_MARK;
use crate::sources::source_file::SourceFile;
use crate::sources::workbook::as_csv;

/// The text of a sheet, and what stands between its values; of a workbook that of the sheet of this name.
pub(super) fn decoded(file: &SourceFile, sheet: Option<&str>) -> Result<(String, u8)> {
    let shown = &file.shown;
    let mut begins = Vec::new();
    let opened = File::open(&file.path).with_context(|| format!("cannot open {shown}"))?;
    opened.take(ZIP.len() as u64).read_to_end(&mut begins).with_context(|| format!("cannot read {shown}"))?;
    // A workbook that says it is CSV was renamed, and its owner knows nothing of that.
    if begins == ZIP && !shown.ends_with(".csv") {
        return Ok((as_csv(&file.path, shown, sheet)?, b','));
    }
    let text = plain(file)?;
    let separator = separator_of(&text);
    Ok((text, separator))
}

/// How a workbook begins, which is an archive.
const ZIP: &[u8] = b"PK\x03\x04";

/// The text of a file in UTF-8 or, as spreadsheets mark it, in UTF-16.
fn plain(file: &SourceFile) -> Result<String> {
    let shown = &file.shown;
    let bytes = std::fs::read(&file.path).with_context(|| format!("cannot open {shown}"))?;
    let utf_16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).with_context(|| format!("{shown} says that it is text in UTF-16, and is not"))
    };
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return utf_16(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return utf_16(rest, u16::from_be_bytes);
    }
    if bytes.starts_with(ZIP) || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        bail!("{shown} is a workbook, whatever its name says; export the sheet as CSV, or save it as .xlsx");
    }
    let text = bytes.strip_prefix(UTF_8_MARK).unwrap_or(&bytes).to_vec();
    String::from_utf8(text).with_context(|| format!("{shown} is not text in UTF-8 or UTF-16; export it as \"CSV UTF-8\""))
}

/// What stands between the values: of commas, semicolons and tabs what the first line has most of.
fn separator_of(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator: &u8| first.bytes().filter(|byte| byte == separator).count();
    // Of equally many the first of these.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

/// The values of the first row.
pub(super) fn first_row(text: &str, separator: u8) -> Vec<String> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let first = reader.records().next().and_then(Result::ok).unwrap_or_default();
    first.iter().map(|name| name.trim().to_owned()).collect()
}
