//! Files that are either there whole or not there at all.

use std::fs::{self, File, OpenOptions};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use super::{Kind, effect_now};

/// Writes a file by filling a temporary one beside it, syncing it, and renaming it into place.
///
/// A run that is killed leaves at most a hidden file ending in `.tmp`, which nobody reads. No two writers share a temporary
/// file, and the last rename wins; callers give the same content the same name.
pub fn write_file(path: &Path, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let folder = path.parent().context("a kept file lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
    let name = path.file_name().and_then(|n| n.to_str()).context("a kept file has a plain name")?;
    let temporary = folder.join(format!(".{name}.{}.tmp", unique()));
    let written = fill_and_rename(path, &temporary, fill);
    if written.is_err() {
        // What could not be finished is of no use; failing to remove it changes nothing for anybody.
        let _ = fs::remove_file(&temporary);
    }
    written?;
    File::open(folder).and_then(|f| f.sync_all()).with_context(|| format!("cannot sync the folder {}", folder.display()))
}

/// A mark that no other writer uses: processes on one volume may have the same number, and a process writes in parallel.
fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    format!("{}-{since_1970}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn fill_and_rename(path: &Path, temporary: &Path, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    let mut file = File::create_new(temporary).with_context(cannot)?;
    // What goes wrong in filling it, such as bad input, is told by whoever fills it.
    fill(&mut file)?;
    file.sync_all().with_context(cannot)?;
    effect_now(Kind::Rename, &subject(path), || fs::rename(temporary, path).with_context(cannot))
}

/// A file's name with its folder's: the same wherever the data folder lies.
fn subject(path: &Path) -> String {
    let mut parts: Vec<_> = path.iter().rev().take(2).map(|part| part.to_string_lossy()).collect();
    parts.reverse();
    parts.join("/")
}

/// Opens the file that stands for a lock, creating it where needed. What it holds is of no account.
///
/// # Errors
///
/// When folder or file cannot be made.
pub fn lock_file(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    opened.with_context(|| format!("cannot open the lock {}", path.display()))
}

/// Removes a folder and all that is in it.
///
/// # Errors
///
/// When something in it cannot be removed.
pub fn clear_folder(path: &Path) -> Result<()> {
    effect_now(Kind::Rename, &subject(path), || {
        fs::remove_dir_all(path).with_context(|| format!("cannot clear {}", path.display()))
    })
}
