//! What was kept before of a file that lies elsewhere, and has not changed since.

use std::path::Path;

use anyhow::Result;

use super::keep::{is_usable, is_whole};
use super::manifest::{KeptFile, Manifest};
use super::pseudonyms::Erased;
use crate::effect::reuse_file;
use crate::program::Table;
use crate::sources::SourceFile;

/// The copy of a table's file that the list `before` has, if that is of the same version, is whole, and names nobody who was erased.
/// Where there is one, the file itself need not be fetched.
///
/// # Errors
///
/// When a copy that is there cannot be read.
pub fn kept_before(
    table: Table,
    file: &SourceFile,
    data: &Path,
    before: Option<&Manifest>,
    erased: &Erased,
) -> Result<Option<KeptFile>> {
    let mark = erased.mark(table);
    // Who was erased may have another email now, for which the sources of creators are read.
    if file.version.is_empty() || (table == Table::Creators && !mark.is_empty()) {
        return Ok(None);
    }
    let is_same = |kept: &&KeptFile| {
        kept.source == file.shown && kept.version == file.version && kept.format == file.format && kept.erased == mark
    };
    let Some(known) = before.and_then(|before| before.files(table).iter().find(is_same)) else { return Ok(None) };
    let path = known.path(data, table);
    let is_there = reuse_file(&path) && is_usable(table, known, &path) && is_whole(known, &path)?;
    Ok(is_there.then(|| known.clone()))
}
