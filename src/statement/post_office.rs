//! The outbox folder, and the lock that only one delivery at a time can hold.

use std::fs::{File, OpenOptions, TryLockError, create_dir_all};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::durable::write_file;

/// The longest name a file of a mail gets, before `.eml`.
const LONGEST_NAME: usize = 180;

/// The right to deliver the mails of a data folder. It ends with the value, or with the process, however that ends; so
/// whoever holds it knows that no earlier attempt from this folder still runs.
pub(super) struct PostOffice {
    folder: PathBuf,
    /// Names this outbox folder in attempts; it says nothing about the machine.
    pub id: String,
    _lock: File,
}

impl PostOffice {
    /// Waits until no other process delivers from this data folder.
    pub(super) fn open(data: &Path) -> Result<Self> {
        let folder = data.join("outbox");
        let shown = folder.display();
        create_dir_all(&folder).with_context(|| format!("cannot create the outbox folder {shown}"))?;
        let path = folder.join(".lock");
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut lock = opened.with_context(|| format!("cannot open the lock of the outbox folder {shown}"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                tracing::info!("another run is delivering mails from {shown}; waiting until it is done");
                lock.lock().with_context(|| format!("cannot lock the outbox folder {shown}"))?;
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock the outbox folder {shown}"));
            }
        }
        let id = identity(&mut lock).with_context(|| format!("cannot name the outbox folder {shown}"))?;
        Ok(Self { folder, id, _lock: lock })
    }

    /// Writes a mail as a file. Writing it again leaves the same file.
    pub(super) fn write(&self, key: &str, message: &str) -> Result<()> {
        write_file(&self.folder.join(file_name(key)), |file| Ok(file.write_all(message.as_bytes())?))
    }
}

fn identity(lock: &mut File) -> Result<String> {
    let mut id = String::new();
    lock.read_to_string(&mut id)?;
    if id.is_empty() {
        let seed = format!("{} {}", std::process::id(), chrono::Utc::now().timestamp_micros());
        id = blake3::hash(seed.as_bytes()).to_hex()[..16].to_owned();
        lock.rewind()?;
        lock.write_all(id.as_bytes())?;
        lock.sync_all()?;
    }
    Ok(id)
}

/// `program/creator/month` as a plain name: other bytes than letters, digits, `.`, `-` and `@` are written as `%` and
/// their number, so that no two keys share a name; the slashes become `_`.
fn file_name(key: &str) -> String {
    let mut name = String::new();
    for byte in key.bytes() {
        match byte {
            b'/' => name.push('_'),
            b'.' if name.is_empty() => name.push_str("%2E"),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'@' => name.push(char::from(byte)),
            other => name.push_str(&format!("%{other:02X}")),
        }
    }
    if name.len() > LONGEST_NAME {
        name = blake3::hash(key.as_bytes()).to_hex().to_string();
    }
    format!("{name}.eml")
}
