//! Files of the data folder that nobody needs.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};

use crate::effect::remove;

/// How much was removed, or would be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    /// How many files or records.
    pub count: u64,
    /// Their size, or the length of their texts.
    pub bytes: u64,
}

/// A broom for one visit.
#[derive(Debug, Clone, Copy)]
pub struct Broom {
    /// Only what was written or used before this goes (microseconds since 1970).
    pub before: i64,
    /// Everything stays; what would go is counted.
    pub dry_run: bool,
}

impl Broom {
    /// Removes the Parquet files of a folder that are not among those that are needed.
    pub fn unneeded(self, folder: &Path, needed: &HashSet<PathBuf>) -> Result<Removed> {
        self.all(
            files_in(folder)?
                .into_iter()
                .filter(|path| path.extension().is_some_and(|e| e == "parquet") && !needed.contains(path)),
        )
    }

    /// Removes what writers left in a folder that were killed.
    pub fn unfinished(self, folder: &Path) -> Result<Removed> {
        let is_unfinished = |path: &PathBuf| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            name.starts_with('.') && name.ends_with(".tmp")
        };
        self.all(files_in(folder)?.into_iter().filter(is_unfinished))
    }

    /// Removes these files, where they are there.
    pub fn all(self, paths: impl IntoIterator<Item = PathBuf>) -> Result<Removed> {
        let mut removed = Removed::default();
        for path in paths {
            // Its time is looked at just before it goes: another program's fetch may have begun to use it again.
            let Some((used, bytes)) = used(&path)? else { continue };
            if used >= self.before {
                continue;
            }
            if !self.dry_run {
                remove(&path)?;
            }
            removed.add(1, bytes);
        }
        Ok(removed)
    }
}

impl Removed {
    /// Adds what else was removed.
    pub fn add(&mut self, count: u64, bytes: u64) {
        self.count = self.count.saturating_add(count);
        self.bytes = self.bytes.saturating_add(bytes);
    }
}

/// When a file was written or used last, and its size; none where it is gone.
fn used(path: &Path) -> Result<Option<(i64, u64)>> {
    let about = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        about => about.with_context(|| format!("cannot look at {}", path.display()))?,
    };
    let modified = about.modified().with_context(|| format!("{} has no time", path.display()))?;
    let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Some((i64::try_from(since.as_micros()).unwrap_or(i64::MAX), about.len())))
}

/// The files of a folder, in the order of their names; none where there is no such folder.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let cannot = || format!("cannot list {}", folder.display());
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(cannot)?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.with_context(cannot)?;
        if entry.file_type().with_context(cannot)?.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}
