//! Checking all facts of a program without keeping anything.

use std::path::Path;

use anyhow::{Context, Result};

use super::bounds::Bounds;
use super::hints::all_hints;
use super::keep::keep_some;
use super::load::load_all;
use super::manifest::Manifest;
use super::parquet::rows_in;
use super::wrong_facts::WrongFacts;
use crate::program::{Program, Table};
use crate::sources::Remote;

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

/// Facts that nothing is wrong with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// What the files of each table hold.
    pub sizes: Vec<TableSize>,
    /// What is allowed and probably not meant, in words.
    pub hints: Vec<String>,
}

/// Reads and checks all facts of a program as a run would, by way of copies in an empty folder.
///
/// # Errors
///
/// [`WrongFacts`], which lists what is wrong with every file and with every table that can be read. A run stops after the
/// files where one of them is wrong; here the tables that could be copied are checked all the same.
pub fn validate(program: &Program, remote: Remote, folder: &Path, bounds: &Bounds) -> Result<Sound> {
    let mut wrong = WrongFacts::default();
    let manifest = keep_some(program, remote, folder, bounds.clock(), &mut wrong);
    let facts = load_all(program, &manifest, folder, bounds, None, &mut wrong)?;
    wrong.into_result()?;
    let hints = all_hints(program, &facts)?;
    drop(facts);
    Ok(Sound { sizes: table_sizes(&manifest, folder)?, hints })
}

/// What the files of each table hold, used or not.
fn table_sizes(manifest: &Manifest, folder: &Path) -> Result<Vec<TableSize>> {
    let size = |table: Table| {
        let files = manifest.files(table);
        let rows = files.iter().map(|file| rows_in(&file.path(folder, table)));
        let rows = rows.sum::<Result<usize>>().with_context(|| format!("counting the rows of {table}"))?;
        Ok(TableSize { table, files: files.len(), rows })
    };
    Table::ALL.into_iter().map(size).collect()
}
