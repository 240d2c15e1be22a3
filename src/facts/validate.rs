//! Checking all facts of a program without keeping anything.

use std::path::Path;

use anyhow::{Context, Result};

use super::keep::keep_some;
use super::load::load_all;
use super::parquet::rows_in;
use super::wrong_facts::WrongFacts;
use crate::program::{Program, Table};

/// What the files of a table hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableSize {
    /// The table.
    pub table: Table,
    /// How many files it is made of.
    pub files: usize,
    /// How many rows they have together, used or not.
    pub rows: usize,
}

/// Reads and checks all facts of a program as a run would, by way of copies in an empty folder.
///
/// # Errors
///
/// [`WrongFacts`], which lists what is wrong with every file and with every table that can be read. A run stops after the
/// files where one of them is wrong; here the tables that could be copied are checked all the same.
pub fn validate(program: &Program, folder: &Path) -> Result<Vec<TableSize>> {
    let mut wrong = WrongFacts::default();
    let manifest = keep_some(program, folder, &mut wrong);
    drop(load_all(program, &manifest, folder, &mut wrong)?);
    wrong.into_result()?;
    let size = |table: Table| {
        let files = manifest.files(table);
        let rows = files.iter().map(|file| rows_in(&file.path(folder, table)));
        let rows = rows.sum::<Result<usize>>().with_context(|| format!("counting the rows of {table}"))?;
        Ok(TableSize { table, files: files.len(), rows })
    };
    Table::ALL.into_iter().map(size).collect()
}
