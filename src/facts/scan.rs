//! Reading kept copies. What is wrong with a copy, and how to get another one, is said here.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Error, Result, anyhow};
use polars::prelude::{
    Column, DataFrame, LazyFrame, ParquetReader, PlRefPath, PlSmallStr, Scalar, ScanArgsParquet, SerReader, col, lit,
};

use super::as_text::column_as_text;
use super::manifest::KeptFile;
use super::parquet::{columns_in, guarded};
use super::schema::schema;
use crate::program::Table;
use crate::sources::missing_columns;

/// A kept copy, to be read lazily, with only these columns. They must be text, or something that can be written as text. An
/// optional column that is not there is empty.
///
/// # Errors
///
/// When the copy is not there, is damaged, or lacks one of the columns: this version may require more than the one that
/// made it.
pub(super) fn scan(file: &KeptFile, data: &Path, table: Table, columns: &[&str]) -> Result<LazyFrame> {
    let path = file.path(data, table);
    let text = path.to_str().context("the data folder's path is not plain text")?;
    let args = ScanArgsParquet { glob: false, ..Default::default() };
    let cannot = || cannot_read(file, data, table);
    let mut lazy = guarded(|| LazyFrame::scan_parquet(PlRefPath::new(text), args)).with_context(cannot)?;
    let there = guarded(|| lazy.collect_schema()).with_context(cannot)?;
    refuse_lacking(file, &path, table, columns, |name| there.contains(name))?;
    for name in columns {
        if let Some(dtype) = there.get(name) {
            column_as_text(&file.source, &Column::new_empty((*name).into(), dtype))?;
        }
    }
    let read = |name: &&str| if there.contains(name) { col(*name) } else { lit("").alias(*name) };
    Ok(lazy.select(columns.iter().map(read).collect::<Vec<_>>()))
}

/// Reads these columns of a kept copy whole, with types as they are there. To start a stream costs more than to read a small copy.
///
/// # Errors
///
/// As [`scan`], but for the types.
pub(super) fn read(file: &KeptFile, data: &Path, table: Table, columns: &[&str]) -> Result<DataFrame> {
    let path = file.path(data, table);
    let cannot = || cannot_read(file, data, table);
    let there = columns_in(&path).with_context(cannot)?;
    refuse_lacking(file, &path, table, columns, |name| there.contains(name))?;
    let known = columns.iter().filter(|name| there.contains(name)).map(|name| (*name).to_owned()).collect();
    let rows = guarded(|| ParquetReader::new(File::open(&path)?).with_columns(Some(known)).finish()).with_context(cannot)?;
    let column = |name: &&str| match rows.column(name) {
        Ok(column) => column.clone(),
        Err(_) => Column::new_scalar((*name).into(), Scalar::from(PlSmallStr::EMPTY), rows.height()),
    };
    Ok(DataFrame::new(rows.height(), columns.iter().map(column).collect())?)
}

/// Refuses a copy that lacks required columns.
fn refuse_lacking(file: &KeptFile, path: &Path, table: Table, columns: &[&str], is_there: impl Fn(&str) -> bool) -> Result<()> {
    let optional = schema(table).optional();
    let missing: Vec<&str> = columns.iter().filter(|name| !is_there(name) && !optional.contains(name)).copied().collect();
    if missing.is_empty() { Ok(()) } else { Err(lacks(file, path, &missing)) }
}

/// That a kept copy is damaged or gone, and what to do about it.
pub(super) fn cannot_read(file: &KeptFile, data: &Path, table: Table) -> String {
    let path = file.path(data, table);
    let what = if path.exists() { "cannot be read. Remove it and" } else { "is not there. Restore it from a backup, or" };
    format!("the kept copy of {}, {}, {what} {}", file.source, path.display(), remedy(file))
}

fn lacks(file: &KeptFile, path: &Path, missing: &[&str]) -> Error {
    let what = missing_columns(missing);
    anyhow!(
        "the kept copy of {}, {}, was made by another version of purser: {what}. To have it made again, {}",
        file.source,
        path.display(),
        remedy(file)
    )
}

/// How a copy is made again from its source.
pub(super) fn remedy(file: &KeptFile) -> String {
    let KeptFile { source, content, .. } = file;
    if file.start() > 0 {
        return format!(
            "fetch the facts with `purser run nightly`, which reads {source} from its beginning then; what runs before it read can be \
             read again only from a backup"
        );
    }
    format!(
        "fetch the facts with `purser run nightly`. If {source} is gone or has changed since, first put the old one (its BLAKE3 hash \
         is {content}) back for one `purser run nightly --dry-run`"
    )
}
