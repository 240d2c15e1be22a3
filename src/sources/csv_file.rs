use std::fs::File;
use std::io::{BufReader, Read};

use anyhow::{Context, Result, anyhow, bail};

use super::SourceFile;

/// Calls `each` with the values of `columns` for every row of a CSV file, in the columns' order.
///
/// A byte-order mark, CRLF, quoted line breaks and extra columns are fine. A missing or repeated column, a row with
/// too few or too many values, and text that is not UTF-8 are errors that name file and row. The header is row 1.
pub fn read_csv(file: &SourceFile, columns: &[&str], mut each: impl FnMut(&[&str]) -> Result<()>) -> Result<()> {
    let shown = &file.shown;
    let input =
        without_mark(BufReader::with_capacity(1 << 20, File::open(&file.path).with_context(|| format!("cannot open {shown}"))?))
            .with_context(|| format!("cannot read {shown}"))?;
    let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 20).flexible(true).from_reader(input);
    let header = reader.byte_headers().map_err(|e| anyhow!("{shown}: cannot read the header: {e}"))?.clone();
    let places = find_columns(shown, &header, columns)?;
    let mut record = csv::ByteRecord::new();
    let mut row = 1u64;
    loop {
        row += 1;
        if !reader.read_byte_record(&mut record).map_err(|e| anyhow!("{shown} row {row}: {e}"))? {
            return Ok(());
        }
        if record.len() != header.len() {
            let (got, wanted) = (record.len(), header.len());
            bail!(
                "{shown} row {row}: has {got} values where the header has {wanted}; a value that holds a comma or a line break needs quotes"
            );
        }
        let mut values: Vec<&str> = Vec::with_capacity(columns.len());
        for (place, column) in places.iter().zip(columns) {
            let text =
                std::str::from_utf8(&record[*place]).map_err(|_| anyhow!("{shown} row {row}, {column}: is not UTF-8 text"))?;
            values.push(text);
        }
        each(&values)?;
    }
}

fn without_mark(mut input: BufReader<File>) -> std::io::Result<impl Read> {
    use std::io::BufRead;
    if input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    Ok(input)
}

fn find_columns(shown: &str, header: &csv::ByteRecord, columns: &[&str]) -> Result<Vec<usize>> {
    let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    if names.iter().all(String::is_empty) {
        bail!("{shown}: the file is empty; even a table without rows has a header: {}", columns.join(","));
    }
    let mut places = Vec::new();
    for column in columns {
        let mut found = names.iter().enumerate().filter(|(_, name)| name == column).map(|(place, _)| place);
        match (found.next(), found.next()) {
            (Some(place), None) => places.push(place),
            (Some(_), Some(_)) => bail!("{shown} row 1: the column `{column}` stands there twice"),
            (None, _) => bail!("{shown} row 1: the column `{column}` is missing; the header is {}", names.join(",")),
        }
    }
    Ok(places)
}
