//! Fetching: what the sources hold today, kept under the hash of its content.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use polars::prelude::{Column, DataFrame, DataType, Field, ParquetWriter, Schema};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::columns_of;
use super::erased::Erased;
use super::narrow::{contract_columns, without_strange_columns, write_parquet};
use super::text::as_text;
use crate::effect::{reuse_file, write_file};
use crate::error::Transient;
use crate::program::{Program, Table};
use crate::sources::{Format, SourceFile, files_of, hash_file, hash_of, read_csv};

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
    /// The hash of the copy's own bytes, by which `purser check` knows whether it is whole; empty in lists that were made
    /// before it was recorded.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub copy: String,
    /// Whom the copy does not name though the source may (see [`Erased::mark`]); empty where it was kept as it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub erased: String,
}

impl Manifest {
    /// The hash of everything the manifest lists: the same facts have the same digest, whenever they were fetched. How a
    /// source is called and how its copy is written has no say.
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

    /// The hash of the same copy, where it is known.
    fn copy_of(&self, table: Table, kept: &KeptFile) -> Option<&str> {
        let known = self.files(table).iter().find(|file| file.content == kept.content && file.erased == kept.erased)?;
        Some(known.copy.as_str()).filter(|copy| !copy.is_empty())
    }

    /// The kept files of a table; none where the program has no such source.
    pub fn files(&self, table: Table) -> &[KeptFile] {
        self.tables.get(table.name()).map_or(&[], Vec::as_slice)
    }
}

impl KeptFile {
    /// Where it lies in the data folder.
    pub fn path(&self, data: &Path, table: Table) -> PathBuf {
        let name = match self.erased.as_str() {
            "" => format!("{}.parquet", self.content),
            mark => format!("{}-{mark}.parquet", self.content),
        };
        data.join("facts").join(table.name()).join(name)
    }

    /// How people find the row at this position (from 0): in a CSV file the header is row 1.
    pub fn place(&self, position: usize) -> String {
        let row = position + if self.format == "csv" { 2 } else { 1 };
        format!("{} row {row}", self.source)
    }
}

/// Keeps every source of the program as it is now, and lists what was kept.
///
/// A file whose content is already kept is only read, never written again, and its time becomes now (see [`reuse_file`]);
/// what its copy's hash is, `before` knows: the list that was made the time before. Whoever is erased is not named by what is
/// kept.
pub fn keep(program: &Program, data: &Path, before: Option<&Manifest>, erased: &Erased) -> Result<Manifest> {
    let mut tables = BTreeMap::new();
    let mut files = Vec::new();
    for (table, source) in &program.sources {
        tables.insert(table.name().to_owned(), Vec::new());
        files.extend(files_of(*table, source)?.into_iter().map(|file| (*table, file)));
    }
    // While one file waits for the disk, another is hashed.
    let kept = files.par_iter().map(|(table, file)| Ok((*table, keep_file(*table, file, data, before, erased)?)));
    for (table, kept) in kept.collect::<Result<Vec<_>>>()? {
        tables.entry(table.name().to_owned()).or_default().push(kept);
    }
    Ok(Manifest { tables })
}

fn keep_file(table: Table, file: &SourceFile, data: &Path, before: Option<&Manifest>, erased: &Erased) -> Result<KeptFile> {
    let format = match file.format {
        Format::Csv => "csv",
        Format::Parquet => "parquet",
    };
    let content = hash_file(file, None)?;
    let erased_of = erased.mark(table).to_owned();
    let mut kept =
        KeptFile { source: file.shown.clone(), format: format.to_owned(), content, copy: String::new(), erased: erased_of };
    let path = kept.path(data, table);
    let is_there = reuse_file(&path);
    kept.copy = match before.and_then(|before| before.copy_of(table, &kept)) {
        Some(known) if is_there => known.to_owned(),
        None if is_there => hash_of(&path)?,
        _ => write_copy(table, file, &kept, &path, erased)?,
    };
    Ok(kept)
}

/// The same facts without whoever is erased: a copy of their copy, for lists that were made before. The old copy stays for
/// whoever names it.
///
/// # Errors
///
/// When the old copy is missing or cannot be read, or the new one cannot be written.
pub fn keep_without(erased: &Erased, table: Table, old: &KeptFile, data: &Path) -> Result<KeptFile> {
    let mut new = KeptFile { erased: erased.mark(table).to_owned(), copy: String::new(), ..old.clone() };
    let path = new.path(data, table);
    let file = SourceFile { shown: old.source.clone(), path: old.path(data, table), format: Format::Parquet };
    new.copy = match reuse_file(&path) {
        true => hash_of(&path)?,
        false => hashed(&path, |out| blanked_parquet(table, &file, old, erased, out))?,
    };
    Ok(new)
}

/// Writes a file; answers its hash.
fn hashed(path: &Path, fill: impl FnOnce(&mut Hashing<'_>) -> Result<()>) -> Result<String> {
    let mut copy = String::new();
    write_file(path, |out| {
        let mut out = Hashing { out, hasher: blake3::Hasher::new() };
        fill(&mut out)?;
        copy = out.hasher.finalize().to_hex().to_string();
        Ok(())
    })?;
    Ok(copy)
}

/// Writes the Parquet copy of a source; answers its hash.
fn write_copy(table: Table, file: &SourceFile, kept: &KeptFile, path: &Path, erased: &Erased) -> Result<String> {
    let content = kept.content.as_str();
    hashed(path, |out| {
        match file.format {
            Format::Csv => csv_to_parquet(table, file, erased, out)?,
            Format::Parquet if !kept.erased.is_empty() => blanked_parquet(table, file, kept, erased, out)?,
            Format::Parquet if without_strange_columns(table, file, &mut *out)? => {}
            Format::Parquet => return check_unchanged(file, content, Some(out)),
        }
        check_unchanged(file, content, None)
    })
}

/// The contract's columns of a Parquet file as text, without whoever is erased.
fn blanked_parquet(table: Table, file: &SourceFile, kept: &KeptFile, erased: &Erased, out: impl Write) -> Result<()> {
    let rows = as_text(kept, contract_columns(table, file)?)?;
    write_parquet(&mut erased.blank(table, rows)?, out)
}

/// A file, and the hash of all that was written to it.
struct Hashing<'a> {
    out: &'a mut File,
    hasher: blake3::Hasher,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn check_unchanged(file: &SourceFile, content: &str, copy: Option<&mut dyn Write>) -> Result<()> {
    let now = hash_file(file, copy)?;
    if now != content {
        let what = format!("{} changed while it was read; run again when its writer is done", file.shown);
        return Err(Transient(what).into());
    }
    Ok(())
}

fn csv_to_parquet(table: Table, file: &SourceFile, erased: &Erased, out: impl Write) -> Result<()> {
    let columns = columns_of(table);
    let schema = Schema::from_iter(columns.iter().map(|name| Field::new((*name).into(), DataType::String)));
    let mut writer = ParquetWriter::new(out).batched(&schema).context("cannot start a Parquet file")?;
    let mut write = |batch: &mut [Vec<String>]| {
        let filled = columns.iter().zip(batch).map(|(name, values)| Column::new((*name).into(), std::mem::take(values)));
        let frame = erased.blank(table, DataFrame::new_infer_height(filled.collect())?)?;
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
