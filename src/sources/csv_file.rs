//! CSV files: rows of text under a header.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use anyhow::{Context, Error, Result};

use super::mistakes::Mistakes;
use super::source_file::SourceFile;
use super::strict_csv::{Disorder, Scan, Strict};

/// Calls `each` with the row, as a spreadsheet counts them, and the values of `columns` and then of `optional` ones in their order,
/// for every row of a CSV file that is not empty. The value of an optional column that the file lacks is empty.
///
/// A byte-order mark, CRLF, quoted line breaks and extra columns are fine. Rows whose cells are all empty are passed over. Answers how
/// many rows the file has, if it ends with a whole line.
///
/// # Errors
///
/// [`Mistakes`], which name file and row, when columns are missing or repeated, a row has too few or too many values, quotes or
/// line ends are not in order, or a value is not UTF-8. From the first mistake on, `each` is not called any more.
pub fn read_csv(
    file: &SourceFile,
    columns: &[&str],
    optional: &[&str],
    each: impl FnMut(usize, &[&str]) -> Result<()>,
) -> Result<usize> {
    let shown = &file.shown;
    let cannot_read = || format!("cannot read {shown}");
    let mut input = BufReader::with_capacity(1 << 20, File::open(&file.path).with_context(|| format!("cannot open {shown}"))?);
    let begins = input.fill_buf().with_context(cannot_read)?;
    if let Some(what) = other_format(begins) {
        return Err(Mistakes::one(1, format!("{shown}: {what}")).into());
    }
    if begins.starts_with(UTF_8_MARK) {
        input.consume(UTF_8_MARK.len());
    }
    let Some(rest) = file.rest else { return read_values(shown, input, (b',', 0), columns, optional, each) };
    let mut header = Vec::new();
    input.read_until(b'\n', &mut header).with_context(cannot_read)?;
    input.seek(SeekFrom::Start(rest.start)).with_context(cannot_read)?;
    let input = header.chain(input.take(file.length.map_or(u64::MAX, |length| length - rest.start)));
    read_values(shown, input, (b',', rest.rows - 1), columns, optional, each)
}

/// The names in the header of a CSV file; none where it has none that can be read, which those who read its rows say.
pub(super) fn header_of(file: &SourceFile) -> Result<Vec<String>> {
    let shown = &file.shown;
    let mut input = BufReader::new(File::open(&file.path).with_context(|| format!("cannot open {shown}"))?);
    if input.fill_buf().with_context(|| format!("cannot read {shown}"))?.starts_with(UTF_8_MARK) {
        input.consume(UTF_8_MARK.len());
    }
    let header = csv::Reader::from_reader(input).byte_headers().cloned().unwrap_or_default();
    Ok(header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect())
}

/// The same of text that is there already, without a mark, with `separator` between values, and of which so many rows after the header
/// are `skipped`.
pub(super) fn read_values(
    shown: &str,
    input: impl BufRead,
    (separator, skipped): (u8, usize),
    columns: &[&str],
    optional: &[&str],
    mut each: impl FnMut(usize, &[&str]) -> Result<()>,
) -> Result<usize> {
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.buffer_capacity(1 << 20).flexible(true).delimiter(separator);
    let mut reader = reader.from_reader(Strict::new(input, separator, skipped));
    let header = match reader.byte_headers().cloned() {
        Ok(header) => header,
        Err(error) => return Err(unreadable(shown, reader.get_ref().scan(), &[], Mistakes::default(), error)),
    };
    let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    let places = find_columns(shown, reader.get_ref().scan().row_of(0), &names, columns, optional)?;
    let mut mistakes = Mistakes::default();
    let mut record = csv::ByteRecord::new();
    for filled in 1.. {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(unreadable(shown, reader.get_ref().scan(), &names, mistakes, error)),
        }
        let row = reader.get_ref().scan().row_of(filled);
        if record.iter().all(<[u8]>::is_empty) {
            continue;
        }
        if record.len() != header.len() {
            let (got, wanted) = (record.len(), header.len());
            mistakes.add(row, || {
                format!(
                    "{shown} row {row}: has {got} values where the header has {wanted}; a value that holds a comma or a line break needs quotes"
                )
            });
            continue;
        }
        let mut values: Vec<&str> = Vec::with_capacity(places.len());
        for (place, column) in places.iter().zip(columns.iter().chain(optional)) {
            match std::str::from_utf8(place.map_or(b"", |place| &record[place])) {
                Ok(text) => values.push(text),
                Err(_) => mistakes.add(row, || format!("{shown} row {row}, {column}: is not UTF-8 text")),
            }
        }
        if mistakes.is_empty() {
            each(row, &values)?;
        }
    }
    if mistakes.is_empty() { Ok(reader.get_ref().scan().rows()) } else { Err(mistakes.into()) }
}

/// How UTF-8 says that it is UTF-8, if it does.
pub(super) const UTF_8_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a file is instead of CSV, by how it begins.
fn other_format(begins: &[u8]) -> Option<&'static str> {
    let is = |begin: &[u8]| begins.starts_with(begin);
    if is(b"\xff\xfe") || is(b"\xfe\xff") {
        return Some("is text in UTF-16; export it as CSV in UTF-8");
    }
    if is(b"PK\x03\x04") || is(b"\xd0\xcf\x11\xe0") {
        return Some("is a workbook or an archive, whatever its name says; export the sheet as CSV in UTF-8");
    }
    is(b"PAR1").then_some("is a Parquet file; give it a name that ends in .parquet")
}

/// Why the rest cannot be read, with what was wrong before.
fn unreadable(shown: &str, scan: &Scan, names: &[String], mut mistakes: Mistakes, error: csv::Error) -> Error {
    let Some(Disorder { row, cell, what }) = scan.disorder() else {
        return Error::new(error).context(format!("cannot read {shown}"));
    };
    let column = names.get(*cell).cloned().unwrap_or_else(|| format!("value {}", cell + 1));
    mistakes.add(*row, || format!("{shown} row {row}, {column}: {what}"));
    mistakes.into()
}

/// Where the columns stand in the header, which is in this row; an optional one may stand nowhere.
fn find_columns(
    shown: &str,
    row: usize,
    names: &[String],
    columns: &[&str],
    optional: &[&str],
) -> Result<Vec<Option<usize>>, Mistakes> {
    if names.iter().all(String::is_empty) {
        let wanted = columns.join(",");
        return Err(Mistakes::one(1, format!("{shown}: the file is empty; even a table without rows has a header: {wanted}")));
    }
    if let [only] = names
        && let Some(found) = [(';', "semicolons"), ('\t', "tabs")].iter().find(|(separator, _)| only.contains(*separator))
    {
        let what = format!("{shown} row {row}: its values are separated by {}; export it with commas", found.1);
        return Err(Mistakes::one(row, what));
    }
    let mut mistakes = Mistakes::default();
    let (mut places, mut missing) = (Vec::new(), Vec::new());
    for column in columns.iter().chain(optional) {
        let mut found = names.iter().enumerate().filter(|(_, name)| name == column).map(|(place, _)| place);
        match (found.next(), found.next()) {
            (Some(place), None) => places.push(Some(place)),
            (Some(_), Some(_)) => mistakes.add(row, || format!("{shown} row {row}: the column `{column}` stands there twice")),
            (None, _) if columns.contains(column) => missing.push(*column),
            (None, _) => places.push(None),
        }
    }
    if !missing.is_empty() {
        let what = missing_columns(&missing);
        mistakes.add(row, || format!("{shown} row {row}: {what}; the header is {}", names.join(",")));
    }
    if mistakes.is_empty() { Ok(places) } else { Err(mistakes) }
}

/// Says which columns a file lacks.
pub fn missing_columns(names: &[&str]) -> String {
    match names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().split_last() {
        Some((last, [])) => format!("the column {last} is missing"),
        Some((last, rest)) => format!("the columns {} and {last} are missing", rest.join(", ")),
        None => "no column is missing".to_owned(),
    }
}
