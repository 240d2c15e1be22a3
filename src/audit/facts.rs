//! Kept facts: every file that a run or an entry rests on is there, byte for byte as it was written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use rayon::prelude::*;

use super::check::Check;
use super::findings::{Findings, Found};
use super::shared::Audit;
use crate::facts::{KeptFile, Manifest, blocking};
use crate::program::Table;
use crate::sources::hash_of;
use crate::store::{Row, Tx};
use crate::vocabulary::counted;

/// How many manifests are in memory at a time.
const MANIFESTS_PER_PAGE: i64 = 100;

/// A kept file, by its path, and what is known of it.
struct Needed {
    /// As a manifest lists it.
    file: KeptFile,
    /// The hashes that manifests give for it: none where none was recorded, and several where it was made again by a later
    /// version, which writes other bytes.
    copies: BTreeSet<String>,
    /// The digest of a manifest that lists it.
    manifest: String,
}

/// A kept file that is not there or not whole.
struct Broken {
    needed: Needed,
    why: String,
    /// Its hash, where that is another than was recorded.
    hash: Option<String>,
}

pub(super) async fn check(tx: &mut Tx, audit: &Audit<'_>) -> Found {
    let mut findings = Findings::default();
    let seen = read(tx, audit, &mut findings).await;
    findings.end(audit.program, Check::Facts, seen)
}

async fn read(tx: &mut Tx, audit: &Audit<'_>, findings: &mut Findings) -> Result<String> {
    missing_manifests(tx, audit, findings).await?;
    removed_manifests(tx, audit, findings).await?;
    let needed = needed(tx, audit, findings).await?;
    let files = needed.len();
    for Broken { needed, why, hash } in blocking(move || Ok(broken(needed))).await? {
        if let Some(hash) = hash
            && is_recorded_elsewhere(tx, &needed.file, &hash).await?
        {
            continue;
        }
        if findings.is_telling() {
            let needs = who_needs(tx, audit, &needed.manifest).await?;
            findings.add(|| format!("{why}; needed by {needs}"));
        } else {
            findings.add(String::new);
        }
    }
    Ok(counted(files, "file", "files"))
}

/// Runs and entries that rest on facts of which there is no list.
async fn missing_manifests(tx: &mut Tx, audit: &Audit<'_>, findings: &mut Findings) -> Result<()> {
    let runs = "SELECT x.run_id, x.manifest FROM runs x WHERE x.program = $1 AND x.manifest IS NOT NULL \
                AND NOT EXISTS (SELECT 1 FROM manifests m WHERE m.program = x.program AND m.digest = x.manifest) ORDER BY x.run_id";
    let entries = "SELECT x.entry, x.facts FROM entries x WHERE x.program = $1 AND x.kind = 'reconciled' \
                   AND NOT EXISTS (SELECT 1 FROM manifests m WHERE m.program = x.program AND m.digest = x.facts) ORDER BY x.entry";
    for (what, sql) in [("run", runs), ("entry", entries)] {
        for row in tx.rows(sql, &[audit.program.into()]).await? {
            let (number, digest) = (row.int(0)?, row.text(1)?);
            findings.add(|| format!("{what} {number} rests on the list of facts {digest}, which is not there"));
        }
    }
    Ok(())
}

/// Lists that retention removed, though it never would, or only by half.
async fn removed_manifests(tx: &mut Tx, audit: &Audit<'_>, findings: &mut Findings) -> Result<()> {
    let sql = "SELECT digest FROM manifests WHERE program = $1 AND ((removed_at IS NULL AND body = '') \
               OR (removed_at IS NOT NULL AND body <> '')) ORDER BY digest";
    for row in tx.rows(sql, &[audit.program.into()]).await? {
        let digest = row.text(0)?;
        findings.add(|| format!("the list of facts {digest} is neither kept whole nor removed whole"));
    }
    let sql = "SELECT r.run_id, m.digest FROM reconciled r JOIN manifests m ON m.program = r.program AND m.digest = r.manifest \
               WHERE r.program = $1 AND m.removed_at IS NOT NULL";
    for row in tx.rows(sql, &[audit.program.into()]).await? {
        let (run_id, digest) = (row.int(0)?, row.text(1)?);
        findings
            .add(|| format!("the list of facts {digest} was removed, but the last reconciliation, by run {run_id}, rests on it"));
    }
    Ok(())
}

/// All files that any manifest lists.
async fn needed(tx: &mut Tx, audit: &Audit<'_>, findings: &mut Findings) -> Result<BTreeMap<PathBuf, Needed>> {
    let sql =
        "SELECT digest, body FROM manifests WHERE program = $1 AND removed_at IS NULL AND digest > $2 ORDER BY digest LIMIT $3";
    let (mut after, mut needed) = (String::new(), BTreeMap::new());
    loop {
        let rows = tx.rows(sql, &[audit.program.into(), after.as_str().into(), MANIFESTS_PER_PAGE.into()]).await?;
        for row in &rows {
            after = row.text(0)?.to_owned();
            if let Err(error) = list(row, audit.data, &mut needed) {
                findings.add(|| format!("the list of facts {after}: {error:#}"));
            }
        }
        if rows.is_empty() {
            return Ok(needed);
        }
    }
}

/// Adds the files of one manifest.
fn list(row: &Row, data: &Path, needed: &mut BTreeMap<PathBuf, Needed>) -> Result<()> {
    let (digest, body) = (row.text(0)?, row.text(1)?);
    let manifest: Manifest = serde_json::from_str(body).context("it cannot be read")?;
    ensure!(manifest.digest() == digest, "what it lists has the digest {}", manifest.digest());
    ensure!(serde_json::to_string(&manifest)? == body, "it is not written as purser writes it");
    for (name, files) in &manifest.tables {
        let table = Table::ALL.into_iter().find(|table| table.name() == name);
        let table = table.with_context(|| format!("it lists files of a table {name}, which there is not"))?;
        for file in files {
            let known = needed.entry(file.path(data, table)).or_insert_with(|| Needed {
                file: file.clone(),
                copies: BTreeSet::new(),
                manifest: digest.to_owned(),
            });
            known.copies.extend(Some(file.copy.clone()).filter(|copy| !copy.is_empty()));
        }
    }
    Ok(())
}

/// Whether a list of any program gives this hash for the same copy: programs share copies, and when one of them makes a copy
/// again, only its own list is written again.
async fn is_recorded_elsewhere(tx: &mut Tx, file: &KeptFile, hash: &str) -> Result<bool> {
    // As `KeptFile` is written; the hash of the copy is followed by who it does not name, or by the end.
    let erased = if file.erased.is_empty() { "}".to_owned() } else { format!(",\"erased\":\"{}\"}}", file.erased) };
    let pattern = format!("%\"content\":\"{}\",\"copy\":\"{hash}\"{erased}%", file.content);
    let sql = "SELECT 1 FROM manifests WHERE removed_at IS NULL AND body LIKE $1 LIMIT 1";
    Ok(!tx.rows(sql, &[pattern.into()]).await?.is_empty())
}

/// The files that are not there or not whole, in order of their paths.
fn broken(needed: BTreeMap<PathBuf, Needed>) -> Vec<Broken> {
    let mut broken: Vec<(PathBuf, Broken)> = needed
        .into_par_iter()
        .filter_map(|(path, needed)| {
            let (why, hash) = what_is_wrong(&path, &needed)?;
            let why = format!("{} {why}", path.display());
            Some((path, Broken { needed, why, hash }))
        })
        .collect();
    broken.sort_by(|a, b| a.0.cmp(&b.0));
    broken.into_iter().map(|(_, broken)| broken).collect()
}

/// What is wrong with a kept file, and its hash where it is that.
fn what_is_wrong(path: &Path, needed: &Needed) -> Option<(String, Option<String>)> {
    if !path.is_file() {
        return Some(("is not there".to_owned(), None));
    }
    let hash = match hash_of(path) {
        Ok(hash) => hash,
        Err(error) => return Some((format!("cannot be read: {error:#}"), None)),
    };
    let other = needed.copies.iter().next().filter(|_| !needed.copies.contains(&hash))?;
    Some((format!("has the hash {hash}, but was kept with {other}"), Some(hash)))
}

/// The first run that read the facts of a manifest, for people.
async fn who_needs(tx: &mut Tx, audit: &Audit<'_>, manifest: &str) -> Result<String> {
    let sql = "SELECT MIN(run_id) FROM runs WHERE program = $1 AND manifest = $2";
    let rows = tx.rows(sql, &[audit.program.into(), manifest.into()]).await?;
    let first = rows.first().map_or(Ok(None), |row| row.optional_int(0))?;
    Ok(match first {
        Some(run) => format!("run {run} (list of facts {manifest})"),
        None => format!("the list of facts {manifest}"),
    })
}
