//! A folder for what is needed for a moment, inside the data folder: what is confidential stays where confidential things are.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::file::{create_folder, lock_file, unique};

/// How often a folder is made anew that somebody who cleans up took for abandoned.
const ATTEMPTS: usize = 10;

/// The file that a living process has locked: the system frees it when the process ends, however that ends.
const LOCK: &str = ".lock";

/// A folder of this process. It goes with the value; what a killed process leaves, the next start removes.
pub struct Scratch {
    folder: PathBuf,
    /// The data folder, where there was none.
    made: Option<PathBuf>,
    _lock: File,
}

impl Scratch {
    /// An empty folder in a data folder.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    pub fn new(data: &Path) -> Result<Self> {
        clear_scratch(data);
        let made = (!data.exists()).then(|| data.to_owned());
        for _ in 0..ATTEMPTS {
            let folder = scratch(data).join(unique());
            create_folder(&folder)?;
            let lock = lock_file(&folder.join(LOCK))?;
            // Between its making and its lock, somebody may have removed it.
            if lock.try_lock().is_ok() && folder.join(LOCK).exists() {
                return Ok(Self { folder, made, _lock: lock });
            }
        }
        bail!("cannot lock a folder in {}", scratch(data).display())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed goes at the next start.
        let _ = fs::remove_dir_all(&self.folder);
        // The last one takes the folder of all with it: only an empty one can be removed in this way.
        for empty in self.folder.parent().into_iter().chain(self.made.as_deref()) {
            let _ = fs::remove_dir(empty);
        }
    }
}

/// Removes what killed processes left. Nobody needs it, so that it cannot be removed keeps nobody from working.
pub fn clear_scratch(data: &Path) {
    let folder = scratch(data);
    if let Err(error) = remove_abandoned(&folder) {
        tracing::warn!("what a command left that was killed is still in {}, and is to be deleted: {error:#}", folder.display());
    }
}

fn remove_abandoned(folder: &Path) -> Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.context("it cannot be listed")?,
    };
    for entry in entries {
        let left = entry.context("it cannot be listed")?.path();
        let Ok(lock) = lock_file(&left.join(LOCK)) else { continue };
        match lock.try_lock() {
            Ok(()) => match fs::remove_dir_all(&left) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("cannot remove {}", left.display()));
                }
                _ => {}
            },
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error).context("locks cannot be asked there"),
        }
    }
    Ok(())
}

fn scratch(data: &Path) -> PathBuf {
    data.join("scratch")
}
