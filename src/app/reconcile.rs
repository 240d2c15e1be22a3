//! The step `reconcile`: decide, compare with what is posted, post the difference.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use super::environment::Environment;
use super::input::{Decision, Input, decide};
use super::missing::refuse_missing;
use super::options::RunOptions;
use super::report::{PostedWhy, ReconcileReport, TakenFromPaid};
use super::reread::reread;
use super::restatement::{self, Case, Ground, ground};
use super::session::Session;
use crate::adjustments::credits;
use crate::audit::{Check, Wanted, audit};
use crate::error::Conflict;
use crate::facts::{Bounds, Compared, Edited, Manifest, blocking, proofs};
use crate::ledger::{Entry, EntryKind, TakenBack, check_currency, head, keep_text, post, taken_from_paid};
use crate::posting::{
    Circumstances, Comparison, KeptOutcome, Last, PostedTargets, SeenOrders, check_posted, compare, keep_outcome, last,
    record_last,
};
use crate::program::Program;
use crate::reconcile::{Reconciliation, VERSION};

/// Decides what everybody should have earned and posts the difference to what is posted.
pub(super) async fn reconcile(session: &Session<'_>, manifest: Manifest) -> Result<ReconcileReport> {
    let Session { at, program, options, .. } = *session;
    let credits = credits(&at.store, &program.id, options.as_of).await?;
    let bounds = Bounds::of(program, (at.clock)());
    let input = Input { manifest: &manifest, credits: &credits, bounds: &bounds };
    let Some(last) = last(&at.store, &program.id).await? else {
        check_posted(&mut at.store.snapshot().await?, &program.id, None).await?;
        let decision = decide(at, program, options, input, None).await?;
        return Box::pin(post_difference(session, input, decision, None)).await;
    };
    let ground = Box::pin(ground(at, program, &last, &manifest)).await?;
    if is_unchanged(program, options, input, &last) && ground.pays_like(program) {
        return repeat(session, &last).await;
    }
    if !last.is_sealed {
        refuse_other_targets(at, program).await?;
    }
    let ground = Box::pin(reread(at, program, options.as_of, &last, ground)).await?;
    let previous = if let Ground::Other(previous) = &ground { Some(previous.as_ref().clone()) } else { None };
    // What is posted is read while it is decided what should be.
    let (decision, posted) = tokio::try_join!(decide(at, program, options, input, previous), posted(at, program, &last))?;
    Box::pin(post_difference(session, input, decision, Some(Before { last, ground, posted }))).await
}

/// Refuses to compare with targets that are not those that the journal says: they are named by a record that something other
/// than purser changed.
async fn refuse_other_targets(at: &Environment, program: &Program) -> Result<()> {
    let wanted = Wanted { checks: &[Check::Targets], program: Some(&program.id), head: None };
    let broken = audit(&at.store, &at.data, &wanted, (at.clock)()).await?.into_iter().find(|found| found.broken > 0);
    match broken {
        None => Ok(()),
        Some(found) => bail!(Conflict(format!(
            "{}: something other than purser changed the record of the last reconciliation, and what it names is not what is posted ({}). \
             Nothing was posted; {}",
            program.id,
            found.records.concat(),
            found.advice
        ))),
    }
}

/// Whether the last reconciliation still holds, so that there is nothing to compute.
fn is_unchanged(program: &Program, options: &RunOptions, input: Input<'_>, last: &Last) -> bool {
    last.is_sealed
        && last.manifest == input.manifest.digest()
        && last.credits == input.credits.digest()
        && last.program_text == program.text_hash
        && last.rules == VERSION
        && knows_campaigns(program, last)
        && (options.as_of == last.as_of || options.as_of < last.unchanged_until)
}

/// Whether its outcome says which campaigns brought what, where the program has any. One that an older purser kept does not: it is
/// decided again, and as nothing moves by that, nothing is posted or asked, unlike by another version of the rules.
fn knows_campaigns(program: &Program, last: &Last) -> bool {
    program.campaigns.is_empty() || last.kept().is_ok_and(|kept| kept.campaigns)
}

/// The targets that the last reconciliation left posted, which come to what the ledger holds.
async fn posted(at: &Environment, program: &Program, last: &Last) -> Result<PostedTargets> {
    let (data, kept) = (at.data.clone(), last.kept()?);
    let posted = blocking(move || kept.posted(&data)).await?;
    check_posted(&mut at.store.snapshot().await?, &program.id, Some(&posted)).await?;
    Ok(posted)
}

/// The last reconciliation, what it rests on, and what it left posted.
struct Before {
    last: Last,
    ground: Ground,
    posted: PostedTargets,
}

/// Posts what has to change since the last reconciliation. Nobody else can have posted since: the run holds the lease.
async fn post_difference(
    session: &Session<'_>,
    input: Input<'_>,
    decision: Decision,
    before: Option<Before>,
) -> Result<ReconcileReport> {
    let Session { at, program, options, run_id, .. } = *session;
    let Decision { now, edits, unedited, hints, newest } = decision;
    let reconciliation = Arc::new(now);
    let is_ground = |is_it: fn(&Ground) -> bool| before.as_ref().is_some_and(|before| is_it(&before.ground));
    let is_unknown = is_ground(|ground| matches!(ground, Ground::Unknown(_)));
    let is_reread = is_ground(|ground| matches!(ground, Ground::ReadOtherwise));
    let circumstances = Circumstances {
        as_of: options.as_of,
        last: before.as_ref().map(|before| before.last.as_of),
        zone: program.time_zone,
        currency: program.currency,
        program_changed: edits.program || is_unknown || is_reread,
        changed: if is_unknown { Edited::TABLES.to_vec() } else { edits.changed.clone() },
    };
    let posted = before.as_ref().map(|before| &before.posted);
    let comparison = compare(posted, &reconciliation, options.as_of)?;
    let seen = seen(session, before.as_ref(), &comparison).await?;
    let mut difference = comparison.difference(seen.as_ref(), &circumstances)?;
    tracing::debug!(transfers = difference.transfers.len(), "compared with what is posted");
    let last = before.as_ref().map(|before| &before.last);
    refuse_missing(at, program, options, last, input.manifest, &difference).await?;
    if let Some(Before { last, ground, posted }) = &before {
        let (edits, now) = (&edits, &reconciliation);
        let case = Case { at, program, options, last, ground, edits, unedited, now, posted };
        difference.mark_restated(&Box::pin(restatement::restated(case)).await?);
    }
    // From when on other rules decide stands in the journal also when they move nothing yet: the next night is compared with it.
    let proved: Vec<String> = proofs(&at.store, &program.id, input.manifest).await?.iter().map(Compared::words).collect();
    let is_ruled_otherwise = circumstances.program_changed || !circumstances.changed.is_empty();
    let mut tx = session.begin().await?;
    check_currency(&mut tx, program).await?;
    // The outcome is written while the database takes the entry; both are there before the commit.
    let keeping = tokio::spawn(keep(at.data.clone(), reconciliation.clone(), difference.posted));
    let transfers = difference.transfers;
    let digest = input.manifest.digest();
    let head = if transfers.is_empty() && !is_ruled_otherwise {
        head(&mut tx, &program.id).await?
    } else {
        let given = [&options.accept_missing, &options.drop_clicks, &options.restate];
        // Beside what people gave as reasons, what was proved of the facts: the chain vouches for both.
        let reasons: Vec<&str> = given.into_iter().flatten().chain(&proved).map(String::as_str).collect();
        let entry = Entry {
            kind: EntryKind::Reconciled,
            subject: "",
            booked_at: options.as_of,
            actor: options.actor.name(),
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
    let kept = KeptOutcome { hints: Some(hints), newest: Some(newest), ..kept };
    tracing::debug!("kept the outcome");
    let now = Last {
        as_of: options.as_of,
        unchanged_until: reconciliation.unchanged_until,
        manifest: digest,
        program_text: program.text_hash.clone(),
        credits: input.credits.digest(),
        outcome: serde_json::to_string(&kept)?,
        rules: VERSION,
        is_sealed: true,
    };
    let mut moved: BTreeMap<String, PostedWhy> = BTreeMap::new();
    for transfer in &transfers {
        let booked = moved.entry(transfer.about.reason.code().to_owned()).or_default().book(transfer);
        booked.with_context(|| format!("the sum of what is posted, with {} {}", transfer.about.kind, transfer.about.order_id))?;
    }
    keep_text(&mut tx, program).await?;
    record_last(&mut tx, &program.id, run_id, &now).await?;
    if !options.dry_run {
        session.commit(tx, "the reconciliation").await?;
        tracing::debug!("committed it");
    }
    let mut report = ReconcileReport::new(program, options.as_of, &kept, &reconciliation.exceptions, head);
    report.taken_from_paid = taken_from_paid
        .into_iter()
        .map(|((creator_id, reason), TakenBack { transfers, amount })| TakenFromPaid {
            creator_id,
            why: reason.code().to_owned(),
            transfers,
            amount,
        })
        .collect();
    report.posted = moved;
    Ok(report)
}

/// How the last reconciliation saw the orders that move. It tells why and when they do, and no amount, so that the run goes on
/// without it where it is not whole.
async fn seen(session: &Session<'_>, before: Option<&Before>, comparison: &Comparison<'_>) -> Result<Option<SeenOrders>> {
    let orders: BTreeSet<String> = comparison.orders()?.into_iter().map(str::to_owned).collect();
    let Some(before) = before.filter(|before| before.last.is_sealed && !orders.is_empty()) else { return Ok(None) };
    let (data, kept) = (session.at.data.clone(), before.last.kept()?);
    let read = move || kept.seen(&data, &orders.iter().map(String::as_str).collect());
    match blocking(read).await {
        Ok(seen) => Ok(Some(seen)),
        Err(error) => {
            tracing::warn!(program = session.program.id, "cannot tell on which days orders changed: {error:#}");
            Ok(None)
        }
    }
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
        keep_text(&mut tx, program).await?;
        record_last(&mut tx, &program.id, run_id, &Last { as_of: options.as_of, ..last.clone() }).await?;
        session.commit(tx, "the reconciliation").await?;
    }
    let kept = last.kept()?;
    let (data, read) = (at.data.clone(), kept.clone());
    let exceptions = blocking(move || read.exceptions(&data)).await?;
    Ok(ReconcileReport::new(program, options.as_of, &kept, &exceptions, head))
}
