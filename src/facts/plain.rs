//! Files of rows that are no facts: read as text, and nothing kept of them.

use std::fs::File;

use anyhow::{Context, Result};
use polars::prelude::{ParquetReader, SerReader};

use super::as_text::as_text;
use super::parquet::{columns_in, guarded};
use super::text_column::Texts;
use crate::sources::{Format, Mistakes, SourceFile, missing_columns, read_csv};

/// Calls `each` with the row, as people count them, and the values of `columns` and then of `optional` ones, for every row of a CSV or
/// Parquet file. The value of an optional column that the file lacks is empty.
///
/// # Errors
///
/// When it cannot be read, or columns are missing.
pub fn read_plain(
    file: &SourceFile,
    columns: &[&str],
    optional: &[&str],
    mut each: impl FnMut(usize, &[&str]) -> Result<()>,
) -> Result<()> {
    if file.format != Format::Parquet {
        return read_csv(file, columns, optional, each).map(drop);
    }
    let shown = &file.shown;
    let there = columns_in(&file.path).with_context(|| format!("{shown} is not a Parquet file that can be read"))?;
    let missing: Vec<&str> = columns.iter().copied().filter(|name| !there.contains(name)).collect();
    if !missing.is_empty() {
        return Err(Mistakes::one(0, format!("{shown}: {}", missing_columns(&missing))).into());
    }
    let all = || columns.iter().chain(optional).copied();
    let wanted: Vec<String> = all().filter(|name| there.contains(name)).map(str::to_owned).collect();
    let rows = guarded(|| ParquetReader::new(File::open(&file.path)?).with_columns(Some(wanted)).finish());
    let mut rows = as_text(shown, rows.with_context(|| format!("cannot read {shown}"))?)?;
    rows.rechunk_mut();
    let texts: Vec<Option<Texts<'_>>> = all()
        .map(|name| if there.contains(name) { Texts::of(rows.column(name)?).map(Some) } else { Ok(None) })
        .collect::<Result<_>>()?;
    for row in 0..rows.height() {
        let values: Vec<&str> = texts.iter().map(|text| text.map_or("", |text| text.get(row))).collect();
        each(file.format.row_number(row), &values)?;
    }
    Ok(())
}
