//! The step `fetch`, and which facts the other steps read.

use anyhow::{Context, Result};

use super::session::Session;
use crate::error::NotFound;
use crate::facts::{Manifest, blocking, keep, latest_manifest, manifest_of_run, record_manifest};
use crate::posting::last_basis;
use crate::privacy::erased;

/// Keeps what the sources hold today, or takes the facts of an earlier run.
pub(super) async fn fetch(session: &Session<'_>) -> Result<Manifest> {
    let Session { at, program, options, .. } = *session;
    if let Some(run_id) = options.facts_of_run {
        return manifest_of_run(&at.store, &program.id, run_id).await;
    }
    let before = latest_manifest(&at.store, &program.id).await?;
    let erased = erased(&at.store, &at.data, &program.id).await?;
    let (owned, data) = (program.clone(), at.data.clone());
    blocking(move || keep(&owned, &data, before.as_ref(), &erased))
        .await
        .with_context(|| format!("fetching the facts of {}: nothing was posted", program.id))
}

/// The facts of this run if it fetched any, else those of the run before.
pub(super) async fn facts_for(session: &Session<'_>, fetched: Option<&Manifest>) -> Result<Manifest> {
    let Session { at, program, options, .. } = *session;
    if let Some(manifest) = fetched {
        return Ok(manifest.clone());
    }
    if let Some(run_id) = options.facts_of_run {
        return manifest_of_run(&at.store, &program.id, run_id).await;
    }
    match latest_manifest(&at.store, &program.id).await? {
        Some(manifest) => Ok(manifest),
        None => Err(NotFound(format!(
            "no facts of {} were fetched yet; run a job with the step `fetch` first, such as `purser run nightly`",
            program.id
        ))
        .into()),
    }
}

/// The facts of this run if it fetched any, else those that what is posted rests on: facts that were fetched since, but
/// refused, have no say.
pub(super) async fn posted_facts(session: &Session<'_>, fetched: Option<&Manifest>) -> Result<Manifest> {
    match last_basis(&session.at.store, session.program).await? {
        Some(basis) if fetched.is_none() && session.options.facts_of_run.is_none() => Ok(basis.manifest),
        _ => facts_for(session, fetched).await,
    }
}

/// Records which facts the run read, and whether it `fetched` them for others to read too.
pub(super) async fn remember(session: &Session<'_>, manifest: &Manifest, fetched: bool) -> Result<()> {
    let mut tx = session.begin().await?;
    record_manifest(&mut tx, &session.program.id, session.run_id, manifest, fetched).await?;
    session.commit(tx, "the list of facts").await
}
