//! The records of runs.

use anyhow::{Context, Result, bail};

use super::report::{ReconcileReport, Report};
use super::{Order, Session};
use crate::facts::{Manifest, format_time};
use crate::ledger::Head;
use crate::money::{Currency, format_minor};
use crate::program::{Job, Program};
use crate::store::{Row, Store, Tx};

/// A run as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// Its number.
    pub run_id: i64,
    /// Which program's.
    pub program: String,
    /// Which job.
    pub job: String,
    /// Its time.
    pub as_of: i64,
    /// Who started it.
    pub actor: String,
    /// `running`, `done`, `rehearsed` (a dry run that ended well) or `failed`.
    pub state: String,
    /// When it started, by the clock.
    pub started_at: i64,
    /// When it ended, by the clock.
    pub ended_at: Option<i64>,
    /// What it came to, as JSON.
    pub report: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

/// What a run's report says in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// Orders it looked at.
    pub orders: Option<i64>,
    /// Transfers it posted.
    pub transfers: Option<i64>,
    /// What creators are owed more (or less) because of it, in major units.
    pub owed: Option<String>,
    /// Records it could not use.
    pub exceptions: Option<i64>,
}

impl RunRecord {
    /// The figures of its reconciliation, if it had one.
    pub fn sums(&self) -> Sums {
        self.report.as_deref().map(sums_of).unwrap_or_default()
    }
}

/// The figures of the reconciliation that a stored report tells of, if it does.
pub(super) fn sums_of(report: &str) -> Sums {
    let report: Option<RecordedReport> = serde_json::from_str(report).ok();
    let reconciled = report.into_iter().flat_map(|report| report.steps).find_map(|step| step.reconciled);
    let Some(reconciled) = reconciled else { return Sums::default() };
    let exponent = Currency::parse(&reconciled.currency).map_or(2, Currency::exponent);
    Sums {
        orders: Some(reconciled.counts.iter().map(|count| count.orders).sum()),
        transfers: Some(reconciled.posted.values().map(|posted| posted.transfers).sum()),
        owed: Some(format_minor(reconciled.posted.values().map(|posted| posted.owed).sum(), exponent)),
        exceptions: Some(reconciled.exceptions.values().map(|exceptions| exceptions.count as i64).sum()),
    }
}

/// The part of a stored report that is read back.
#[derive(serde::Deserialize)]
struct RecordedReport {
    steps: Vec<RecordedStep>,
}

#[derive(serde::Deserialize)]
struct RecordedStep {
    reconciled: Option<ReconcileReport>,
}

/// Records that a run starts, and what became of those that never said how they ended: only one runs at a time.
pub(super) async fn start(tx: &mut Tx, program: &Program, job: &Job, order: &Order) -> Result<i64> {
    let sql = "UPDATE runs SET state = 'failed', ended_at = $2, error = $3 WHERE program = $1 AND state = 'running'";
    let cut_short = "it was cut short: killed, or not heard of until another run took over";
    tx.execute(sql, &[program.id.as_str().into(), order.now.into(), cut_short.into()]).await?;
    let sql = "INSERT INTO runs (program, job, as_of, actor, state, started_at, slot) VALUES ($1, $2, $3, $4, 'running', $5, $6) \
               RETURNING run_id";
    // A rehearsal does no slot.
    let slot = order.slot.filter(|_| !order.dry_run);
    let (program, job, actor) = (program.id.as_str(), job.name.as_str(), order.actor.as_str());
    let parameters = [program.into(), job.into(), order.as_of.into(), actor.into(), order.now.into(), slot.into()];
    tx.rows(sql, &parameters).await?.first().context("the run was not recorded")?.int(0)
}

pub(super) async fn finish(tx: &mut Tx, run_id: i64, order: &Order, report: &Report) -> Result<()> {
    let text = serde_json::to_string(report).context("the report cannot be written")?;
    end(tx, run_id, order, if order.dry_run { "rehearsed" } else { "done" }, Some(text), None).await
}

pub(super) async fn fail(tx: &mut Tx, run_id: i64, order: &Order, error: &anyhow::Error) -> Result<()> {
    end(tx, run_id, order, "failed", None, Some(format!("{error:#}"))).await
}

/// How a run ended, unless somebody who took over has written that down already.
async fn end(
    tx: &mut Tx,
    run_id: i64,
    order: &Order,
    state: &'static str,
    report: Option<String>,
    error: Option<String>,
) -> Result<()> {
    let sql = "UPDATE runs SET state = $2, ended_at = $3, report = $4, error = $5 WHERE run_id = $1 AND state = 'running'";
    let ended = order.now.max(chrono::Utc::now().timestamp_micros());
    tx.execute(sql, &[run_id.into(), state.into(), ended.into(), report.into(), error.into()]).await.map(|_| ())
}

/// Records which facts a run read, and whether it `fetched` them for others to read too.
pub(super) async fn remember(session: &Session<'_>, manifest: &Manifest, fetched: bool) -> Result<()> {
    let digest = manifest.digest();
    let body = serde_json::to_string(manifest).context("the manifest cannot be written")?;
    let (program, run_id) = (session.program, session.run_id);
    let mut tx = session.begin().await?;
    // The same facts may have got other names, or hashes of their copies that were not known before.
    let sql = "INSERT INTO manifests (program, digest, body) VALUES ($1, $2, $3) \
               ON CONFLICT (program, digest) DO UPDATE SET body = excluded.body, removed_at = NULL \
               WHERE manifests.body <> excluded.body";
    tx.execute(sql, &[program.id.as_str().into(), digest.as_str().into(), body.into()]).await?;
    let sql = "UPDATE runs SET manifest = $2, fetched = CASE WHEN $3 = 1 THEN 1 ELSE fetched END WHERE run_id = $1";
    tx.execute(sql, &[run_id.into(), digest.into(), i64::from(fetched).into()]).await?;
    session.commit(tx, "the list of facts").await
}

/// The facts that a run read.
pub(super) async fn manifest_of_run(store: &Store, program: &Program, run_id: i64) -> Result<Manifest> {
    let sql = "SELECT m.body, m.removed_at FROM runs r JOIN manifests m ON m.program = r.program AND m.digest = r.manifest \
               WHERE r.program = $1 AND r.run_id = $2";
    let rows = store.rows(sql, &[program.id.as_str().into(), run_id.into()]).await?;
    let Some(row) = rows.first() else {
        bail!(
            "run {run_id} of {} kept no facts, or its record is gone by [retention] runs; `purser status` lists the runs",
            program.id
        );
    };
    if let Some(removed) = row.optional_int(1)? {
        bail!(
            "retention removed the facts of run {run_id} of {} on {}, as no run had used them for longer than [retention] facts says",
            program.id,
            format_time(removed)
        );
    }
    parse(row)
}

/// The facts of this digest.
pub(super) async fn manifest(store: &Store, program: &Program, digest: &str) -> Result<Manifest> {
    let sql = "SELECT body FROM manifests WHERE program = $1 AND digest = $2";
    match store.rows(sql, &[program.id.as_str().into(), digest.into()]).await?.first() {
        Some(row) => parse(row),
        None => bail!("the list of facts {digest} of {} is missing from the database", program.id),
    }
}

/// The facts that were fetched last; neither a rehearsal nor a replay fetches any for others.
pub(super) async fn latest_manifest(store: &Store, program: &Program) -> Result<Option<Manifest>> {
    let sql = "SELECT m.body FROM runs r JOIN manifests m ON m.program = r.program AND m.digest = r.manifest \
               WHERE r.program = $1 AND r.fetched = 1 ORDER BY r.run_id DESC LIMIT 1";
    store.rows(sql, &[program.id.as_str().into()]).await?.first().map(parse).transpose()
}

fn parse(row: &Row) -> Result<Manifest> {
    serde_json::from_str(row.text(0)?).context("a kept manifest cannot be read")
}

/// The times of the last runs that may have posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LastTimes {
    pub reconciled: Option<i64>,
    pub drafted: Option<i64>,
}

pub(super) async fn last_times(tx: &mut Tx, program: &Program) -> Result<LastTimes> {
    let sql =
        "SELECT (SELECT MAX(as_of) FROM reconciled WHERE program = $1), (SELECT MAX(created_at) FROM batches WHERE program = $1)";
    let rows = tx.rows(sql, &[program.id.as_str().into()]).await?;
    let row = rows.first().context("the database answers with one row")?;
    Ok(LastTimes { reconciled: row.optional_int(0)?, drafted: row.optional_int(1)? })
}

/// The latest runs of a program, newest first.
pub async fn runs(store: &Store, program: &str, limit: i64) -> Result<Vec<RunRecord>> {
    let sql = "SELECT run_id, program, job, as_of, actor, state, started_at, ended_at, report, error FROM runs \
               WHERE program = $1 ORDER BY run_id DESC LIMIT $2";
    let record = |row: &Row| -> Result<RunRecord> {
        Ok(RunRecord {
            run_id: row.int(0)?,
            program: row.text(1)?.to_owned(),
            job: row.text(2)?.to_owned(),
            as_of: row.int(3)?,
            actor: row.text(4)?.to_owned(),
            state: row.text(5)?.to_owned(),
            started_at: row.int(6)?,
            ended_at: row.optional_int(7)?,
            report: row.optional_text(8)?.map(str::to_owned),
            error: row.optional_text(9)?.map(str::to_owned),
        })
    };
    store.rows(sql, &[program.into(), limit.into()]).await?.iter().map(record).collect()
}

/// What the report of a run noted about the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Which run's.
    pub run_id: i64,
    /// The head of the chain.
    pub head: Head,
    /// The program's currency.
    pub currency: String,
}

/// What the reports of all runs that may have posted noted, oldest first.
pub async fn noted_heads(tx: &mut Tx, program: &str) -> Result<Vec<Noted>> {
    let sql = "SELECT run_id, report FROM runs WHERE program = $1 AND state = 'done' AND report IS NOT NULL ORDER BY run_id";
    let mut noted = Vec::new();
    for row in tx.rows(sql, &[program.into()]).await? {
        let run_id = row.int(0)?;
        let report: RecordedReport =
            serde_json::from_str(row.text(1)?).with_context(|| format!("the report of run {run_id} cannot be read"))?;
        let reconciled = report.steps.into_iter().filter_map(|step| step.reconciled);
        noted.extend(reconciled.map(|report| {
            let head = Head { entry: report.head_entry, hash: report.head_hash };
            Noted { run_id, head, currency: report.currency }
        }));
    }
    Ok(noted)
}

/// The time of the last run of a job that was done, if any was.
pub(super) async fn last_done(tx: &mut Tx, program: &str, job: &str) -> Result<Option<i64>> {
    let sql = "SELECT as_of FROM runs WHERE program = $1 AND job = $2 AND state = 'done' ORDER BY run_id DESC LIMIT 1";
    tx.rows(sql, &[program.into(), job.into()]).await?.first().map(|row| row.int(0)).transpose()
}

/// How many exceptions the last runs of a job that were done had, the latest first.
pub(super) async fn exceptions_before(tx: &mut Tx, program: &str, job: &str, limit: i64) -> Result<Vec<usize>> {
    let sql = "SELECT report FROM runs WHERE program = $1 AND job = $2 AND state = 'done' AND report IS NOT NULL \
               ORDER BY run_id DESC LIMIT $3";
    let mut counts = Vec::new();
    for row in tx.rows(sql, &[program.into(), job.into(), limit.into()]).await? {
        let report: RecordedReport = serde_json::from_str(row.text(0)?).context("the report of a run cannot be read")?;
        let reconciled = report.steps.into_iter().find_map(|step| step.reconciled);
        counts.extend(reconciled.map(|report| report.exceptions.values().map(|kind| kind.count).sum::<usize>()));
    }
    Ok(counts)
}
