//! Files that are either there whole or not there at all.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result};

/// Writes a file by filling a temporary one beside it, syncing it, and renaming it into place.
///
/// A run that is killed leaves at most a file ending in `.tmp`, which the next writer of the same name replaces.
/// Concurrent writers use different temporary names, and the last rename wins; callers give the same content the same name.
pub fn write_file(path: &Path, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let folder = path.parent().context("a kept file lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
    let name = path.file_name().and_then(|n| n.to_str()).context("a kept file has a plain name")?;
    let temporary = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    let written = fill_and_rename(path, &temporary, fill);
    if written.is_err() {
        // What could not be finished is of no use; failing to remove it changes nothing for anybody.
        let _ = fs::remove_file(&temporary);
    }
    written?;
    File::open(folder).and_then(|f| f.sync_all()).with_context(|| format!("cannot sync the folder {}", folder.display()))
}

fn fill_and_rename(path: &Path, temporary: &Path, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    let mut file = File::create(temporary).with_context(cannot)?;
    // What goes wrong in filling it, such as bad input, is told by whoever fills it.
    fill(&mut file)?;
    file.sync_all().with_context(cannot)?;
    fs::rename(temporary, path).with_context(cannot)
}
