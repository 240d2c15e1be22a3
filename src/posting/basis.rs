//! The last reconciliation: what it rests on, and where its outcome is kept.

use anyhow::{Context, Result};

use super::kept::KeptOutcome;
use crate::facts::{Manifest, manifest};
use crate::program::Program;
use crate::store::{Row, Store, Tx};

/// The last reconciliation, as committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Last {
    /// Its time (microseconds since 1970).
    pub as_of: i64,
    /// Until when its result holds, as long as program and facts are the same (microseconds since 1970).
    pub unchanged_until: i64,
    /// The digest of the facts it read.
    pub manifest: String,
    /// The hash of the program file's text.
    pub program_text: String,
    /// The digest of the manual attributions that it knew.
    pub credits: String,
    /// Where its outcome is kept, as JSON.
    pub outcome: String,
}

/// What the last reconciliation of a program rests on, and what it came to.
pub struct Basis {
    /// Its time (microseconds since 1970).
    pub as_of: i64,
    /// The facts it read.
    pub manifest: Manifest,
    /// The hash of the program file's text.
    pub program_text: String,
    /// The digest of the orders given by hand that it knew.
    pub credits: String,
    /// Where its outcome is kept.
    pub outcome: KeptOutcome,
}

/// The last reconciliation of a program, if it had any, with what it rests on.
///
/// # Errors
///
/// When its facts are not recorded.
pub async fn last_basis(store: &Store, program: &Program) -> Result<Option<Basis>> {
    let Some(last) = last(store, &program.id).await? else { return Ok(None) };
    let manifest = manifest(store, &program.id, &last.manifest).await?;
    let outcome = last.kept()?;
    let Last { as_of, program_text, credits, .. } = last;
    Ok(Some(Basis { as_of, manifest, program_text, credits, outcome }))
}

/// The last reconciliation of a program as committed, if it had any.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn last(store: &Store, program: &str) -> Result<Option<Last>> {
    let sql = "SELECT as_of, unchanged_until, manifest, program_text, outcome, credits FROM reconciled WHERE program = $1";
    store.rows(sql, &[program.into()]).await?.first().map(last_of).transpose()
}

fn last_of(row: &Row) -> Result<Last> {
    Ok(Last {
        as_of: row.int(0)?,
        unchanged_until: row.int(1)?,
        manifest: row.text(2)?.to_owned(),
        program_text: row.text(3)?.to_owned(),
        outcome: row.text(4)?.to_owned(),
        credits: row.text(5)?.to_owned(),
    })
}

impl Last {
    /// Where its outcome is kept.
    ///
    /// # Errors
    ///
    /// When the record cannot be read.
    pub fn kept(&self) -> Result<KeptOutcome> {
        serde_json::from_str(&self.outcome).context("the record of the last reconciliation cannot be read")
    }
}

/// Records which reconciliation is the last one, in the transaction that posts it.
///
/// # Errors
///
/// When the database refuses.
pub async fn record_last(tx: &mut Tx, program: &str, run_id: i64, now: &Last) -> Result<()> {
    let sql = "INSERT INTO reconciled (program, as_of, unchanged_until, manifest, program_text, outcome, run_id, credits) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
               ON CONFLICT (program) DO UPDATE SET as_of = excluded.as_of, unchanged_until = excluded.unchanged_until, \
               manifest = excluded.manifest, program_text = excluded.program_text, outcome = excluded.outcome, run_id = excluded.run_id, \
               credits = excluded.credits";
    let text = |text: &str| text.into();
    let parameters = [
        program.into(),
        now.as_of.into(),
        now.unchanged_until.into(),
        text(&now.manifest),
        text(&now.program_text),
        text(&now.outcome),
        run_id.into(),
        text(&now.credits),
    ];
    tx.execute(sql, &parameters).await.map(|_| ())
}

/// The time of the last reconciliation, if there was one (microseconds since 1970), in a transaction.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn last_time(tx: &mut Tx, program: &str) -> Result<Option<i64>> {
    let rows = tx.rows("SELECT as_of FROM reconciled WHERE program = $1", &[program.into()]).await?;
    rows.first().map(|row| row.int(0)).transpose()
}
