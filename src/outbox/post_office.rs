//! The outbox folder, and the lock that only one delivery at a time can hold.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::letter::Channel;
use crate::effect::{lock_file, write_file};

/// The longest name a file of a mail gets, before `.eml`.
const LONGEST_NAME: usize = 180;

/// The right to deliver a program's letters of one channel from a data folder. It ends with the value, or with the process, however that
/// ends; so its holder knows that no earlier attempt from this folder still runs.
pub(super) struct PostOffice {
    folder: PathBuf,
    /// Names this outbox folder in attempts; it says nothing about the machine.
    pub id: String,
    _lock: File,
}

impl PostOffice {
    /// None when another process has it: a run that froze, since runs of one program do not overlap.
    pub(super) fn open(data: &Path, program: &str, channel: Channel) -> Result<Option<Self>> {
        let folder = folder_of(data);
        let shown = folder.display();
        let owner = match channel {
            Channel::Statement => program.to_owned(),
            Channel::Operator | Channel::Webhook => format!("{program}.{}", channel.code()),
        };
        let lock = lock_file(&folder.join(format!(".{owner}.lock")));
        let lock = lock.with_context(|| format!("cannot use the outbox folder {shown}"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock the outbox folder {shown}"));
            }
        }
        let id =
            identity(&folder.join(format!(".{owner}.name"))).with_context(|| format!("cannot name the outbox folder {shown}"))?;
        Ok(Some(Self { folder, id, _lock: lock }))
    }

    /// Writes a mail as a file. Writing it again leaves the same file.
    pub(super) fn write(&self, key: &str, message: &str) -> Result<()> {
        write_file(&self.folder.join(file_name(key)), |file| Ok(file.write_all(message.as_bytes())?))
    }
}

fn folder_of(data: &Path) -> PathBuf {
    data.join("outbox")
}

/// Where the mail of this key is written, if mails leave as files.
pub fn mail_file(data: &Path, key: &str) -> PathBuf {
    folder_of(data).join(file_name(key))
}

/// The name that the outbox folder was given when it was first used. The caller holds the lock.
fn identity(path: &Path) -> Result<String> {
    match fs::read_to_string(path) {
        Ok(id) => Ok(id),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let seed = format!("{} {}", std::process::id(), chrono::Utc::now().timestamp_micros());
            let id = blake3::hash(seed.as_bytes()).to_hex()[..16].to_owned();
            write_file(path, |file| Ok(file.write_all(id.as_bytes())?))?;
            Ok(id)
        }
        Err(error) => Err(error.into()),
    }
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
