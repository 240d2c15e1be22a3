//! Retention: lists of facts and records of runs that are old enough to be removed. The files are removed by the caller.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::facts::Manifest;
use crate::posting::KeptOutcome;
use crate::program::Table;
use crate::store::Tx;

/// How much was trimmed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Trimmed {
    /// How many records.
    pub count: u64,
    /// The length of their texts.
    pub bytes: u64,
}

/// Removes the lists of facts that no run used at or after a time (microseconds since 1970): their digests stay, as runs and
/// entries name them. What the last reconciliation and the last one in the journal rest on, what was fetched last and what stands behind
/// the cursor of an API is never trimmed.
///
/// # Errors
///
/// When the database cannot be used.
pub async fn trim_facts(tx: &mut Tx, program: &str, before: i64, now: i64) -> Result<Trimmed> {
    let sql = "SELECT m.digest, CAST(LENGTH(m.body) AS BIGINT) FROM manifests m WHERE m.program = $1 AND m.removed_at IS NULL \
               AND NOT EXISTS (SELECT 1 FROM reconciled r WHERE r.program = m.program AND r.manifest = m.digest) \
               AND NOT EXISTS (SELECT 1 FROM source_cursors c WHERE c.program = m.program AND c.manifest = m.digest) \
               AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.program = m.program AND e.facts = m.digest AND e.entry = \
                   (SELECT MAX(l.entry) FROM entries l WHERE l.program = m.program AND l.kind = 'reconciled')) \
               AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.program = m.program AND r.manifest = m.digest \
                   AND (r.started_at >= $2 OR r.state = 'running' OR r.run_id = \
                       (SELECT MAX(f.run_id) FROM runs f WHERE f.program = m.program AND f.fetched = 1))) \
               ORDER BY m.digest";
    let mut trimmed = Trimmed::default();
    for row in tx.rows(sql, &[program.into(), before.into()]).await? {
        let sql = "UPDATE manifests SET body = '', removed_at = $3 WHERE program = $1 AND digest = $2";
        trimmed.count += tx.execute(sql, &[program.into(), row.text(0)?.into(), now.into()]).await?;
        trimmed.bytes += u64::try_from(row.int(1)?)?;
    }
    Ok(trimmed)
}

/// Removes the records of runs that started before a time (microseconds since 1970). The latest of each job stays, and the
/// latest of each that succeeded; so does the one that fetched last, and the one that posted last, whose report notes the head
/// of the chain.
///
/// # Errors
///
/// When the database cannot be used.
pub async fn trim_runs(tx: &mut Tx, program: &str, before: i64) -> Result<Trimmed> {
    let sql = "SELECT run_id, CAST(COALESCE(LENGTH(report), 0) + COALESCE(LENGTH(error), 0) AS BIGINT) FROM runs \
               WHERE program = $1 AND started_at < $2 AND state <> 'running' \
               AND run_id NOT IN (SELECT MAX(run_id) FROM runs WHERE program = $1 GROUP BY job) \
               AND run_id NOT IN (SELECT MAX(run_id) FROM runs WHERE program = $1 AND state = 'done' GROUP BY job) \
               AND run_id NOT IN (SELECT MAX(run_id) FROM runs WHERE program = $1 AND fetched = 1 GROUP BY program) \
               AND run_id NOT IN (SELECT run_id FROM reconciled WHERE program = $1) ORDER BY run_id";
    let mut trimmed = Trimmed::default();
    for row in tx.rows(sql, &[program.into(), before.into()]).await? {
        trimmed.count += tx.execute("DELETE FROM runs WHERE run_id = $1", &[row.int(0)?.into()]).await?;
        trimmed.bytes += u64::try_from(row.int(1)?)?;
    }
    Ok(trimmed)
}

/// The files of facts and outcomes that any program's records name.
///
/// # Errors
///
/// When a record cannot be read.
pub async fn kept_files(tx: &mut Tx, data: &Path) -> Result<HashSet<PathBuf>> {
    let mut files = HashSet::new();
    for row in tx.rows("SELECT program, digest, body FROM manifests WHERE removed_at IS NULL", &[]).await? {
        let manifest: Manifest = serde_json::from_str(row.text(2)?).with_context(|| {
            format!("the list of facts {} of {} cannot be read", row.text(1).unwrap_or_default(), row.text(0).unwrap_or_default())
        })?;
        for table in Table::ALL {
            files.extend(manifest.files(table).iter().map(|file| file.path(data, table)));
        }
    }
    for row in tx.rows("SELECT program, outcome FROM reconciled", &[]).await? {
        let outcome: KeptOutcome = serde_json::from_str(row.text(1)?).with_context(|| {
            format!("the record of the last reconciliation of {} cannot be read", row.text(0).unwrap_or_default())
        })?;
        files.extend(outcome.files(data));
    }
    Ok(files)
}
