//! Who was erased from a program, and the redaction of what its records say in words.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::facts::{Erased, Key, Manifest};
use crate::ledger::{Register, refuse_unsealed};
use crate::store::{Store, Tx};

/// Where the key of all pseudonyms of a data folder lies.
pub fn key_file(data: &Path) -> PathBuf {
    data.join("erasure.key")
}

/// The key of all pseudonyms of a data folder; none where nobody was ever erased.
///
/// # Errors
///
/// When it cannot be read.
pub fn read_key(data: &Path) -> Result<Option<Key>> {
    let path = key_file(data);
    let cannot = || format!("cannot read the key {}", path.display());
    match fs::read_to_string(&path) {
        Ok(text) => Key::parse(&text).with_context(cannot).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(cannot),
    }
}

/// Everybody who was erased from a program.
///
/// # Errors
///
/// When somebody was, but the key by which they are known is not there; when the record of who was erased was changed.
pub async fn erased(store: &Store, data: &Path, program: &str) -> Result<Erased> {
    let sql = "SELECT kind, subject, fingerprint FROM erasures WHERE program = $1 ORDER BY kind, subject";
    let mut tx = store.snapshot().await?;
    refuse_unsealed(&mut tx, program, Register::Erasures).await?;
    let rows = tx.rows(sql, &[program.into()]).await?;
    drop(tx);
    if rows.is_empty() {
        return Ok(Erased::default());
    }
    let path = key_file(data);
    let key = read_key(data)?.with_context(|| {
        format!(
            "people were erased from {program}, and the key by which they are known, {}, is not there. Restore it from its backup; \
             nothing was fetched, as they would be named again",
            path.display()
        )
    })?;
    let (mut creators, mut pseudonyms) = (BTreeSet::new(), BTreeSet::new());
    for row in &rows {
        let (kind, subject, fingerprint) = (row.text(0)?, row.text(1)?.to_owned(), row.text(2)?);
        ensure!(
            fingerprint == key.fingerprint(),
            "people were erased from {program} by another key than {}; restore that one from its backup",
            path.display()
        );
        if kind == "creator" {
            creators.insert(subject)
        } else {
            pseudonyms.insert(subject)
        };
    }
    Ok(Erased::new(key, creators, pseudonyms))
}

/// The lists of facts of a program that were not removed, by digest.
///
/// # Errors
///
/// When one cannot be read.
pub async fn kept_manifests(store: &Store, program: &str) -> Result<Vec<Manifest>> {
    let sql = "SELECT digest, body FROM manifests WHERE program = $1 AND removed_at IS NULL ORDER BY digest";
    let parse = |row: &crate::store::Row| {
        serde_json::from_str(row.text(1)?)
            .with_context(|| format!("the list of facts {} cannot be read", row.text(0).unwrap_or_default()))
    };
    store.rows(sql, &[program.into()]).await?.iter().map(parse).collect()
}

/// Lets a list of facts name other copies of the same facts.
///
/// # Errors
///
/// When the database cannot be used.
pub async fn rename_copies(tx: &mut Tx, program: &str, manifest: &Manifest) -> Result<()> {
    let body = serde_json::to_string(manifest).context("the manifest cannot be written")?;
    let sql = "UPDATE manifests SET body = $3 WHERE program = $1 AND digest = $2 AND removed_at IS NULL";
    tx.execute(sql, &[program.into(), manifest.digest().into(), body.into()]).await.map(|_| ())
}
