//! Files that are either there whole or not there at all.
//!
//! What purser writes names creators, customers and amounts. So every file is made for its owner only, and every folder too,
//! whatever the umask says: no setting has to be right first.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Error, Result, ensure};

use super::{Kind, effect_now};
use crate::error::{Conflict, Transient};

/// Writes a file by filling a temporary one beside it, syncing it, and renaming it into place.
///
/// A run that is killed leaves at most a hidden file ending in `.tmp`, which nobody reads. No two writers share a temporary
/// file, and the last rename wins; callers give the same content the same name.
pub fn write_file(path: &Path, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let mut unfinished = Unfinished::begin(path)?;
    // What goes wrong in filling it, such as bad input, is reported by the code that fills it; but the disk may be to blame.
    fill(&mut unfinished.file).map_err(|error| match trouble_of(&error) {
        Some(FULL) => error.context(Transient(FULL.to_owned())).context(cannot_write(path)),
        Some(advice) => error.context(advice).context(cannot_write(path)),
        None => error,
    })?;
    unfinished.keep()
}

/// The rights of a file: its owner reads and writes it, nobody else does either.
pub(super) const FILE: u32 = 0o600;

/// The rights of a folder.
const FOLDER: u32 = 0o700;

/// Creates a folder and those above it, where they are not there. What is there keeps its rights.
///
/// # Errors
///
/// When it cannot be made.
pub fn create_folder(path: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(FOLDER).create(path);
    made.map_err(explained).with_context(|| format!("cannot create the folder {}", path.display()))
}

/// Creates an empty file where none is, for a writer that would let others read what it makes. A file that is there is left as
/// it is.
///
/// # Errors
///
/// When it cannot be made.
pub fn claim_file(path: &Path) -> Result<()> {
    match create_new(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(explained(error)).with_context(|| cannot_write(path)),
        _ => Ok(()),
    }
}

fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(FILE).open(path)
}

/// A file that is being written, as [`write_file`] does, for code that cannot do so in one call. Dropped without
/// [`Unfinished::keep`], it leaves nothing behind.
pub struct Unfinished {
    path: PathBuf,
    temporary: PathBuf,
    file: File,
}

impl Unfinished {
    /// Begins a file that shall stand at a path.
    pub fn begin(path: &Path) -> Result<Self> {
        let folder = folder_of(path)?;
        create_folder(folder)?;
        let name = path.file_name().and_then(|n| n.to_str()).context("a kept file has a plain name")?;
        let temporary = folder.join(format!(".{name}.{}.tmp", unique()));
        let file = create_new(&temporary).map_err(explained).with_context(|| cannot_write(path))?;
        Ok(Self { path: path.to_owned(), temporary, file })
    }

    /// Makes the file durable and puts it into place.
    pub fn keep(self) -> Result<()> {
        let cannot = || cannot_write(&self.path);
        self.file.sync_all().map_err(explained).with_context(cannot)?;
        effect_now(Kind::Rename, &subject(&self.path), || {
            fs::rename(&self.temporary, &self.path).map_err(explained).with_context(cannot)
        })?;
        let folder = folder_of(&self.path)?;
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(explained).with_context(|| format!("cannot sync the folder {}", folder.display()))
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Once renamed it is gone; what could not be finished is of no use, and failing to remove it changes nothing.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// A folder of files that is being written. Dropped without [`UnfinishedFolder::keep`], it leaves nothing behind.
pub struct UnfinishedFolder {
    path: PathBuf,
    temporary: PathBuf,
}

impl UnfinishedFolder {
    /// Begins a folder that shall stand at a path.
    ///
    /// # Errors
    ///
    /// When something is there already that is not an empty folder.
    pub fn begin(path: &Path) -> Result<Self> {
        let path = std::path::absolute(path).with_context(|| format!("cannot find {}", path.display()))?;
        let is_free = !path.exists() || fs::read_dir(&path).is_ok_and(|mut entries| entries.next().is_none());
        ensure!(is_free, Conflict(format!("{} already exists; name a new folder. Nothing was written", path.display())));
        let above = folder_of(&path)?;
        create_folder(above)?;
        let name = path.file_name().and_then(|name| name.to_str()).context("the folder has a plain name")?;
        let temporary = above.join(format!(".{name}.{}.tmp", unique()));
        DirBuilder::new().mode(FOLDER).create(&temporary).map_err(explained).with_context(|| cannot_write(&path))?;
        Ok(Self { path, temporary })
    }

    /// Begins a file in it.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    pub fn create(&self, name: &str) -> Result<File> {
        create_new(&self.temporary.join(name)).map_err(explained).with_context(|| cannot_write(&self.path.join(name)))
    }

    /// Makes all files durable and puts the folder into place.
    ///
    /// # Errors
    ///
    /// When the disk does not take it.
    pub fn keep(self) -> Result<()> {
        let cannot = || cannot_write(&self.path);
        for entry in fs::read_dir(&self.temporary).with_context(cannot)? {
            let file = File::open(entry.with_context(cannot)?.path());
            file.and_then(|file| file.sync_all()).map_err(explained).with_context(cannot)?;
        }
        effect_now(Kind::Rename, &subject(&self.path), || {
            fs::rename(&self.temporary, &self.path).map_err(explained).with_context(cannot)
        })?;
        let synced = File::open(folder_of(&self.path)?).and_then(|folder| folder.sync_all());
        synced.map_err(explained).with_context(cannot)
    }
}

impl Drop for UnfinishedFolder {
    fn drop(&mut self) {
        // Once renamed it is gone; what could not be finished is of no use, and failing to remove it changes nothing.
        let _ = fs::remove_dir_all(&self.temporary);
    }
}

pub(super) fn folder_of(path: &Path) -> Result<&Path> {
    path.parent().context("a kept file lies in a folder")
}

pub(super) fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

/// A mark that no other writer uses: processes on one volume may have the same number, and a process writes in parallel.
pub(super) fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    format!("{}-{since_1970}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

const FULL: &str = "the disk is full. Free some space, and run again";
const NOT_WRITABLE: &str = "it cannot be written there: check who owns the folder, and whether its disk is mounted read-only";

/// An error of the file system, with what to do where that is known.
pub(super) fn explained(error: io::Error) -> Error {
    match advice(&error) {
        Some(advice) => Error::from(error).context(advice),
        None => Error::from(error),
    }
}

fn advice(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Some(FULL),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Some(NOT_WRITABLE),
        _ => None,
    }
}

/// What to do about an error that may have come by way of a writer of some format.
fn trouble_of(error: &Error) -> Option<&'static str> {
    let known = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).find_map(advice);
    // Some writers only pass on what the system said.
    known.or_else(|| format!("{error:#}").contains("No space left on device").then_some(FULL))
}

/// A file's name with its folder's: the same wherever the data folder lies.
pub(super) fn subject(path: &Path) -> String {
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
        create_folder(folder)?;
    }
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(FILE).open(path);
    opened.map_err(explained).with_context(|| format!("cannot open the lock {}", path.display()))
}

/// Removes a folder and all that is in it.
///
/// # Errors
///
/// When something in it cannot be removed.
pub fn clear_folder(path: &Path) -> Result<()> {
    effect_now(Kind::Remove, &subject(path), || {
        fs::remove_dir_all(path).map_err(explained).with_context(|| format!("cannot clear {}", path.display()))
    })
}

/// Removes a file. One that is gone already is no error: somebody else removed it.
///
/// # Errors
///
/// When it is there and cannot be removed.
pub fn remove(path: &Path) -> Result<()> {
    effect_now(Kind::Remove, &subject(path), || match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(explained(error)).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    })
}

/// Whether a file is there to be used again. Its time becomes now, by which housekeeping knows that somebody is about to
/// name it. That time is no effect: without it the file may be removed, and is then written again when it is missed.
pub fn reuse_file(path: &Path) -> bool {
    // A user who may not set its time, such as another than its owner, may still read it.
    let _ = File::open(path).and_then(|file| file.set_modified(SystemTime::now()));
    path.exists()
}

/// Tries whether a folder can be written, leaving nothing behind but the folder.
///
/// # Errors
///
/// When it cannot.
pub fn try_to_write(folder: &Path) -> Result<()> {
    drop(Unfinished::begin(&folder.join("doctor"))?);
    Ok(())
}
