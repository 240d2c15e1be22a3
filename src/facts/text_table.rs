//! A kept table as columns of text, each value findable in its source.

use std::path::Path;

use anyhow::Result;
use polars::prelude::{Column, DataFrame, DataType};

use super::as_text::as_text;
use super::manifest::{KeptFile, Manifest};
use super::scan::read;
use super::schema::{Schema, schema};
use super::text_column::Texts;
use crate::program::Table;

/// All rows of a table, as text.
pub(super) struct TextTable<'m> {
    pub(super) table: Table,
    pub(super) schema: &'static Schema,
    files: &'m [KeptFile],
    /// The first row of each file.
    starts: Vec<usize>,
    frame: DataFrame,
}

impl<'m> TextTable<'m> {
    /// Reads the declared columns, but for those that are for people alone, of a table's kept files, one after the other.
    pub(super) fn read(manifest: &'m Manifest, data: &Path, table: Table) -> Result<Self> {
        let mut whole = Self::empty(table)?;
        whole.files = manifest.files(table);
        for file in whole.files {
            whole.starts.push(whole.frame.height());
            let rows = read(file, data, table, &whole.schema.telling())?;
            whole.frame.vstack_mut_owned(as_text(&file.source, rows)?)?;
        }
        whole.frame.rechunk_mut();
        Ok(whole)
    }

    /// A table without rows.
    pub(super) fn empty(table: Table) -> Result<Self> {
        let schema = schema(table);
        let columns = schema.telling().into_iter().map(|name| Column::new_empty(name.into(), &DataType::String));
        let mut frame = DataFrame::new_infer_height(columns.collect())?;
        frame.rechunk_mut();
        Ok(Self { table, schema, files: &[], starts: Vec::new(), frame })
    }

    pub(super) fn height(&self) -> usize {
        self.frame.height()
    }

    pub(super) fn column(&self, name: &str) -> Result<Texts<'_>> {
        Texts::of(self.frame.column(name)?)
    }

    /// All columns, in the order of the declaration.
    pub(super) fn columns(&self) -> Result<Vec<Texts<'_>>> {
        self.frame.columns().iter().map(Texts::of).collect()
    }

    /// How people find a row: file and row.
    pub(super) fn place(&self, row: usize) -> String {
        let file = self.starts.partition_point(|start| *start <= row) - 1;
        self.files[file].place(row - self.starts[file])
    }

    /// What is wrong with one value.
    pub(super) fn wrong(&self, row: usize, column: &str, why: impl std::fmt::Display) -> String {
        let value = self.column(column).map(|c| c.get(row)).unwrap_or_default();
        format!("{}, {column}: \"{value}\" {why}", self.place(row))
    }
}
