//! The step `fetch`, and which facts the other steps read.

use anyhow::{Context, Result};

use super::brought::Brought;
use super::fetch_api::fetch_apis;
use super::session::Session;
use crate::error::NotFound;
use crate::facts::{
    Compared, Erased, Manifest, blocking, carry_clicks, check_clicks, keep, latest_manifest, manifest, manifest_of_run,
    record_manifest, refuse_changed, replaced_clicks,
};
use crate::posting::{last, last_basis};
use crate::privacy::erased;
use crate::program::{Program, Table};

/// Keeps what the sources hold today, or takes the facts of an earlier run. Answers also what came of comparing shops with what is kept.
pub(super) async fn fetch(session: &Session<'_>) -> Result<(Manifest, Vec<Compared>)> {
    let Session { at, program, options, .. } = *session;
    if let Some(run_id) = options.facts_of_run {
        return Ok((whole(session, manifest_of_run(&at.store, &program.id, run_id).await?).await?, Vec::new()));
    }
    let before = latest_manifest(&at.store, &program.id).await?;
    let known = before.clone();
    let erased = erased(&at.store, &at.data, &program.id).await?;
    let (owned, data) = (program.clone(), at.data.clone());
    let (kept, of_erased) = (data.clone(), erased.clone());
    let brought = Brought::changed(program, &data, before.as_ref(), &erased).await.with_context(|| not_fetched(program))?;
    // What is seen in this run happened before it.
    let seen_at = options.as_of - 1;
    let (mut now, unnamed) = blocking(move || keep(&owned, brought.remote, &kept, before.as_ref(), &of_erased, seen_at))
        .await
        .with_context(|| not_fetched(program))?;
    let (of_apis, compared) = fetch_apis(session, &unnamed).await?;
    for (table, files) in of_apis.tables {
        now.tables.entry(table).or_default().extend(files);
    }
    let now = carried(session, now, erased).await?;
    let now = blocking(move || check_clicks(now, known.as_ref(), &data)).await.with_context(|| not_fetched(program))?;
    Ok((now, compared))
}

/// The facts, with the clicks that were there before.
async fn carried(session: &Session<'_>, now: Manifest, erased: Erased) -> Result<Manifest> {
    let Session { at, program, .. } = *session;
    let data = at.data.clone();
    let Some(posted) = clicks_to_carry(session).await? else { return Ok(now) };
    let replaced = replaced_clicks(&now, &posted);
    refuse_changed(&at.store, &at.data, &replaced, &[Table::Clicks]).await?;
    blocking(move || carry_clicks(now, replaced, &data, &erased)).await.with_context(|| {
        format!(
            "could not carry on the clicks that {} had before, so nothing was posted; `--drop-clicks REASON` goes on without them",
            program.id
        )
    })
}

fn not_fetched(program: &Program) -> String {
    format!("could not fetch the facts of {}, so nothing was posted", program.id)
}

/// The facts whose clicks stay: those that the last reconciliation rests on. What was fetched since, and refused, has no say.
async fn clicks_to_carry(session: &Session<'_>) -> Result<Option<Manifest>> {
    let Session { at, program, options, .. } = *session;
    if options.drop_clicks.is_some() {
        return Ok(None);
    }
    // A record that was changed is not believed: the last list that was fetched has the same clicks, or later ones.
    let Some(last) = last(&at.store, &program.id).await? else { return Ok(None) };
    match manifest(&at.store, &program.id, &last.manifest).await {
        Ok(posted) if last.is_sealed => Ok(Some(posted)),
        _ => latest_manifest(&at.store, &program.id).await,
    }
}

/// Facts that were kept by another run, unless their copies were changed since.
async fn whole(session: &Session<'_>, manifest: Manifest) -> Result<Manifest> {
    refuse_changed(&session.at.store, &session.at.data, &manifest, &Table::ALL).await?;
    Ok(manifest)
}

/// The facts of this run if it fetched any, else those of the run before.
pub(super) async fn facts_for(session: &Session<'_>, fetched: Option<&Manifest>) -> Result<Manifest> {
    let Session { at, program, options, .. } = *session;
    if let Some(manifest) = fetched {
        return Ok(manifest.clone());
    }
    if let Some(run_id) = options.facts_of_run {
        return whole(session, manifest_of_run(&at.store, &program.id, run_id).await?).await;
    }
    match latest_manifest(&at.store, &program.id).await? {
        Some(manifest) => whole(session, manifest).await,
        None => Err(NotFound(format!(
            "no facts of {} have been fetched yet; run a job with the step `fetch` first, such as `purser run nightly`",
            program.id
        ))
        .into()),
    }
}

/// The facts of this run if it fetched any, else those that what is posted rests on: facts that were fetched since, but
/// refused, have no say.
pub(super) async fn posted_facts(session: &Session<'_>, fetched: Option<&Manifest>) -> Result<Manifest> {
    if fetched.is_none()
        && session.options.facts_of_run.is_none()
        && let Some(basis) = last_basis(&session.at.store, session.program).await?
    {
        return whole(session, basis.manifest).await;
    }
    facts_for(session, fetched).await
}

/// Records which facts the run read, and whether it `fetched` them for others to read too.
pub(super) async fn remember(session: &Session<'_>, manifest: &Manifest, fetched: bool) -> Result<()> {
    let mut tx = session.begin().await?;
    record_manifest(&mut tx, &session.program.id, session.run_id, manifest, fetched).await?;
    session.commit(tx, "the list of facts").await
}
