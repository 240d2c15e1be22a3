//! The last reconciliation: what it rests on, and where its outcome is kept.

use anyhow::{Context, Result, ensure};

use super::kept_outcome::KeptOutcome;
use crate::error::Conflict;
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
    /// The version of the rules that decided it, as [`crate::reconcile::VERSION`] is that of now.
    pub rules: i64,
    /// Whether the record is as it was written: nothing in the journal says the same, so it is not believed where it is not.
    pub is_sealed: bool,
}

/// What the last reconciliation of a program rests on, and its result.
pub struct Basis {
    /// Its time (microseconds since 1970).
    pub as_of: i64,
    /// The facts it read.
    pub manifest: Manifest,
    /// The hash of the program file's text.
    pub program_text: String,
    /// The digest of the manual attributions that it knew.
    pub credits: String,
    /// Where its outcome is kept.
    pub outcome: KeptOutcome,
}

/// The last reconciliation of a program, if it had any, with what it rests on.
///
/// # Errors
///
/// When its facts are not recorded, or its record was changed.
pub async fn last_basis(store: &Store, program: &Program) -> Result<Option<Basis>> {
    let Some(last) = last(store, &program.id).await? else { return Ok(None) };
    ensure!(
        last.is_sealed,
        Conflict(format!(
            "something other than purser changed the record of the last reconciliation of {}, so it is not used; nothing was changed. Run \
             `purser check`, then a job that reconciles, such as `purser run nightly`, which decides anew",
            program.id
        ))
    );
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
    last_in(&mut store.snapshot().await?, program).await
}

/// As [`last`], in a transaction.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn last_in(tx: &mut Tx, program: &str) -> Result<Option<Last>> {
    let sql = "SELECT as_of, unchanged_until, manifest, program_text, outcome, credits, rules, run_id, seal FROM reconciled WHERE program = $1";
    tx.rows(sql, &[program.into()]).await?.first().map(last_of).transpose()
}

fn last_of(row: &Row) -> Result<Last> {
    let last = Last {
        as_of: row.int(0)?,
        unchanged_until: row.int(1)?,
        manifest: row.text(2)?.to_owned(),
        program_text: row.text(3)?.to_owned(),
        outcome: row.text(4)?.to_owned(),
        credits: row.text(5)?.to_owned(),
        rules: row.int(6)?,
        is_sealed: false,
    };
    let is_sealed = last.seal(row.int(7)?) == row.text(8)?;
    Ok(Last { is_sealed, ..last })
}

impl Last {
    /// Its seal, for a run.
    fn seal(&self, run_id: i64) -> String {
        let Self { as_of, unchanged_until, manifest, program_text, credits, outcome, rules, is_sealed: _ } = self;
        let text = format!("{as_of}|{unchanged_until}|{manifest}|{program_text}|{credits}|{run_id}|{outcome}|{rules}");
        blake3::hash(text.as_bytes()).to_hex().to_string()
    }

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
    let sql = "INSERT INTO reconciled (program, as_of, unchanged_until, manifest, program_text, outcome, run_id, credits, rules, seal) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
               ON CONFLICT (program) DO UPDATE SET as_of = excluded.as_of, unchanged_until = excluded.unchanged_until, \
               manifest = excluded.manifest, program_text = excluded.program_text, outcome = excluded.outcome, run_id = excluded.run_id, \
               credits = excluded.credits, rules = excluded.rules, seal = excluded.seal";
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
        now.rules.into(),
        now.seal(run_id).into(),
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
