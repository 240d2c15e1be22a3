//! The files that a source names, and the hashes of their bytes.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::effect::settled_end;
use crate::error::Transient;
use crate::program::{Source, SourceKind, ending_of};

/// How a source file is written. Lists of facts keep it under these names, which are also the endings of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Comma-separated text with a header.
    Csv,
    /// Apache Parquet.
    Parquet,
    /// A workbook, whose first sheet is the table.
    Xlsx,
    /// A web server's access log.
    AccessLog,
    /// A sheet with a row for each creator.
    CreatorSheet,
    /// Shopify's own export of orders.
    ShopifyExport,
    /// What an API answered.
    Api,
    /// The rows of a database's query, as they were written down.
    Query,
    /// What partners' servers reported.
    Postbacks,
    /// Affiliates and coupons of GoAffPro, as they were written down.
    GoAffPro,
}

impl Format {
    /// That of a file, by its ending.
    fn of(written: &str) -> Option<Self> {
        match ending_of(written)? {
            "csv" => Some(Self::Csv),
            "parquet" => Some(Self::Parquet),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// Whether every value in it is text; else it is written with types.
    pub fn is_text(self) -> bool {
        match self {
            Self::Csv
            | Self::Xlsx
            | Self::AccessLog
            | Self::CreatorSheet
            | Self::ShopifyExport
            | Self::Api
            | Self::Query
            | Self::Postbacks
            | Self::GoAffPro => true,
            Self::Parquet => false,
        }
    }

    /// The number by which people find the row at this position (from 0): in a CSV file the header is row 1. Of a log it is the number of the
    /// click.
    pub fn row_number(self, position: usize) -> usize {
        match self {
            Self::Csv | Self::Xlsx | Self::CreatorSheet | Self::ShopifyExport => position + 2,
            Self::Parquet | Self::AccessLog | Self::Api | Self::Query | Self::Postbacks | Self::GoAffPro => position + 1,
        }
    }
}

/// One file that feeds a table.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path people know it by.
    pub shown: String,
    /// Where it is.
    pub path: PathBuf,
    /// How it is written.
    pub format: Format,
    /// The source that it belongs to, where its rows are made of what stands in it; none if they stand there.
    pub source: Option<Source>,
    /// How much of it is read (bytes), where it may grow meanwhile; all of it if none.
    pub length: Option<u64>,
    /// The mark of this version of it where it lies elsewhere, and is read in one way; empty where nothing says which it is.
    pub version: String,
    /// Of a text that only grew: the rest that is read; all of it if none.
    pub rest: Option<Rest>,
}

/// The rest of a text whose beginning was read before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// Where it begins (bytes), just after the end of a line.
    pub start: u64,
    /// How many rows stand before it, as people count them: with the header of a table; of a log the clicks.
    pub rows: usize,
}

impl SourceFile {
    /// A whole file.
    pub fn whole(shown: String, path: PathBuf, format: Format) -> Self {
        Self { shown, path, format, source: None, length: None, version: String::new(), rest: None }
    }
}

/// The files that a source names today on this machine, in order of their paths; none of a source that has no files.
///
/// # Errors
///
/// When there is none though it should: a missing file is a mistake, not an empty table.
pub fn local_files(source: &Source) -> Result<Vec<SourceFile>> {
    if !source.kind.has_files() {
        return Ok(Vec::new());
    }
    let pattern = source.pattern.to_string_lossy();
    let mut files = Vec::new();
    for path in expand(source, &pattern)? {
        let shown = shown_path(source, &path);
        // A log grows while it is read.
        let length = match &source.kind {
            SourceKind::Postbacks(_) => Some(settled_end(&path)?),
            SourceKind::AccessLog(_) => Some(path.metadata().with_context(|| format!("cannot look at {shown}"))?.len()),
            _ => None,
        };
        let written = path.to_string_lossy().into_owned();
        files.push(SourceFile { length, ..file_of(source, &written, shown, path)? });
    }
    Ok(files)
}

/// A file of a source, named as it is `written`, which lies at this path.
///
/// # Errors
///
/// When its name does not say how it is written.
pub(super) fn file_of(source: &Source, written: &str, shown: String, path: PathBuf) -> Result<SourceFile> {
    let format = match &source.kind {
        SourceKind::Table(_) | SourceKind::Payees => {
            let Some(format) = Format::of(written) else {
                bail!("{shown}: facts are read from files that end in .csv, .parquet or .xlsx")
            };
            return Ok(SourceFile::whole(shown, path, format));
        }
        SourceKind::Workbook(_) if Format::of(written) == Some(Format::Xlsx) => Format::Xlsx,
        SourceKind::Workbook(_) => bail!("{shown}: a workbook with sheets ends in .xlsx"),
        SourceKind::CreatorSheet(_) => Format::CreatorSheet,
        SourceKind::ShopifyExport(_) => Format::ShopifyExport,
        SourceKind::AccessLog(_) => Format::AccessLog,
        SourceKind::Query(_) => Format::Query,
        SourceKind::Postbacks(_) => Format::Postbacks,
        SourceKind::GoAffPro(_) => Format::GoAffPro,
        SourceKind::Shopify(_) | SourceKind::WooCommerce(_) => Format::Api,
    };
    Ok(SourceFile { source: Some(source.clone()), ..SourceFile::whole(shown, path, format) })
}

fn expand(source: &Source, pattern: &str) -> Result<Vec<PathBuf>> {
    let (name, written) = (&source.name, &source.written);
    // Nothing was reported yet.
    if matches!(source.kind, SourceKind::Postbacks(_)) && !source.pattern.exists() {
        return Ok(Vec::new());
    }
    if !written.contains(['*', '?', '[']) {
        if !source.pattern.is_file() {
            return Err(missing(format!("{name}: there is no file {pattern} ([sources] {name} = \"{written}\")")));
        }
        return Ok(vec![source.pattern.clone()]);
    }
    let matches = glob::glob(pattern).with_context(|| format!("{name}: \"{written}\" is not a path pattern"))?;
    let mut paths = Vec::new();
    for path in matches {
        let path = path.with_context(|| format!("{name}: cannot list the files of \"{written}\""))?;
        if path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(missing(format!("{name}: no file matches {pattern} ([sources] {name} = \"{written}\")")));
    }
    Ok(paths)
}

/// A file that is not there may come late.
fn missing(what: String) -> anyhow::Error {
    Transient(what).into()
}

/// The path as the program file would write it, where that is possible.
fn shown_path(source: &Source, path: &Path) -> String {
    if source.pattern == path {
        return source.written.clone();
    }
    let depth = Path::new(&source.written).components().count();
    let base: Option<&Path> = source.pattern.ancestors().nth(depth);
    let relative = base.and_then(|base| path.strip_prefix(base).ok()).unwrap_or(path);
    relative.display().to_string()
}

/// The hash of a file's bytes, as 64 hexadecimal digits.
pub fn hash_of(path: &Path) -> Result<String> {
    let shown = path.display().to_string();
    hash_file(&SourceFile::whole(shown, path.to_owned(), Format::Parquet), None)
}

/// The hash of a file's bytes, as 64 hexadecimal digits; and, on the way, the bytes copied to `copy`. Where rows are made
/// of what stands in it, it is also that of how: read otherwise, it holds other rows.
pub fn hash_file(file: &SourceFile, mut copy: Option<&mut dyn Write>) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    read_through(file, |bytes| {
        hasher.update(bytes);
        match copy.as_mut() {
            Some(copy) => copy.write_all(bytes).with_context(|| format!("cannot copy {}", file.shown)),
            None => Ok(()),
        }
    })?;
    Ok(finished(file, hasher))
}

/// The hashes of a file's first so many bytes, for each of `ends` in ascending order, and that of all of it, as [`hash_file`] gives them,
/// in one pass. There is none of an end that lies beyond the file's.
pub fn hash_beginnings(file: &SourceFile, ends: &[u64]) -> Result<(Vec<String>, String)> {
    let (mut hasher, mut beginnings, mut read) = (blake3::Hasher::new(), Vec::new(), 0);
    read_through(file, |mut bytes| {
        while let Some(end) = ends.get(beginnings.len()).filter(|end| **end - read <= bytes.len() as u64) {
            let (before, after) = bytes.split_at((end - read) as usize);
            beginnings.push(finished(file, hasher.update(before).clone()));
            (bytes, read) = (after, *end);
        }
        hasher.update(bytes);
        read += bytes.len() as u64;
        Ok(())
    })?;
    Ok((beginnings, finished(file, hasher)))
}

fn read_through(file: &SourceFile, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let mut buffer = vec![0; 1 << 20];
    let input = File::open(&file.path).with_context(|| format!("cannot open {}", file.shown))?;
    let mut input = input.take(file.length.unwrap_or(u64::MAX));
    loop {
        let read = input.read(&mut buffer).with_context(|| format!("cannot read {}", file.shown))?;
        if read == 0 {
            return Ok(());
        }
        each(&buffer[..read])?;
    }
}

fn finished(file: &SourceFile, mut hasher: blake3::Hasher) -> String {
    if let Some(source) = &file.source {
        hasher.update(way_of_reading(source).as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// How rows are made of what stands in a source's files.
pub(super) fn way_of_reading(source: &Source) -> String {
    format!("\nread by {MADE}: {:?}", source.kind)
}

/// Raised with every change by which other rows are made of the same file.
const MADE: u32 = 2;
