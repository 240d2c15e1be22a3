//! Whether kept copies are what they were when they were kept. Their names come from their sources, so they do not say.
//!
//! A copy is hashed each time before it is believed. To skip that where size and time of the file are as before was rejected: those
//! who rewrite a file can set its time, and hashing costs less than the hashing of its source, which every fetch does anyway.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use rayon::prelude::*;

use super::blocking;
use super::manifest::{KeptFile, Manifest};
use super::scan::remedy;
use crate::error::Conflict;
use crate::program::Table;
use crate::sources::hash_of;
use crate::store::Store;

/// A copy that has another hash than its list says.
struct Other {
    file: KeptFile,
    path: PathBuf,
    hash: String,
}

/// Refuses copies of these tables whose content is not what any list of facts says it was. Copies that are gone or cannot be read
/// are for those who read them to refuse.
///
/// # Errors
///
/// When one is another, or the database cannot be read.
pub async fn refuse_changed(store: &Store, data: &Path, manifest: &Manifest, tables: &[Table]) -> Result<()> {
    let listed = |table: &Table| {
        let files = manifest.files(*table).iter().filter(|file| !file.copy.is_empty());
        files.map(|file| (file.clone(), file.path(data, *table))).collect::<Vec<_>>()
    };
    let files: Vec<(KeptFile, PathBuf)> = tables.iter().flat_map(listed).collect();
    let others = blocking(move || {
        let other = |(file, path): (KeptFile, PathBuf)| {
            let hash = hash_of(&path).ok().filter(|hash| *hash != file.copy)?;
            Some(Other { file, path, hash })
        };
        Ok(files.into_par_iter().filter_map(other).collect::<Vec<_>>())
    })
    .await?;
    for Other { file, path, hash } in others {
        if !is_listed(store, &file, &hash).await? {
            bail!(Conflict(format!(
                "the kept copy of {}, {}, was changed by something other than purser, so it is not used, and nothing was posted \
                 (`purser check facts` lists all such copies). Restore it from a backup, or remove it and {}",
                file.source,
                path.display(),
                remedy(&file)
            )));
        }
    }
    Ok(())
}

/// Whether a list of facts gives this hash for the same copy: when a copy is made again, only the newest list is written again.
async fn is_listed(store: &Store, file: &KeptFile, hash: &str) -> Result<bool> {
    let of_same_source = format!("%\"content\":\"{}\",\"copy\":\"{hash}\"%", file.content);
    let sql = "SELECT body FROM manifests WHERE removed_at IS NULL AND body LIKE $1";
    for row in store.rows(sql, &[of_same_source.into()]).await? {
        let manifest: Manifest = serde_json::from_str(row.text(0)?)?;
        let is_it =
            |other: &KeptFile| (&other.content, other.copy.as_str(), &other.erased) == (&file.content, hash, &file.erased);
        if manifest.tables.values().flatten().any(is_it) {
            return Ok(true);
        }
    }
    Ok(false)
}
