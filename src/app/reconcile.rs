//! The step `reconcile`: decide, compare with what is posted, post the difference.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use super::environment::Environment;
use super::input::{Input, decide};
use super::options::RunOptions;
use super::report::{ReconcileReport, TakenFromPaid};
use super::restatement::{self, Case};
use super::session::{Session, refuse_before};
use crate::adjustments::credits;
use crate::error::Conflict;
use crate::facts::{Manifest, blocking, manifest};
use crate::ledger::{Entry, EntryKind, TakenBack, check_currency, head, keep_text, post, program_text, taken_from_paid};
use crate::payout::last_drafted;
use crate::posting::{Circumstances, KeptOutcome, Last, PostedTargets, difference, keep_outcome, last, record_last};
use crate::program::Program;
use crate::reconcile::Reconciliation;
use crate::store::Store;

/// Decides what everybody should have earned and posts the difference to what is posted.
pub(super) async fn reconcile(session: &Session<'_>, manifest: Manifest) -> Result<ReconcileReport> {
    let Session { at, program, options, .. } = *session;
    let credits = credits(&at.store, &program.id, options.as_of).await?;
    let input = Input { manifest: &manifest, credits: &credits };
    let last = last(&at.store, &program.id).await?;
    if let Some(last) = &last {
        refuse_before(program, options.as_of, last.as_of, "a run")?;
        if is_unchanged(program, options, input, last) {
            return repeat(session, last).await;
        }
    }
    // What is posted is read while it is decided what should be.
    let (reconciliation, posted) = tokio::try_join!(decide(at, program, options, input), posted(at, last.as_ref()))?;
    post_difference(session, input, Arc::new(reconciliation), last, posted).await
}

/// Whether the last reconciliation still holds, so that there is nothing to compute.
fn is_unchanged(program: &Program, options: &RunOptions, input: Input<'_>, last: &Last) -> bool {
    last.manifest == input.manifest.digest()
        && last.credits == input.credits.digest()
        && last.program_text == program.text_hash
        && (options.as_of == last.as_of || options.as_of < last.unchanged_until)
}

/// The targets that the last reconciliation left posted.
async fn posted(at: &Environment, last: Option<&Last>) -> Result<Option<PostedTargets>> {
    let Some(last) = last else { return Ok(None) };
    let (data, kept) = (at.data.clone(), last.kept()?);
    blocking(move || kept.posted(&data)).await.map(Some)
}

/// Posts what has to change since `last`, which left `before` posted. Nobody else can have posted since: the run holds the lease.
async fn post_difference(
    session: &Session<'_>,
    input: Input<'_>,
    reconciliation: Arc<Reconciliation>,
    last: Option<Last>,
    before: Option<PostedTargets>,
) -> Result<ReconcileReport> {
    let Session { at, program, options, run_id, .. } = *session;
    let circumstances = Circumstances {
        as_of: options.as_of,
        zone: program.time_zone,
        program_changed: last.as_ref().is_some_and(|last| last.program_text != program.text_hash),
    };
    let mut difference = difference(before.as_ref(), &reconciliation, &circumstances)?;
    tracing::debug!(transfers = difference.transfers.len(), "compared with what is posted");
    if !difference.vanished.is_empty() && options.accept_missing.is_none() {
        bail!(Conflict(vanished_message(program, &difference.vanished)));
    }
    if let (Some(last), Some(posted), true) = (&last, &before, difference.touches_payable) {
        let old_program = old_program(&at.store, program, &last.program_text).await?;
        let old_manifest = manifest(&at.store, &program.id, &last.manifest).await?;
        let reconciliation = &reconciliation;
        let case = Case { at, program, options, input, reconciliation, old_program, old_manifest, posted };
        difference.mark_restated(&restatement::restated(&case).await?);
    }
    let mut tx = session.begin().await?;
    check_currency(&mut tx, program).await?;
    // The outcome is written while the database takes the entry; both are there before the commit.
    let keeping = tokio::spawn(keep(at.data.clone(), reconciliation.clone(), difference.posted));
    let transfers = difference.transfers;
    let digest = input.manifest.digest();
    let head = if transfers.is_empty() {
        head(&mut tx, &program.id).await?
    } else {
        if let Some(drafted) = last_drafted(&mut tx, &program.id).await? {
            refuse_before(program, options.as_of, drafted, "a run")?;
        }
        let reasons: Vec<&str> = [&options.accept_missing, &options.restate].into_iter().flatten().map(String::as_str).collect();
        let entry = Entry {
            kind: EntryKind::Reconciled,
            subject: "",
            booked_at: options.as_of,
            actor: &options.actor,
            reason: &reasons.join("; "),
            program_text: &program.text_hash,
            facts: &digest,
        };
        post(&mut tx, program, &entry, &transfers).await?.head
    };
    let taken_from_paid =
        if transfers.is_empty() { BTreeMap::new() } else { taken_from_paid(&mut tx, &program.id, head.entry).await? };
    tracing::debug!("wrote the entry");
    let kept = keeping.await.context("an internal fault stopped the keeping of the outcome")??;
    tracing::debug!("kept the outcome");
    let now = Last {
        as_of: options.as_of,
        unchanged_until: reconciliation.unchanged_until,
        manifest: digest,
        program_text: program.text_hash.clone(),
        credits: input.credits.digest(),
        outcome: serde_json::to_string(&kept)?,
    };
    keep_text(&mut tx, program).await?;
    record_last(&mut tx, &program.id, run_id, &now).await?;
    if !options.dry_run {
        session.commit(tx, "the reconciliation").await?;
        tracing::debug!("committed it");
    }
    let mut report = ReconcileReport::new(program, &kept, &reconciliation.exceptions, head);
    report.taken_from_paid = taken_from_paid
        .into_iter()
        .map(|((creator_id, reason), TakenBack { transfers, amount })| TakenFromPaid {
            creator_id,
            why: reason.code().to_owned(),
            transfers,
            amount,
        })
        .collect();
    for transfer in &transfers {
        report.posted.entry(transfer.about.reason.code().to_owned()).or_default().book(transfer)?;
    }
    Ok(report)
}

/// The program as its file said when something was reconciled last; none where that text was not kept (before schema 2)
/// or is none any more, and then changes of the file restate nothing.
async fn old_program(store: &Store, program: &Program, text_hash: &str) -> Result<Option<Program>> {
    if program.text_hash == text_hash {
        return Ok(Some(program.clone()));
    }
    let text = program_text(store, text_hash).await?;
    let old = text.and_then(|text| Program::parse(&program.id, &text, Path::new("")).ok());
    if old.is_none() {
        tracing::warn!(program = program.id, "what the program file said before is not known: that it changed restates nothing");
    }
    Ok(old)
}

async fn keep(data: PathBuf, reconciliation: Arc<Reconciliation>, posted: PostedTargets) -> Result<KeptOutcome> {
    blocking(move || keep_outcome(&data, &reconciliation, &posted)).await
}

/// A run that finds everything as it was: it posts nothing, and says what it found.
async fn repeat(session: &Session<'_>, last: &Last) -> Result<ReconcileReport> {
    let Session { at, program, options, run_id, .. } = *session;
    let mut tx = session.begin().await?;
    let head = head(&mut tx, &program.id).await?;
    if !options.dry_run && options.as_of > last.as_of {
        record_last(&mut tx, &program.id, run_id, &Last { as_of: options.as_of, ..last.clone() }).await?;
        session.commit(tx, "the reconciliation").await?;
    }
    let kept = last.kept()?;
    let (data, read) = (at.data.clone(), kept.clone());
    let exceptions = blocking(move || read.exceptions(&data)).await?;
    Ok(ReconcileReport::new(program, &kept, &exceptions, head))
}

fn vanished_message(program: &Program, vanished: &[&str]) -> String {
    let shown = vanished.iter().take(10).copied().collect::<Vec<_>>().join(", ");
    let more = if vanished.len() > 10 { format!(" and {} more", vanished.len() - 10) } else { String::new() };
    let orders = match vanished.len() {
        1 => "1 order with posted money, or all its lines, is".to_owned(),
        count => format!("{count} orders with posted money, or all their lines, are"),
    };
    format!(
        "{}: {orders} no longer among the facts: {shown}{more}. \
         A truncated export looks like this. Nothing was posted. If they are really gone, run again with --accept-missing REASON",
        program.id
    )
}
