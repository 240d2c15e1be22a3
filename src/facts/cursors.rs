//! How far each API was read, in the database: the cursor, and the copies that hold all that came before it. Both change in one
//! transaction, so that no order is lost between them, whenever the process dies.
//!
//! The copies are listed in a list of facts like any other (`manifests`): so retention, erasure and `purser check facts` know them.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::landing::Landing;
use super::manifest::{KeptFile, Manifest};
use super::manifests::record_list;
use crate::store::{Store, Tx};

/// How far an API was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What stands beside the copies.
    pub state: State,
    /// What came before the cursor.
    pub landing: Landing,
}

/// What is recorded beside the copies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// How rows were made of what the API answers: read otherwise, all of it is fetched again.
    pub made: String,
    /// Where the next fetch goes on; none before the first batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// See [`Landing::parts`].
    pub parts: Vec<String>,
    /// What came of the comparison with the shop's own count; none while the first fetch goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<Compared>,
}

/// What a shop says that it has, and what is kept of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The source.
    pub source: String,
    /// When it was compared (microseconds since 1970).
    pub at: i64,
    /// How many orders the shop counts.
    pub there: u64,
    /// How many of them are kept.
    pub kept: u64,
    /// How many of the newest orders were compared with a list in another order, version by version.
    pub listed: usize,
    /// Orders that came only when they were asked for by name, as the shop had left them out.
    pub asked_again: usize,
    /// Orders that the shop does not have any more.
    pub gone: Vec<String>,
    /// What the shop does not show.
    pub warnings: Vec<String>,
}

impl Compared {
    /// In words.
    pub fn words(&self) -> String {
        let Self { source, there, kept, listed, asked_again, gone, .. } = self;
        let mut words = format!("{source}: {kept} of {there} orders, the newest {listed} in their latest versions");
        if *asked_again > 0 {
            words += &format!("; {asked_again} came only when asked for by name");
        }
        if !gone.is_empty() {
            words += &format!("; {} deleted in the shop", gone.len());
        }
        words
    }
}

/// How far a source was read; none if it was not.
///
/// # Errors
///
/// When the record cannot be read.
pub async fn progress(store: &Store, program: &str, source: &str) -> Result<Option<Progress>> {
    let sql = "SELECT c.state, m.body FROM source_cursors c JOIN manifests m ON m.program = c.program AND m.digest = c.manifest \
               WHERE c.program = $1 AND c.source = $2 AND m.removed_at IS NULL";
    let rows = store.rows(sql, &[program.into(), source.into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let cannot = || format!("the record of how far {source} was read cannot be read");
    let state: State = serde_json::from_str(row.text(0)?).with_context(cannot)?;
    let manifest: Manifest = serde_json::from_str(row.text(1)?).with_context(cannot)?;
    let landing = Landing { parts: state.parts.clone(), manifest };
    Ok(Some(Progress { state, landing }))
}

/// What came of the last comparisons with the sources of a program.
///
/// # Errors
///
/// When a record cannot be read.
pub async fn comparisons(store: &Store, program: &str) -> Result<Vec<Compared>> {
    let sql = "SELECT state FROM source_cursors WHERE program = $1 ORDER BY source";
    let mut all = Vec::new();
    for row in store.rows(sql, &[program.into()]).await? {
        let state: State = serde_json::from_str(row.text(0)?).context("the record of a source cannot be read")?;
        all.extend(state.compared);
    }
    Ok(all)
}

/// What the comparisons proved on which a list of facts rests: those with shops of which the list has all that is kept. A list that was made
/// before or after them rests on others.
///
/// # Errors
///
/// When a record cannot be read.
pub async fn proofs(store: &Store, program: &str, facts: &Manifest) -> Result<Vec<Compared>> {
    let sql = "SELECT source FROM source_cursors WHERE program = $1 ORDER BY source";
    let mut proofs = Vec::new();
    for row in store.rows(sql, &[program.into()]).await? {
        let Some(Progress { state, landing }) = progress(store, program, row.text(0)?).await? else { continue };
        let has = |table: &str, kept: &KeptFile| {
            facts.tables.get(table).is_some_and(|files| files.iter().any(|file| file.content == kept.content))
        };
        if landing.manifest.tables.iter().all(|(table, files)| files.iter().all(|file| has(table, file))) {
            proofs.extend(state.compared);
        }
    }
    Ok(proofs)
}

/// Records how far a source was read, and the copies of all that came before.
///
/// # Errors
///
/// When the database refuses.
pub async fn record_progress(tx: &mut Tx, program: &str, source: &str, progress: &Progress) -> Result<()> {
    let digest = record_list(tx, program, &progress.landing.manifest).await?;
    let state = State { parts: progress.landing.parts.clone(), ..progress.state.clone() };
    let state = serde_json::to_string(&state).context("how far a source was read cannot be written")?;
    let sql = "INSERT INTO source_cursors (program, source, manifest, state) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (program, source) DO UPDATE SET manifest = excluded.manifest, state = excluded.state";
    tx.execute(sql, &[program.into(), source.into(), digest.into(), state.into()]).await.map(|_| ())
}
