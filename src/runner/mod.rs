//! Runs jobs: each is recorded, does its steps in order, and ends whole or not at all.
//!
//! A step can run again at any time. What it posts follows from the difference between what should be and what is, so
//! a repeat finds nothing to do. Of two that are started at once, the second waits for the first (see [`lease`]).

mod alarms;
mod alone;
mod erased;
mod figures;
mod known;
mod lease;
mod reconcile_step;
mod report;
mod restatement;
mod retention;
mod runs;
mod schedule;
mod slots;
mod statements_step;
mod unusual;
mod watch;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tracing::Instrument;

use crate::facts::{self, Manifest};
use crate::outbox::Post;
use crate::payout;
use crate::program::{Job, Program, Step};
use crate::store::{Store, Tx};
use crate::trouble::Passing;
use lease::Lease;

pub use alarms::local as local_time;
pub use alone::Alone;
pub use erased::{blot_alerts, blot_runs, erased, kept_manifests, key_file, names, read_key, rename_copies};
pub use figures::{JobFigures, figures};
pub use known::known;
pub use reconcile_step::{Basis, last_basis};
pub use report::{
    Exceptions, PayoutReport, PostedWhy, ReconcileReport, Report, StatementMonth, StatementsReport, StepReport, TakenFromPaid,
};
pub use retention::{Forgotten, forget_facts, forget_runs, kept_files};
pub use runs::{Noted, RunRecord, Sums, noted_heads, runs};
pub use schedule::Schedule;
pub use slots::{Known as KnownSlots, Slot, known as known_slots};
pub use statements_step::{Named, statement_of};
pub use watch::{look, look_for_gone, program_is_broken, programs_are_sound};

/// Where purser keeps things.
pub struct Workplace {
    /// The ledger.
    pub store: Store,
    /// The folder of kept facts, outcomes and mails.
    pub data: PathBuf,
    /// After how long without a sign of life another run takes over.
    pub lease: Duration,
    /// The ways out of the house.
    pub post: Post,
}

/// Is told of each step as it begins, and may stop the run there with an error such as [`Stopped`].
pub type Watch<'a> = &'a (dyn Fn(&str) -> Result<()> + Sync);

/// Somebody asked a run to end before its next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it was asked to stop; what its steps did so far stays, and the next start does the rest")]
pub struct Stopped;

/// How often a run fails by what may pass before the operator is told.
const QUIET_ATTEMPTS: i64 = 3;

/// What one run is told.
#[derive(Debug, Clone)]
pub struct Order {
    /// The time that decides what is visible (microseconds since 1970).
    pub as_of: i64,
    /// Who started it.
    pub actor: String,
    /// The clock's time, for the run's record only.
    pub now: i64,
    /// Show what would be posted, and post nothing.
    pub dry_run: bool,
    /// Read the facts of this earlier run instead of fetching.
    pub facts_of_run: Option<i64>,
    /// The scheduled time that the run is for, which is done once; none for a run by hand.
    pub slot: Option<i64>,
    /// Whether to wait while another run of the program is at work.
    pub waits: bool,
    /// Go on although orders with posted money are gone, for this reason.
    pub accept_missing: Option<String>,
    /// Post anew what was payable where the program file or a table was edited, for this reason.
    pub restate: Option<String>,
}

/// What starting a run came to.
#[derive(Debug, Clone)]
pub enum Ran {
    /// It did its steps.
    Done(Box<Report>),
    /// Its slot was done before, by the run of this number.
    Before(i64),
    /// Another run of the program is at work, and this one does not wait.
    Elsewhere,
}

/// A run under way: all that its steps need.
struct Session<'a> {
    at: &'a Workplace,
    program: &'a Program,
    order: &'a Order,
    run_id: i64,
    lease: Lease,
}

impl Session<'_> {
    /// Begins a transaction, if nobody has taken over.
    async fn begin(&self) -> Result<Tx> {
        self.lease.begin(&self.at.store).await
    }

    /// Commits a transaction that [`Session::begin`] began.
    async fn commit(&self, tx: Tx, what: &str) -> Result<()> {
        self.lease.commit(tx, what).await
    }
}

/// Runs one job of one program, as soon as no other run of the program is at work.
///
/// # Errors
///
/// Names the step that failed. What earlier steps committed stays, the failed one leaves nothing, and running the job
/// again does the rest.
///
/// `watch` is told of each step as it begins, for whoever looks on.
pub async fn run(at: &Workplace, program: &Program, job: &Job, order: &Order, watch: Watch<'_>) -> Result<Ran> {
    let Some((mut lease, mut tx)) = Lease::take(&at.store, &program.id, at.lease, order.waits).await? else {
        return Ok(Ran::Elsewhere);
    };
    let mut attempts = 0;
    let mut order = order.clone();
    if let Some(slot) = order.slot {
        if let Some(run_id) = slots::done_by(&mut tx, &program.id, &job.name, slot).await? {
            return Ok(Ran::Before(run_id));
        }
        if !order.dry_run {
            attempts = slots::tried(&mut tx, &program.id, &job.name, slot, order.now).await?;
        }
        // What was posted since by hand stands: the slot is done as of then.
        let posted = runs::last_times(&mut tx, program).await?;
        order.as_of = [posted.reconciled, posted.drafted].into_iter().flatten().fold(slot, i64::max);
    }
    let order = &order;
    let run_id = runs::start(&mut tx, program, job, order).await?;
    tx.commit("the start of a run").await?;
    lease.beat(&at.store);
    let session = Session { at, program, order, run_id, lease };
    let span = tracing::info_span!("run", program = program.id, job = job.name, run = run_id);
    let error = match whole(&session, job, watch).instrument(span).await {
        Ok(report) => return Ok(Ran::Done(Box::new(report))),
        Err(error) => error,
    };
    match session.lease.is_lost(&at.store).await {
        Ok(true) => {
            // Somebody else does the work now: what it was that failed then is of no use to anybody who looks on.
            tracing::debug!(program = program.id, run = run_id, "{error:#}");
            return Err(Passing(session.lease.lost()).into());
        }
        Ok(false) => record_failure(&session, job, attempts, &error).await,
        Err(unanswered) => Err(unanswered),
    }
    .unwrap_or_else(|unrecorded| {
        tracing::warn!(program = program.id, run = run_id, "the failure could not be recorded: {unrecorded:#}")
    });
    Err(error)
}

/// The steps, and the record that they are done.
async fn whole(session: &Session<'_>, job: &Job, watch: Watch<'_>) -> Result<Report> {
    let report = steps(session, job, watch).await?;
    let mut tx = session.begin().await?;
    if !session.order.dry_run {
        watch::done(&mut tx, session, job, &report).await?;
    }
    runs::finish(&mut tx, session.run_id, session.order, &report).await?;
    session.lease.release(&mut tx).await?;
    tx.commit("the end of a run").await?;
    Ok(report)
}

async fn record_failure(session: &Session<'_>, job: &Job, attempts: i64, error: &anyhow::Error) -> Result<()> {
    let mut tx = session.at.store.begin(&session.program.id).await?;
    runs::fail(&mut tx, session.run_id, session.order, error).await?;
    if !session.order.dry_run {
        watch::failed(&mut tx, session, job, attempts, error).await?;
    }
    session.lease.release(&mut tx).await?;
    tx.commit("the failure of a run").await
}

async fn steps(session: &Session<'_>, job: &Job, watch: Watch<'_>) -> Result<Report> {
    let Session { program, order, run_id, .. } = *session;
    let mut report = Report::new(program, job, order, run_id);
    let mut manifest: Option<Manifest> = None;
    for step in &job.steps {
        let name = step.name();
        watch(&format!("{}: {}, {name}", program.id, job.name))?;
        let span = tracing::info_span!("step", program = program.id, job = job.name, run = run_id, step = name);
        let done = async {
            let done = one_step(session, *step, &mut manifest).await?;
            tracing::info!("{}", done.summary(program, order.dry_run));
            anyhow::Ok(done)
        };
        report.steps.push(done.instrument(span).await?);
    }
    Ok(report)
}

/// Does one step; `fetched` are the facts that an earlier step of the run has fetched.
async fn one_step(session: &Session<'_>, step: Step, fetched: &mut Option<Manifest>) -> Result<StepReport> {
    let order = session.order;
    Ok(match step {
        Step::Fetch => {
            let kept = fetch(session).await?;
            let files = kept.tables.values().map(Vec::len).sum();
            runs::remember(session, &kept, order.facts_of_run.is_none() && !order.dry_run).await?;
            *fetched = Some(kept);
            StepReport::Fetched { files }
        }
        Step::Reconcile => {
            let kept = facts_for(session, fetched.as_ref()).await?;
            runs::remember(session, &kept, false).await?;
            StepReport::Reconciled(Box::new(reconcile_step::reconcile(session, kept).await?))
        }
        Step::Payout => StepReport::Payout(payout_step(session, fetched.as_ref()).await?),
        Step::Statements => {
            let kept = posted_facts(session, fetched.as_ref()).await?;
            StepReport::Statements(Box::new(statements_step::statements(session, kept).await?))
        }
    })
}

async fn fetch(session: &Session<'_>) -> Result<Manifest> {
    let Session { at, program, order, .. } = *session;
    if let Some(run_id) = order.facts_of_run {
        return runs::manifest_of_run(&at.store, program, run_id).await;
    }
    let before = runs::latest_manifest(&at.store, program).await?;
    let erased = erased(&at.store, &at.data, &program.id).await?;
    let (owned, data) = (program.clone(), at.data.clone());
    blocking(move || facts::keep(&owned, &data, before.as_ref(), &erased))
        .await
        .with_context(|| format!("fetching the facts of {}: nothing was posted", program.id))
}

/// The facts of this run if it fetched any, else those of the run before.
async fn facts_for(session: &Session<'_>, fetched: Option<&Manifest>) -> Result<Manifest> {
    let Session { at, program, order, .. } = *session;
    if let Some(manifest) = fetched {
        return Ok(manifest.clone());
    }
    if let Some(run_id) = order.facts_of_run {
        return runs::manifest_of_run(&at.store, program, run_id).await;
    }
    match runs::latest_manifest(&at.store, program).await? {
        Some(manifest) => Ok(manifest),
        None => bail!(
            "no facts of {} were fetched yet; run a job with the step `fetch` first, such as `purser run nightly`",
            program.id
        ),
    }
}

/// The facts of this run if it fetched any, else those that what is posted rests on: facts that were fetched since, but
/// refused, have no say.
async fn posted_facts(session: &Session<'_>, fetched: Option<&Manifest>) -> Result<Manifest> {
    match last_basis(&session.at.store, session.program).await? {
        Some(basis) if fetched.is_none() && session.order.facts_of_run.is_none() => Ok(basis.manifest),
        _ => facts_for(session, fetched).await,
    }
}

async fn payout_step(session: &Session<'_>, fetched: Option<&Manifest>) -> Result<PayoutReport> {
    let Session { at, program, order, .. } = *session;
    let last = runs::last_times(&mut at.store.snapshot().await?, program).await?;
    if let Some(earlier) = [last.reconciled, last.drafted].into_iter().flatten().find(|time| order.as_of < *time) {
        bail!(
            "{}: a payout at {} would be earlier than the last posted run, at {}",
            program.id,
            facts::format_time(order.as_of),
            facts::format_time(earlier)
        );
    }
    if last.reconciled.is_none() {
        // Nothing is posted yet, so nothing is payable.
        return Ok(PayoutReport { batch: None });
    }
    let manifest = posted_facts(session, fetched).await?;
    let data = at.data.clone();
    let creators = blocking(move || facts::load_creators(&manifest, &data)).await.context("reading the creators")?;
    let mut tx = session.begin().await?;
    let batch = payout::draft(&mut tx, program, &creators, order.as_of, &order.actor).await?;
    if !order.dry_run {
        session.commit(tx, "the draft of a batch").await?;
    }
    Ok(PayoutReport { batch })
}

/// Runs heavy work off the threads that wait for input and output.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let span = tracing::Span::current();
    match tokio::task::spawn_blocking(move || span.in_scope(work)).await {
        Ok(result) => result,
        Err(_) => bail!("an internal fault stopped the work; nothing of this step was posted"),
    }
}

/// The folder of kept files that belongs to a database, unless another is named.
pub fn default_data_folder(database: &Path) -> PathBuf {
    let mut name = database.file_stem().unwrap_or_default().to_owned();
    name.push("-data");
    database.with_file_name(name)
}
