//! Redaction: words that name a person, taken out of what records of runs and alerts say.

use std::collections::BTreeSet;
use std::ops::Range;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::alerts;
use crate::outbox::Post;
use crate::store::Tx;

/// What stands where a text named somebody.
const REDACTED: &str = "(erased)";

/// Redacts words in the records of a program's runs: errors, and what became of mails. Returns how many records named them.
///
/// # Errors
///
/// When the database cannot be used, or a report cannot be read.
pub async fn redact_runs(tx: &mut Tx, program: &str, words: &BTreeSet<String>) -> Result<u64> {
    let sql = "SELECT run_id, report, error FROM runs WHERE program = $1 ORDER BY run_id";
    let mut changed = 0;
    for row in tx.rows(sql, &[program.into()]).await? {
        let (report, error) = (row.optional_text(1)?, row.optional_text(2)?);
        let new_report = report.map(|text| redacted_report(text, words)).transpose()?;
        let new_error = error.map(|text| redacted(text, words));
        if report == new_report.as_deref() && error == new_error.as_deref() {
            continue;
        }
        let sql = "UPDATE runs SET report = $2, error = $3 WHERE run_id = $1";
        changed += tx.execute(sql, &[row.int(0)?.into(), new_report.into(), new_error.into()]).await?;
    }
    Ok(changed)
}

/// Redacts words in the alerts of a program, sent or waiting.
///
/// # Errors
///
/// When the database cannot be used.
pub async fn redact_alerts(tx: &mut Tx, post: &Post, program: &str, words: &BTreeSet<String>) -> Result<()> {
    alerts::redact(tx, post, program, &|text| redacted(text, words)).await
}

/// The report with its part on statements redacted: the rest names nobody.
fn redacted_report(text: &str, words: &BTreeSet<String>) -> Result<String> {
    let mut report: Value = serde_json::from_str(text).context("the report of a run cannot be read")?;
    let mut found = false;
    for step in report["steps"].as_array_mut().into_iter().flatten() {
        if let Some(statements) = step.get_mut("statements") {
            let new = redacted_value(statements, words);
            found |= new != *statements;
            *statements = new;
        }
    }
    Ok(if found { serde_json::to_string(&report)? } else { text.to_owned() })
}

fn redacted_value(value: &Value, words: &BTreeSet<String>) -> Value {
    match value {
        Value::String(text) => Value::String(redacted(text, words)),
        Value::Array(items) => Value::Array(items.iter().map(|item| redacted_value(item, words)).collect()),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (redacted(name, words), redacted_value(value, words))).collect())
        }
        other => other.clone(),
    }
}

/// A text without these words, each as a whole: `1` is not redacted out of `10`.
fn redacted(text: &str, words: &BTreeSet<String>) -> String {
    let mut longest_first: Vec<&str> = words.iter().map(String::as_str).collect();
    longest_first.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut text = text.to_owned();
    for word in longest_first {
        let mut new = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(found) = find(rest, word) {
            new += &rest[..found.start];
            new += REDACTED;
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
