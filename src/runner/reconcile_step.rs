//! The step `reconcile`: decide, compare with what is posted, post the difference.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use super::report::{ReconcileReport, TakenFromPaid};
use super::restatement::{self, Case};
use super::{Order, Session, Workplace, blocking, runs};
use crate::facts::{self, Credits, Manifest, format_time};
use crate::ledger::{
    Entry, EntryKind, TakenBack, Transfer, check_currency, head, keep_text, post, program_text, taken_from_paid,
};
use crate::program::Program;
use crate::proposal::credits;
use crate::reconcile::{self, Circumstances, KeptOutcome, PostedTargets, Reconciliation, difference, keep_outcome};
use crate::store::{Store, Tx};

/// The last reconciliation, as committed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Last {
    as_of: i64,
    unchanged_until: i64,
    manifest: String,
    program_text: String,
    credits: String,
    outcome: String,
}

/// What a reconciliation is decided from, beside the program.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub manifest: &'a Manifest,
    /// Orders given by hand.
    pub credits: &'a Credits,
}

pub(super) async fn reconcile(session: &Session<'_>, manifest: Manifest) -> Result<ReconcileReport> {
    let Session { at, program, order, .. } = *session;
    let credits = credits(&at.store, &program.id, order.as_of).await?;
    let input = Input { manifest: &manifest, credits: &credits };
    let last = last(&at.store, &program.id).await?;
    if let Some(last) = &last {
        refuse_earlier(program, order, last.as_of)?;
        if is_unchanged(program, order, input, last) {
            return repeat(session, last).await;
        }
    }
    // What is posted is read while it is decided what should be.
    let (reconciliation, posted) = tokio::try_join!(decide(at, program, order, input), posted(at, last.as_ref()))?;
    post_difference(session, input, Arc::new(reconciliation), last, posted).await
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

/// The last reconciliation of a program, if it had any.
pub async fn last_basis(store: &Store, program: &Program) -> Result<Option<Basis>> {
    let Some(last) = last(store, &program.id).await? else { return Ok(None) };
    let manifest = runs::manifest(store, program, &last.manifest).await?;
    let Last { as_of, program_text, credits, outcome, .. } = last;
    Ok(Some(Basis { as_of, manifest, program_text, credits, outcome: parse(&outcome)? }))
}

async fn last(store: &Store, program: &str) -> Result<Option<Last>> {
    let sql = "SELECT as_of, unchanged_until, manifest, program_text, outcome, credits FROM reconciled WHERE program = $1";
    store.rows(sql, &[program.into()]).await?.first().map(last_of).transpose()
}

fn last_of(row: &crate::store::Row) -> Result<Last> {
    Ok(Last {
        as_of: row.int(0)?,
        unchanged_until: row.int(1)?,
        manifest: row.text(2)?.to_owned(),
        program_text: row.text(3)?.to_owned(),
        outcome: row.text(4)?.to_owned(),
        credits: row.text(5)?.to_owned(),
    })
}

fn parse(outcome: &str) -> Result<KeptOutcome> {
    serde_json::from_str(outcome).context("the record of the last reconciliation cannot be read")
}

fn refuse_earlier(program: &Program, order: &Order, last: i64) -> Result<()> {
    if order.as_of < last {
        let (time, last) = (format_time(order.as_of), format_time(last));
        bail!(
            "{}: a run at {time} would be earlier than the last posted one, at {last}; what is posted is never undone by going back",
            program.id
        );
    }
    Ok(())
}

/// Whether the last reconciliation still holds, so that there is nothing to compute.
fn is_unchanged(program: &Program, order: &Order, input: Input<'_>, last: &Last) -> bool {
    last.manifest == input.manifest.digest()
        && last.credits == input.credits.digest()
        && last.program_text == program.text_hash
        && (order.as_of == last.as_of || order.as_of < last.unchanged_until)
}

pub(super) async fn decide(at: &Workplace, program: &Program, order: &Order, input: Input<'_>) -> Result<Reconciliation> {
    let (owned, data) = (program.clone(), at.data.clone());
    let (manifest, credits) = (input.manifest.clone(), input.credits.clone());
    let as_of = order.as_of;
    let work = move || {
        let facts = facts::load(&owned, &manifest, &data)?;
        tracing::debug!("read the facts");
        reconcile::reconcile(&owned, &facts, &credits, as_of).context("deciding who gets credit and what it pays")
    };
    blocking(work).await.with_context(|| format!("{}: nothing was posted", program.id))
}

/// The targets that the last reconciliation left posted.
async fn posted(at: &Workplace, last: Option<&Last>) -> Result<Option<PostedTargets>> {
    let Some(last) = last else { return Ok(None) };
    let (data, kept) = (at.data.clone(), parse(&last.outcome)?);
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
    let Session { at, program, order, run_id, .. } = *session;
    let circumstances = Circumstances {
        as_of: order.as_of,
        zone: program.time_zone,
        program_changed: last.as_ref().is_some_and(|last| last.program_text != program.text_hash),
    };
    let mut difference = difference(before.as_ref(), &reconciliation, &circumstances)?;
    tracing::debug!(movements = difference.movements.len(), "compared with what is posted");
    if !difference.vanished.is_empty() && order.accept_missing.is_none() {
        bail!("{}", vanished_message(program, &difference.vanished));
    }
    if let (Some(last), Some(posted), true) = (&last, &before, difference.touches_payable) {
        let old_program = old_program(&at.store, program, &last.program_text).await?;
        let old_manifest = runs::manifest(&at.store, program, &last.manifest).await?;
        let reconciliation = &reconciliation;
        let case = Case { at, program, order, input, reconciliation, old_program, old_manifest, posted };
        difference.mark_restated(&restatement::restated(&case).await?);
    }
    let mut tx = session.begin().await?;
    check_currency(&mut tx, program).await?;
    // The outcome is written while the database takes the entry; both are there before the commit.
    let keeping = tokio::spawn(keep(at.data.clone(), reconciliation.clone(), difference.posted));
    let movements = difference.movements;
    let digest = input.manifest.digest();
    let head = if movements.is_empty() {
        head(&mut tx, &program.id).await?
    } else {
        refuse_before_drafts(at, program, order).await?;
        let reasons: Vec<&str> = [&order.accept_missing, &order.restate].into_iter().flatten().map(String::as_str).collect();
        let entry = Entry {
            kind: EntryKind::Reconciled,
            subject: "",
            booked_at: order.as_of,
            actor: &order.actor,
            reason: &reasons.join("; "),
            program_text: &program.text_hash,
            facts: &digest,
        };
        post(&mut tx, program, &entry, &movements).await?.head
    };
    let taken_from_paid =
        if movements.is_empty() { BTreeMap::new() } else { taken_from_paid(&mut tx, &program.id, head.entry).await? };
    tracing::debug!("wrote the entry");
    let kept = keeping.await.context("an internal fault stopped the keeping of the outcome")??;
    tracing::debug!("kept the outcome");
    let now = Last {
        as_of: order.as_of,
        unchanged_until: reconciliation.unchanged_until,
        manifest: digest,
        program_text: program.text_hash.clone(),
        credits: input.credits.digest(),
        outcome: serde_json::to_string(&kept)?,
    };
    keep_text(&mut tx, program).await?;
    point_to(&mut tx, &program.id, run_id, &now).await?;
    if !order.dry_run {
        session.commit(tx, "the reconciliation").await?;
        tracing::debug!("committed it");
    }
    let mut report = ReconcileReport::new(program, &kept, &reconciliation.exceptions, head);
    report.taken_from_paid = taken_from_paid
        .into_iter()
        .map(|((creator_id, why), TakenBack { transfers, amount })| TakenFromPaid { creator_id, why, transfers, amount })
        .collect();
    for transfer in movements.iter().map(Transfer::from) {
        match report.posted.get_mut(transfer.why) {
            Some(posted) => posted.book(&transfer)?,
            None => report.posted.entry(transfer.why.to_owned()).or_default().book(&transfer)?,
        }
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

async fn refuse_before_drafts(at: &Workplace, program: &Program, order: &Order) -> Result<()> {
    match runs::last_times(&mut at.store.snapshot().await?, program).await?.drafted {
        Some(drafted) => refuse_earlier(program, order, drafted),
        None => Ok(()),
    }
}

async fn point_to(tx: &mut Tx, program: &str, run_id: i64, now: &Last) -> Result<()> {
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

/// A run that finds everything as it was: it posts nothing, and says what it found.
async fn repeat(session: &Session<'_>, last: &Last) -> Result<ReconcileReport> {
    let Session { at, program, order, run_id, .. } = *session;
    let mut tx = session.begin().await?;
    let head = head(&mut tx, &program.id).await?;
    if !order.dry_run && order.as_of > last.as_of {
        point_to(&mut tx, &program.id, run_id, &Last { as_of: order.as_of, ..last.clone() }).await?;
        session.commit(tx, "the reconciliation").await?;
    }
    let kept = parse(&last.outcome)?;
    let (data, read) = (at.data.clone(), kept.clone());
    let exceptions = blocking(move || read.exceptions(&data)).await?;
    Ok(ReconcileReport::new(program, &kept, &exceptions, head))
}

fn vanished_message(program: &Program, vanished: &[&str]) -> String {
    let shown = vanished.iter().take(10).copied().collect::<Vec<_>>().join(", ");
    let more = if vanished.len() > 10 { format!(" and {} more", vanished.len() - 10) } else { String::new() };
    format!(
        "{}: {} orders with posted money, or all their lines, are no longer among the facts: {shown}{more}. \
         A truncated export looks like this. Nothing was posted. If they are really gone, run again with --accept-missing REASON",
        program.id,
        vanished.len()
    )
}
