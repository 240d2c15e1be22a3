//! Copies of rows that purser put together itself: they have no source but each other, so their name comes from their own bytes.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use polars::prelude::DataFrame;

use super::manifest::KeptFile;
use super::parquet::write_parquet;
use super::pseudonyms::Erased;
use crate::effect::{reuse_file, write_file};
use crate::program::Table;
use crate::sources::{Format, hash_of};

/// Keeps rows of a table, which people know by the name `source`, under the hash of their copy. They name nobody who was erased.
///
/// # Errors
///
/// When the copy cannot be written.
pub(super) fn keep_rows(
    table: Table,
    rows: &mut DataFrame,
    (source, format): (&str, Format),
    data: &Path,
    erased: &Erased,
) -> Result<KeptFile> {
    let mut bytes = Vec::new();
    write_parquet(rows, None, &mut bytes)?;
    let content = blake3::hash(&bytes).to_hex().to_string();
    let (source, erased) = (source.to_owned(), erased.mark(table).to_owned());
    let (version, copy, gaps) = (String::new(), content.clone(), Vec::new());
    let file = KeptFile { source, format, is_carried: false, content, version, copy, gaps, erased, checked: None, part: None };
    let path = file.path(data, table);
    if !(reuse_file(&path) && hash_of(&path).is_ok_and(|hash| hash == file.copy)) {
        write_file(&path, |out| out.write_all(&bytes).with_context(|| format!("cannot write {}", path.display())))?;
    }
    Ok(file)
}
