//! Runs jobs: each is recorded, does its steps in order, and ends whole or not at all.
//!
//! A step can run again at any time. What it posts follows from the difference between what should be and what is, so
//! a repeat finds nothing to do, and of two that run at once one finds that the other was first and looks again.

mod reconcile_step;
mod report;
mod restatement;
mod runs;
mod statements_step;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::facts::{self, Manifest};
use crate::payout;
use crate::program::{Job, Program, Step};
use crate::store::Store;

pub use reconcile_step::{Basis, last_basis};
pub use report::{Exceptions, PayoutReport, PostedWhy, ReconcileReport, Report, StatementMonth, StatementsReport, StepReport};
pub use runs::{RunRecord, Sums, runs};
pub use statements_step::{Named, statement_of};

/// How often a run looks again after another one posted first.
const ATTEMPTS: usize = 5;

/// Where purser keeps things.
pub struct Workplace {
    /// The ledger.
    pub store: Store,
    /// The folder of kept facts, outcomes and mails.
    pub data: PathBuf,
}

/// Is told of each step as it begins.
pub type Watch<'a> = &'a (dyn Fn(&str) + Sync);

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
    /// Go on although orders with posted money are gone, for this reason.
    pub accept_missing: Option<String>,
    /// Post anew what was payable where the program file or a table was edited, for this reason.
    pub restate: Option<String>,
}

/// Runs one job of one program.
///
/// # Errors
///
/// Names the step that failed. What earlier steps committed stays, the failed one leaves nothing, and running the job
/// again does the rest.
///
/// `watch` is told of each step as it begins, for whoever looks on.
pub async fn run(at: &Workplace, program: &Program, job: &Job, order: &Order, watch: Watch<'_>) -> Result<Report> {
    let run_id = runs::start(&at.store, program, job, order).await?;
    let result = steps(at, program, job, order, run_id, watch).await;
    match &result {
        Ok(report) => runs::finish(&at.store, run_id, order, report).await?,
        Err(error) => runs::fail(&at.store, run_id, order, error).await?,
    }
    result
}

async fn steps(at: &Workplace, program: &Program, job: &Job, order: &Order, run_id: i64, watch: Watch<'_>) -> Result<Report> {
    let mut report = Report::new(program, job, order, run_id);
    let mut manifest: Option<Manifest> = None;
    for step in &job.steps {
        let name = match step {
            Step::Fetch => "fetch",
            Step::Reconcile => "reconcile",
            Step::Payout => "payout",
            Step::Statements => "statements",
        };
        watch(&format!("{}: {}, {name}", program.id, job.name));
        let _span = tracing::info_span!("step", program = program.id, job = job.name, step = name);
        let done = match step {
            Step::Fetch => {
                let kept = fetch(at, program, order).await?;
                let files = kept.tables.values().map(Vec::len).sum();
                let fetched = order.facts_of_run.is_none() && !order.dry_run;
                runs::remember(&at.store, program, run_id, &kept, fetched).await?;
                manifest = Some(kept);
                StepReport::Fetched { files }
            }
            Step::Reconcile => {
                let kept = facts_for(at, program, order, manifest.as_ref()).await?;
                runs::remember(&at.store, program, run_id, &kept, false).await?;
                StepReport::Reconciled(Box::new(reconcile_step::reconcile(at, program, order, run_id, kept).await?))
            }
            Step::Payout => StepReport::Payout(payout_step(at, program, order, manifest.as_ref()).await?),
            Step::Statements => {
                let kept = posted_facts(at, program, order, manifest.as_ref()).await?;
                StepReport::Statements(Box::new(statements_step::statements(at, program, order, kept).await?))
            }
        };
        tracing::info!(program = program.id, job = job.name, step = name, run = run_id, "{}", done.summary(program));
        report.steps.push(done);
    }
    Ok(report)
}

async fn fetch(at: &Workplace, program: &Program, order: &Order) -> Result<Manifest> {
    if let Some(run_id) = order.facts_of_run {
        return runs::manifest_of_run(&at.store, program, run_id).await;
    }
    let (owned, data) = (program.clone(), at.data.clone());
    blocking(move || facts::keep(&owned, &data))
        .await
        .with_context(|| format!("fetching the facts of {}: nothing was posted", program.id))
}

/// The facts of this run if it fetched any, else those of the run before.
async fn facts_for(at: &Workplace, program: &Program, order: &Order, fetched: Option<&Manifest>) -> Result<Manifest> {
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
async fn posted_facts(at: &Workplace, program: &Program, order: &Order, fetched: Option<&Manifest>) -> Result<Manifest> {
    match last_basis(&at.store, program).await? {
        Some(basis) if fetched.is_none() && order.facts_of_run.is_none() => Ok(basis.manifest),
        _ => facts_for(at, program, order, fetched).await,
    }
}

async fn payout_step(at: &Workplace, program: &Program, order: &Order, fetched: Option<&Manifest>) -> Result<PayoutReport> {
    for _ in 0..ATTEMPTS {
        let last = runs::last_times(&at.store, program).await?;
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
        let manifest = posted_facts(at, program, order, fetched).await?;
        let data = at.data.clone();
        let creators = blocking(move || facts::load_creators(&manifest, &data)).await.context("reading the creators")?;
        let mut tx = at.store.begin().await?;
        // Who is active and what is payable must be of one moment: if another run posted since, look again.
        if runs::last_times_in(&mut tx, program).await? != last {
            continue;
        }
        let batch = payout::draft(&mut tx, program, &creators, order.as_of, &order.actor).await?;
        if !order.dry_run {
            tx.commit().await?;
        }
        return Ok(PayoutReport { batch });
    }
    bail!("{}: other runs kept posting at the same time; run again when they are done", program.id)
}

/// Runs heavy work off the threads that wait for input and output.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
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
