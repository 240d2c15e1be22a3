//! Whom a program's records do not name any more.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::alert;
use crate::facts::{Erased, Key, Manifest};
use crate::outbox::Post;
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

/// Blots words out of what the operator was told of a program, and is to be told.
///
/// # Errors
///
/// When the database cannot be used.
pub async fn blot_alerts(tx: &mut Tx, post: &Post, program: &str, words: &BTreeSet<String>) -> Result<()> {
    alert::reword(tx, post, program, &|text| blotted(text, words)).await
}

/// The report with its part on statements blotted: the rest names nobody.
fn blotted_report(text: &str, words: &BTreeSet<String>) -> Result<String> {
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
    let mut longest_first: Vec<&str> = words.iter().map(String::as_str).collect();
    longest_first.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut text = text.to_owned();
    for word in longest_first {
        let mut new = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(found) = find(rest, word) {
            new += &rest[..found.start];
            new += BLOT;
            rest = &rest[found.end..];
        }
        new += rest;
        text = new;
    }
    text
}

/// Whether a word stands in a text as a whole.
pub fn names(text: &str, word: &str) -> bool {
    find(text, word).is_some()
}

/// Where a word stands as a whole, in whatever capitals, and however its parts are spaced or folded into lines.
fn find(text: &str, word: &str) -> Option<Range<usize>> {
    let mut before = None;
    for (start, first) in text.char_indices() {
        if !before.replace(first).is_some_and(char::is_alphanumeric)
            && let Some(length) = length_of(word, &text[start..])
            && !text[start + length..].starts_with(char::is_alphanumeric)
        {
            return Some(start..start + length);
        }
    }
    None
}

/// How long a word is that a text begins with; none where it begins otherwise, or the word is none.
fn length_of(word: &str, text: &str) -> Option<usize> {
    let mut rest = text;
    for part in word.split_whitespace() {
        let spaced = rest.trim_start();
        if (spaced.len() == rest.len()) != (rest.len() == text.len()) {
            return None;
        }
        let mut letters = spaced.chars();
        if !part.chars().all(|wanted| letters.next().is_some_and(|letter| letter.to_lowercase().eq(wanted.to_lowercase()))) {
            return None;
        }
        rest = letters.as_str();
    }
    Some(text.len() - rest.len()).filter(|length| *length > 0)
}
