//! The outbox folder, and the lock that only one delivery at a time can hold.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::effect::{lock_file, write_file};

/// The longest name a file of a mail gets, before `.eml`.
const LONGEST_NAME: usize = 180;

/// The right to deliver a program's mails from a data folder. It ends with the value, or with the process, however that
/// ends; so whoever holds it knows that no earlier attempt from this folder still runs.
pub(super) struct PostOffice {
    folder: PathBuf,
    /// Names this outbox folder in attempts; it says nothing about the machine.
    pub id: String,
    _lock: File,
}

impl PostOffice {
    /// None when another process has it: a run that froze, since runs of one program do not overlap.
    pub(super) fn open(data: &Path, program: &str) -> Result<Option<Self>> {
        let folder = data.join("outbox");
        let shown = folder.display();
        let lock = lock_file(&folder.join(format!(".{program}.lock")));
        let mut lock = lock.with_context(|| format!("cannot use the outbox folder {shown}"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock the outbox folder {shown}"));
            }
        }
        let id = identity(&mut lock).with_context(|| format!("cannot name the outbox folder {shown}"))?;
        Ok(Some(Self { folder, id, _lock: lock }))
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
