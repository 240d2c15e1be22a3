//! Payment lists in the data folder: each is the one that its export noted; of a batch that was voided, and only of such a one, it
//! says that it is void.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::check::Check;
use super::findings::{Findings, Found};
use super::shared::Audit;
use crate::ledger::EntryKind;
use crate::payout::void_text;
use crate::store::Tx;
use crate::vocabulary::counted;

pub(super) async fn check(tx: &mut Tx, audit: &Audit<'_>) -> Found {
    let mut findings = Findings::default();
    let seen = read(tx, audit, &mut findings).await;
    findings.end(audit.program, Check::Payments, seen)
}

async fn read(tx: &mut Tx, audit: &Audit<'_>, findings: &mut Findings) -> Result<String> {
    let sql = "SELECT subject, facts FROM entries WHERE program = $1 AND kind = $2 ORDER BY entry";
    let mut exported: BTreeMap<String, String> = BTreeMap::new();
    for row in tx.rows(sql, &[audit.program.into(), EntryKind::Exported.code().into()]).await? {
        exported.entry(row.text(0)?.to_owned()).or_insert(row.text(1)?.to_owned());
    }
    // A void gives its batch's money back by transfers of that reason.
    let sql = "SELECT DISTINCT order_id FROM transfers WHERE program = $1 AND kind = 'batch' AND why = 'voided'";
    let voided = subjects(tx, audit.program, sql).await?;
    // The list is marked just before the void is posted: a void that was cut short is one that waits.
    let sql = "SELECT subject FROM proposals WHERE program = $1 AND kind = 'void' AND state = 'proposed'";
    let waiting = subjects(tx, audit.program, sql).await?;
    // A list that is not there was written elsewhere, or somebody took it to the bank.
    let lists = lists(audit.program, audit.data)?;
    for (batch, path) in &lists {
        let shown = path.display();
        let bytes = fs::read(path).with_context(|| format!("cannot read {shown}"))?;
        let digest = blake3::hash(&bytes).to_hex();
        let is_marked = bytes == void_text(batch).as_bytes();
        match exported.get(batch) {
            // Versions until schema 6 voided a batch and left its list as it was.
            Some(noted) if voided.contains(batch) => {
                if !is_marked && noted != digest.as_str() {
                    findings.add(|| {
                        format!("{shown} does not say that batch {batch} was voided, and could be paid: destroy it and every copy of it")
                    });
                }
            }
            Some(_) if is_marked && waiting.contains(batch) => {}
            Some(_) if is_marked => {
                findings.add(|| {
                    format!(
                        "{shown} says that batch {batch} was voided, but it was not: write it again with `purser batch export {batch} --by NAME`"
                    )
                });
            }
            None => findings.add(|| format!("{shown} is there, but batch {batch} was never exported")),
            Some(noted) if noted == digest.as_str() => {}
            Some(noted) => {
                findings.add(|| format!("{shown} has the hash {digest}, but batch {batch} was exported with {noted}"));
            }
        }
    }
    let kept = kept_exports(audit.program, audit.data)?;
    for (digest, path) in &kept {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let now = blake3::hash(&bytes).to_hex();
        if now.as_str() != digest {
            findings.add(|| format!("{} has the hash {now}: it is not what was exported", path.display()));
        }
    }
    let files =
        if kept.is_empty() { String::new() } else { format!(" and {}", counted(kept.len(), "kept export", "kept exports")) };
    Ok(counted(lists.len(), "list", "lists") + &files)
}

/// What is kept, encrypted, of a program's exports, each with the hash that its name says.
fn kept_exports(program: &str, data: &Path) -> Result<Vec<(String, PathBuf)>> {
    let digest = |path: &Path| {
        let name = path.file_name()?.to_str()?.strip_suffix(".sealed")?;
        let (batch, digest) = (name.strip_prefix(program)?.strip_prefix('-')?, name.rsplit('.').next()?);
        batch.starts_with(|c: char| c.is_ascii_digit()).then(|| digest.to_owned())
    };
    Ok(payment_files(data)?.into_iter().filter_map(|path| Some((digest(&path)?, path))).collect())
}

/// The files of the folder of payment lists, by name.
fn payment_files(data: &Path) -> Result<Vec<PathBuf>> {
    let folder = data.join("payments");
    let shown = folder.display();
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("cannot list {shown}")),
    };
    let mut files = Vec::new();
    for entry in entries {
        files.push(entry.with_context(|| format!("cannot list {shown}"))?.path());
    }
    files.sort();
    Ok(files)
}

async fn subjects(tx: &mut Tx, program: &str, sql: &'static str) -> Result<BTreeSet<String>> {
    tx.rows(sql, &[program.into()]).await?.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// The payment lists of a program's batches, by batch.
fn lists(program: &str, data: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut lists = BTreeMap::new();
    for path in payment_files(data)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let batch = name.strip_suffix(".csv").unwrap_or_default();
        let number = batch.strip_prefix(program).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default();
        if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
            lists.insert(batch.to_owned(), path);
        }
    }
    Ok(lists)
}
