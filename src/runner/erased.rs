//! Whom a program's records do not name any more.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::facts::{Erased, Key, Manifest};
use crate::store::{Store, Tx};

/// What stands where a text named somebody.
const BLOT: &str = "(erased)";

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
/// When somebody was, but the key by which they are known is not there.
pub async fn erased(store: &Store, data: &Path, program: &str) -> Result<Erased> {
    let sql = "SELECT kind, subject, fingerprint FROM erasures WHERE program = $1 ORDER BY kind, subject";
    let rows = store.rows(sql, &[program.into()]).await?;
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

/// Blots words out of what the records of a program's runs tell in words: errors, and what became of mails. Answers how many
/// records named them.
///
/// # Errors
///
/// When the database cannot be used, or a report cannot be read.
pub async fn blot_runs(tx: &mut Tx, program: &str, words: &BTreeSet<String>) -> Result<u64> {
    let sql = "SELECT run_id, report, error FROM runs WHERE program = $1 ORDER BY run_id";
    let mut changed = 0;
    for row in tx.rows(sql, &[program.into()]).await? {
        let (report, error) = (row.optional_text(1)?, row.optional_text(2)?);
        let new_report = report.map(|text| blotted_report(text, words)).transpose()?;
        let new_error = error.map(|text| blotted(text, words));
        if report == new_report.as_deref() && error == new_error.as_deref() {
            continue;
        }
        let sql = "UPDATE runs SET report = $2, error = $3 WHERE run_id = $1";
        changed += tx.execute(sql, &[row.int(0)?.into(), new_report.into(), new_error.into()]).await?;
    }
    Ok(changed)
}

/// Blots words out of what the operator was told of a program.
///
/// # Errors
///
/// When the database cannot be used.
pub async fn blot_alerts(tx: &mut Tx, program: &str, words: &BTreeSet<String>) -> Result<()> {
    let sql = "SELECT alert, headline, body FROM alerts WHERE program = $1 ORDER BY alert";
    for row in tx.rows(sql, &[program.into()]).await? {
        let sql = "UPDATE alerts SET headline = $3, body = $4 WHERE program = $1 AND alert = $2";
        let (headline, body) = (blotted(row.text(1)?, words), blotted(row.text(2)?, words));
        tx.execute(sql, &[program.into(), row.text(0)?.into(), headline.into(), body.into()]).await?;
    }
    Ok(())
}

/// The report with its part on statements blotted: the rest names nobody.
fn blotted_report(text: &str, words: &BTreeSet<String>) -> Result<String> {
    if !words.iter().any(|word| text.contains(word.as_str())) {
        return Ok(text.to_owned());
    }
    let mut report: Value = serde_json::from_str(text).context("the report of a run cannot be read")?;
    let mut found = false;
    for step in report["steps"].as_array_mut().into_iter().flatten() {
        if let Some(statements) = step.get_mut("statements") {
            let new = blotted_value(statements, words);
            found |= new != *statements;
            *statements = new;
        }
    }
    Ok(if found { serde_json::to_string(&report)? } else { text.to_owned() })
}

fn blotted_value(value: &Value, words: &BTreeSet<String>) -> Value {
    match value {
        Value::String(text) => Value::String(blotted(text, words)),
        Value::Array(items) => Value::Array(items.iter().map(|item| blotted_value(item, words)).collect()),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (blotted(name, words), blotted_value(value, words))).collect())
        }
        other => other.clone(),
    }
}

/// A text without these words, each as a whole: `1` is not blotted out of `10`.
fn blotted(text: &str, words: &BTreeSet<String>) -> String {
    let mut longest_first: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    longest_first.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut text = text.to_owned();
    for word in longest_first {
        let mut new = String::with_capacity(text.len());
        let mut from = 0;
        for (at, found) in text.match_indices(word) {
            let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            if is_part(text[..at].chars().next_back()) || is_part(text[at + found.len()..].chars().next()) {
                continue;
            }
            new += &text[from..at];
            new += BLOT;
            from = at + found.len();
        }
        new += &text[from..];
        text = new;
    }
    text
}
