//! What is kept of exports, encrypted, in the folder of payment lists: payees, files and all.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::files::{FileFormat, LeftOut, Payment};
use crate::effect::write_file;
use crate::payees::Keyring;

/// How the name of what is kept of an export ends.
pub(super) const SEALED: &str = "sealed";

/// All that is kept of an export.
#[derive(Serialize, Deserialize)]
pub(super) struct Bundle {
    pub format: FileFormat,
    /// When the batch was drafted; none where an older purser exported it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drafted_at: Option<i64>,
    pub payments: Vec<Payment>,
    pub files: Vec<String>,
    pub pays_on: Option<String>,
    pub notes: Vec<String>,
    pub left: Vec<LeftOut>,
    pub elsewhere: Vec<(FileFormat, usize)>,
}

/// What a sealed export belongs to.
fn about(batch_id: &str, format: FileFormat) -> String {
    format!("the export of batch {batch_id} as {format}")
}

pub(super) fn kept_file(folder: &Path, batch_id: &str, format: FileFormat, digest: &str) -> PathBuf {
    folder.join(format!("{batch_id}.{format}.{digest}.{SEALED}"))
}

/// Keeps an export, encrypted, under the hash of that; answers the hash.
pub(super) fn keep(bundle: &Bundle, batch_id: &str, (folder, keyring): (&Path, &Keyring)) -> Result<String> {
    let text = serde_json::to_vec(bundle).context("an export can be written")?;
    let sealed = keyring.seal(&about(batch_id, bundle.format), &text)?;
    let digest = blake3::hash(&sealed).to_hex().to_string();
    write_file(&kept_file(folder, batch_id, bundle.format, &digest), |file| Ok(file.write_all(&sealed)?))?;
    Ok(digest)
}

/// What a kept export holds.
pub(super) fn opened(keyring: &Keyring, batch_id: &str, format: FileFormat, path: &Path) -> Result<Bundle> {
    let sealed = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = keyring.open(&about(batch_id, format), &sealed)?;
    serde_json::from_slice(&text).with_context(|| format!("{} cannot be read", path.display()))
}

/// The kept exports whose names begin so.
pub(super) fn kept_of(folder: &Path, begin: &str) -> Result<Vec<PathBuf>> {
    files_of(folder, |name| name.starts_with(begin) && name.ends_with(SEALED))
}

/// The payment lists of a program's batches.
pub(super) fn kept_lists(folder: &Path, program: &str) -> Result<Vec<PathBuf>> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = |name: &str| name.strip_suffix(".csv")?.strip_prefix(program)?.strip_prefix('-').map(is_number);
    files_of(folder, |name| number(name).unwrap_or(false))
}

/// The files of the folder with such names, in their order.
fn files_of(folder: &Path, is_meant: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let cannot = || format!("cannot list {}", folder.display());
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(cannot)?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.with_context(cannot)?.path();
        if is_meant(path.file_name().and_then(|name| name.to_str()).unwrap_or_default()) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
