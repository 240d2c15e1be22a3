//! Files that only grow, line by line, by one process at a time. Who is told that a line was appended can rely on it: it is on the disk.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::file::{FILE, cannot_write, create_folder, explained, folder_of, subject};
use super::{Kind, effect_now};

/// A file to which nobody else appends as long as this is there.
pub struct Appending {
    file: File,
    path: PathBuf,
}

impl Appending {
    /// Opens a file, or makes it, and waits until nobody else appends to it.
    ///
    /// # Errors
    ///
    /// When it cannot be opened or made.
    pub fn begin(path: &Path) -> Result<Self> {
        let cannot = || cannot_write(path);
        create_folder(folder_of(path)?)?;
        let is_new = !path.exists();
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(FILE).open(path);
        let file = opened.map_err(explained).with_context(cannot)?;
        file.lock().with_context(cannot)?;
        if is_new {
            // That it is there must outlive the machine as much as what it holds.
            File::open(folder_of(path)?).and_then(|folder| folder.sync_all()).map_err(explained).with_context(cannot)?;
        }
        Ok(Self { file, path: path.to_owned() })
    }

    /// The whole lines from a place on, and where they end. What follows the last line break was never finished.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn lines_from(&mut self, place: u64) -> Result<(String, u64)> {
        let cannot = || format!("cannot read {}", self.path.display());
        // A file that is shorter than it was is another one.
        let place = if self.file.metadata().with_context(cannot)?.len() < place { 0 } else { place };
        let mut text = Vec::new();
        self.file.seek(SeekFrom::Start(place)).with_context(cannot)?;
        self.file.read_to_end(&mut text).with_context(cannot)?;
        text.truncate(text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1));
        let end = place + text.len() as u64;
        Ok((String::from_utf8_lossy(&text).into_owned(), end))
    }

    /// Appends a line at the end of the whole lines, over what was never finished, and answers where it ends once it is on the disk.
    ///
    /// # Errors
    ///
    /// When the disk does not take it. Then it is not there.
    pub fn append(&mut self, end: u64, line: &str) -> Result<u64> {
        let bytes = format!("{line}\n").into_bytes();
        let written = effect_now(Kind::Append, &subject(&self.path), || {
            let mut write = || {
                self.file.set_len(end)?;
                self.file.seek(SeekFrom::Start(end))?;
                self.file.write_all(&bytes)?;
                self.file.sync_all()
            };
            write().map_err(explained).with_context(|| cannot_write(&self.path))
        });
        if let Err(error) = written {
            // What nobody was promised need not stay; if it does, it is what was sent.
            let _ = self.file.set_len(end);
            return Err(error);
        }
        Ok(end + bytes.len() as u64)
    }

    /// Makes what is there outlive the machine, also what another process wrote.
    ///
    /// # Errors
    ///
    /// When the disk does not take it.
    pub fn settle(&self) -> Result<()> {
        self.file.sync_all().map_err(explained).with_context(|| cannot_write(&self.path))
    }
}

/// Where the whole lines of such a file end: none of them is being written.
///
/// # Errors
///
/// When it cannot be read.
pub fn settled_end(path: &Path) -> Result<u64> {
    let cannot = || format!("cannot read {}", path.display());
    let mut file = File::open(path).with_context(cannot)?;
    // Nobody is in the middle of a line.
    file.lock_shared().with_context(cannot)?;
    let mut end = file.metadata().with_context(cannot)?.len();
    let mut piece = vec![0; 4096];
    while end > 0 {
        let start = end.saturating_sub(piece.len() as u64);
        let bytes = &mut piece[..usize::try_from(end - start)?];
        file.seek(SeekFrom::Start(start)).and_then(|_| file.read_exact(bytes)).with_context(cannot)?;
        if let Some(last) = bytes.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + last as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}
