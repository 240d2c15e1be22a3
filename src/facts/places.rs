//! Rows as their sources write them, and where each stands, for people who look one up.

use std::path::Path;

use anyhow::Result;

use super::as_text::as_text;
use super::manifest::Manifest;
use super::scan::read;
use super::text_column::Texts;
use crate::program::Table;

/// A row of a kept table, and where its source has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRow {
    /// File and row, as people count them.
    pub place: String,
    /// The columns that were asked for, as they are written.
    pub cells: Vec<String>,
}

/// The rows of a table that are wanted, of these columns, in the order of the files.
///
/// # Errors
///
/// When a kept file is missing or cannot be read.
pub fn find_rows(
    manifest: &Manifest,
    data: &Path,
    table: Table,
    columns: &[&str],
    wanted: impl Fn(&[&str]) -> bool,
) -> Result<Vec<FoundRow>> {
    let mut found = Vec::new();
    for file in manifest.files(table) {
        let mut rows = as_text(&file.source, read(file, data, table, columns)?)?;
        rows.rechunk_mut();
        let texts = rows.columns().iter().map(Texts::of).collect::<Result<Vec<_>>>()?;
        for row in 0..rows.height() {
            let cells: Vec<&str> = texts.iter().map(|column| column.get(row)).collect();
            if wanted(&cells) {
                found.push(FoundRow { place: file.place(row), cells: cells.into_iter().map(str::to_owned).collect() });
            }
        }
    }
    Ok(found)
}
