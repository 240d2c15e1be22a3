//! Fetching: what the sources hold today, kept under the hash of its content.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use polars::prelude::{Column, DataFrame, DataType, Field, ParquetWriter, Schema};
use serde::{Deserialize, Serialize};

use super::columns_of;
use super::narrow::without_strange_columns;
use crate::effect::write_file;
use crate::program::{Program, Table};
use crate::sources::{Format, SourceFile, files_of, hash_file, read_csv};

/// Rows of CSV that are turned into Parquet at a time.
const BATCH_ROWS: usize = 200_000;

/// What a run reads: for each table, the kept files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Table name to files, in order.
    pub tables: BTreeMap<String, Vec<KeptFile>>,
}

/// One kept file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// The path of the source, as people know it.
    pub source: String,
    /// `csv` or `parquet`: how the source was written, so that a row can be named as its author counts.
    pub format: String,
    /// The hash of the source's bytes, under which its Parquet copy is kept.
    pub content: String,
}

impl Manifest {
    /// The hash of everything the manifest lists: the same facts have the same digest, whenever they were fetched.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for (table, files) in &self.tables {
            hasher.update(table.as_bytes());
            for file in files {
                hasher.update(b"\0").update(file.content.as_bytes());
            }
            hasher.update(b"\n");
        }
        hasher.finalize().to_hex().to_string()
    }

    /// The same, with these tables as another manifest has them.
    pub fn with_tables_of(&self, other: &Self, tables: &[Table]) -> Self {
        let mut mixed = self.clone();
        for table in tables {
            match other.tables.get(table.name()) {
                Some(files) => mixed.tables.insert(table.name().to_owned(), files.clone()),
                None => mixed.tables.remove(table.name()),
            };
        }
        mixed
    }

    /// Whether a table's files have the same content, whatever they are called.
    pub fn has_content_of(&self, other: &Self, table: Table) -> bool {
        self.files(table).iter().map(|file| &file.content).eq(other.files(table).iter().map(|file| &file.content))
    }

    /// The kept files of a table; none where the program has no such source.
    pub fn files(&self, table: Table) -> &[KeptFile] {
        self.tables.get(table.name()).map_or(&[], Vec::as_slice)
    }
}

impl KeptFile {
    /// Where it lies in the data folder.
    pub fn path(&self, data: &Path, table: Table) -> PathBuf {
        data.join("facts").join(table.name()).join(format!("{}.parquet", self.content))
    }

    /// How people find the row at this position (from 0): in a CSV file the header is row 1.
    pub fn place(&self, position: usize) -> String {
        let row = position + if self.format == "csv" { 2 } else { 1 };
        format!("{} row {row}", self.source)
    }
}

/// Keeps every source of the program as it is now, and lists what was kept.
///
/// A file whose content is already kept is only read, never written again.
pub fn keep(program: &Program, data: &Path) -> Result<Manifest> {
    let mut tables = BTreeMap::new();
    for (table, source) in &program.sources {
        let mut kept = Vec::new();
        for file in files_of(*table, source)? {
            kept.push(keep_file(*table, &file, data)?);
        }
        tables.insert(table.name().to_owned(), kept);
    }
    Ok(Manifest { tables })
}

fn keep_file(table: Table, file: &SourceFile, data: &Path) -> Result<KeptFile> {
    let format = match file.format {
        Format::Csv => "csv",
        Format::Parquet => "parquet",
    };
    let content = hash_file(file, None)?;
    let kept = KeptFile { source: file.shown.clone(), format: format.to_owned(), content };
    let path = kept.path(data, table);
    if !path.exists() {
        write_file(&path, |out| match file.format {
            Format::Csv => csv_to_parquet(table, file, out).and_then(|()| check_unchanged(file, &kept.content, None)),
            Format::Parquet if without_strange_columns(table, file, out)? => check_unchanged(file, &kept.content, None),
            Format::Parquet => check_unchanged(file, &kept.content, Some(out)),
        })?;
    }
    Ok(kept)
}

fn check_unchanged(file: &SourceFile, content: &str, copy: Option<&mut dyn Write>) -> Result<()> {
    let now = hash_file(file, copy)?;
    ensure!(now == content, "{} changed while it was read; run again when its writer is done", file.shown);
    Ok(())
}

fn csv_to_parquet(table: Table, file: &SourceFile, out: &mut File) -> Result<()> {
    let columns = columns_of(table);
    let schema = Schema::from_iter(columns.iter().map(|name| Field::new((*name).into(), DataType::String)));
    let mut writer = ParquetWriter::new(out).batched(&schema).context("cannot start a Parquet file")?;
    let mut write = |batch: &mut [Vec<String>]| {
        let filled = columns.iter().zip(batch).map(|(name, values)| Column::new((*name).into(), std::mem::take(values)));
        let frame = DataFrame::new_infer_height(filled.collect())?;
        writer.write_batch(&frame).context("cannot write rows as Parquet")
    };
    let mut batch: Vec<Vec<String>> = vec![Vec::new(); columns.len()];
    read_csv(file, columns, |values| {
        for (column, value) in batch.iter_mut().zip(values) {
            column.push((*value).to_owned());
        }
        if batch[0].len() == BATCH_ROWS { write(&mut batch) } else { Ok(()) }
    })?;
    write(&mut batch)?;
    writer.finish().context("cannot finish a Parquet file")?;
    Ok(())
}
