//! Lists of facts in the database: which copies of which sources each run read.

use anyhow::{Context, Result, bail};

use super::manifest::Manifest;
use crate::calendar::format_time;
use crate::error::NotFound;
use crate::store::{Row, Store, Tx};

/// Records which facts a run read, and whether it `fetched` them for others to read too.
///
/// # Errors
///
/// When the database refuses.
pub async fn record_manifest(tx: &mut Tx, program: &str, run_id: i64, manifest: &Manifest, fetched: bool) -> Result<()> {
    let digest = record_list(tx, program, manifest).await?;
    let sql = "UPDATE runs SET manifest = $2, fetched = CASE WHEN $3 = 1 THEN 1 ELSE fetched END WHERE run_id = $1";
    tx.execute(sql, &[run_id.into(), digest.into(), i64::from(fetched).into()]).await.map(|_| ())
}

/// Records a list of facts, and answers its digest.
///
/// # Errors
///
/// When the database refuses.
pub(super) async fn record_list(tx: &mut Tx, program: &str, manifest: &Manifest) -> Result<String> {
    let digest = manifest.digest();
    let body = serde_json::to_string(manifest).context("the manifest cannot be written")?;
    // The same facts may have got other names, or hashes of their copies that were not known before.
    let sql = "INSERT INTO manifests (program, digest, body) VALUES ($1, $2, $3) \
               ON CONFLICT (program, digest) DO UPDATE SET body = excluded.body, removed_at = NULL \
               WHERE manifests.body <> excluded.body";
    tx.execute(sql, &[program.into(), digest.as_str().into(), body.into()]).await?;
    Ok(digest)
}

/// The facts that a run read.
///
/// # Errors
///
/// When the run kept none, or retention has removed them.
pub async fn manifest_of_run(store: &Store, program: &str, run_id: i64) -> Result<Manifest> {
    let sql = "SELECT m.body, m.removed_at FROM runs r JOIN manifests m ON m.program = r.program AND m.digest = r.manifest \
               WHERE r.program = $1 AND r.run_id = $2";
    let rows = store.rows(sql, &[program.into(), run_id.into()]).await?;
    let Some(row) = rows.first() else {
        bail!(NotFound(format!(
            "run {run_id} of {program} kept no facts, or its record was removed under [retention] runs; `purser status` lists the runs"
        )));
    };
    if let Some(removed) = row.optional_int(1)? {
        bail!(NotFound(format!(
            "retention removed the facts of run {run_id} of {program} on {}, as no run had used them for longer than [retention] facts \
             says",
            format_time(removed)
        )));
    }
    parse(row)
}

/// The facts of this digest.
///
/// # Errors
///
/// When they are not recorded.
pub async fn manifest(store: &Store, program: &str, digest: &str) -> Result<Manifest> {
    let sql = "SELECT body FROM manifests WHERE program = $1 AND digest = $2";
    match store.rows(sql, &[program.into(), digest.into()]).await?.first() {
        Some(row) => parse(row),
        None => bail!("the list of facts {digest} of {program} is missing from the database"),
    }
}

/// The facts that were fetched last; neither a dry run nor a replay fetches any for others.
///
/// # Errors
///
/// When the record cannot be read.
pub async fn latest_manifest(store: &Store, program: &str) -> Result<Option<Manifest>> {
    let sql = "SELECT m.body FROM runs r JOIN manifests m ON m.program = r.program AND m.digest = r.manifest \
               WHERE r.program = $1 AND r.fetched = 1 ORDER BY r.run_id DESC LIMIT 1";
    store.rows(sql, &[program.into()]).await?.first().map(parse).transpose()
}

fn parse(row: &Row) -> Result<Manifest> {
    serde_json::from_str(row.text(0)?).context("a kept manifest cannot be read")
}
