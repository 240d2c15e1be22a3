//! CSV files: rows of text under a header.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use anyhow::{Context, Result, anyhow};

use super::mistakes::Mistakes;
use super::source_file::SourceFile;

/// Calls `each` with the values of `columns` for every row of a CSV file, in the columns' order.
///
/// A byte-order mark, CRLF, quoted line breaks and extra columns are fine.
///
/// # Errors
///
/// [`Mistakes`], which name file and row, when columns are missing or repeated, a row has too few or too many values, or a
/// value is not UTF-8. The header is row 1. From the first mistake on, `each` is not called any more.
pub fn read_csv(file: &SourceFile, columns: &[&str], mut each: impl FnMut(&[&str]) -> Result<()>) -> Result<()> {
    let shown = &file.shown;
    let input =
        without_mark(BufReader::with_capacity(1 << 20, File::open(&file.path).with_context(|| format!("cannot open {shown}"))?))
            .with_context(|| format!("cannot read {shown}"))?;
    let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 20).flexible(true).from_reader(input);
    let header = reader.byte_headers().map_err(|e| anyhow!("{shown}: cannot read the header: {e}"))?.clone();
    let places = find_columns(shown, &header, columns)?;
    let mut mistakes = Mistakes::default();
    let mut record = csv::ByteRecord::new();
    let mut row = 1;
    loop {
        row += 1;
        if !reader.read_byte_record(&mut record).map_err(|e| anyhow!("{shown} row {row}: {e}"))? {
            return if mistakes.is_empty() { Ok(()) } else { Err(mistakes.into()) };
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
        let mut values: Vec<&str> = Vec::with_capacity(columns.len());
        for (place, column) in places.iter().zip(columns) {
            match std::str::from_utf8(&record[*place]) {
                Ok(text) => values.push(text),
                Err(_) => mistakes.add(row, || format!("{shown} row {row}, {column}: is not UTF-8 text")),
            }
        }
        if mistakes.is_empty() {
            each(&values)?;
        }
    }
}

fn without_mark(mut input: BufReader<File>) -> std::io::Result<impl Read> {
    if input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    Ok(input)
}

/// Where the columns stand in the header.
fn find_columns(shown: &str, header: &csv::ByteRecord, columns: &[&str]) -> Result<Vec<usize>, Mistakes> {
    let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    let mut mistakes = Mistakes::default();
    if names.iter().all(String::is_empty) {
        let wanted = columns.join(",");
        mistakes.add(1, || format!("{shown}: the file is empty; even a table without rows has a header: {wanted}"));
        return Err(mistakes);
    }
    let (mut places, mut missing) = (Vec::new(), Vec::new());
    for column in columns {
        let mut found = names.iter().enumerate().filter(|(_, name)| name == column).map(|(place, _)| place);
        match (found.next(), found.next()) {
            (Some(place), None) => places.push(place),
            (Some(_), Some(_)) => mistakes.add(1, || format!("{shown} row 1: the column `{column}` stands there twice")),
            (None, _) => missing.push(*column),
        }
    }
    if !missing.is_empty() {
        let what = missing_columns(&missing);
        mistakes.add(1, || format!("{shown} row 1: {what}; the header is {}", names.join(",")));
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
