use anyhow::Result;

use super::args::{Format, Places};
use super::context::{each_program, fail_with_all, files, now, orphans, workplace};
use super::run::fetched;
use super::show::{Sheet, print};
use crate::app::{
    BatchState, Environment, ProgramStatus, Raised, RunRecord, RunState, list_alerts, list_ledgers, list_runs,
    missing_signatures, missing_words, program_status, proposal_words,
};
use crate::calendar::{format_local_time, format_time};
use crate::money::Money;
use crate::program::{Program, Schedule};
use crate::scheduler::{JobFigures, Known, WaitingJob, figures, known};
use crate::vocabulary::counted;

pub(super) async fn status(places: &Places, limit: u32, format: Format) -> Result<()> {
    let programs = each_program(places)?;
    let at = workplace(places).await?;
    let known = known(&at.store).await?;
    let (ledgers, here) = (list_ledgers(&at).await?, files(places)?);
    let orphans = orphans(&ledgers, &here);
    let may_begin = orphans.is_empty();
    let standing = Standing { jobs: figures(&at.store, now()).await?, alerts: list_alerts(&at).await?, known, may_begin };
    let (mut rows, mut waiting) = (Vec::new(), Vec::new());
    let mut broken = Vec::new();
    for (file, program) in programs {
        let id = ledgers.of_file(&file).map_or(file.as_str(), |ledger| &ledger.id).to_owned();
        let program = program.and_then(|program| Ok(program.of_ledger(ledgers.id_of(&file)?)));
        let records = list_runs(&at, &id, i64::from(limit)).await?;
        match program {
            Ok(program) if format == Format::Table => print(&shown(&at, &program, &standing, &records).await?)?,
            Ok(program) => {
                rows.extend(records.iter().map(row));
                let waits = standing.known.waiting_for_books(&program)?;
                waiting.extend(waits.iter().map(|waiting| waiting_row(&program, waiting)));
            }
            Err(error) => {
                if format == Format::Table {
                    print(&[vec![id.clone()], standing.alerts(&id)].concat().join("\n"))?;
                }
                broken.push(error);
            }
        }
    }
    if format == Format::Table {
        for (id, advice) in orphans.into_iter().filter(|_| places.program.is_none()) {
            print(&format!("{id}\n  there is a ledger but no program file: {advice}"))?;
        }
    } else {
        sheet_for_machines(rows, waiting).print(format)?;
    }
    fail_with_all(broken)
}

const HEADER: [&str; 11] =
    ["run_id", "program", "job", "as_of", "state", "seconds", "orders", "transfers", "balance_change", "exceptions", "by"];

fn sheet(rows: Vec<Vec<String>>) -> Sheet {
    Sheet { header: HEADER.to_vec(), figures: vec![0, 5, 6, 7, 8, 9], rows }
}

/// The runs, and behind them what waits: each with one more column.
fn sheet_for_machines(runs: Vec<Vec<String>>, waiting: Vec<Vec<String>>) -> Sheet {
    let mut sheet = sheet(runs.into_iter().map(|run| [run, vec![String::new()]].concat()).chain(waiting).collect());
    sheet.header.push("waits_for");
    sheet
}

/// How the jobs of all programs are doing, and what is wrong with them.
struct Standing {
    jobs: Vec<JobFigures>,
    alerts: Vec<Raised>,
    known: Known,
    /// Whether a program without a ledger may begin one: every ledger has its program file.
    may_begin: bool,
}

impl Standing {
    /// What is wrong with a program.
    fn alerts(&self, program: &str) -> Vec<String> {
        let own = self.alerts.iter().filter(|raised| raised.program == program);
        own.map(|raised| {
            let body: Vec<String> = raised.body.lines().map(|line| format!("    {line}").trim_end().to_owned()).collect();
            format!("  alert, since {}: {}\n{}", format_time(raised.raised_at), raised.headline, body.join("\n"))
        })
        .collect()
    }
}

async fn shown(at: &Environment, program: &Program, standing: &Standing, records: &[RunRecord]) -> Result<String> {
    let status = program_status(at, program).await?;
    let mut text = vec![format!("{} ({})", program.name, program.id)];
    if records.is_empty() {
        let start = if standing.may_begin { "; start with `purser run nightly`" } else { "" };
        text.push(format!("  no runs yet{start}"));
    } else {
        text.push(sheet(records.iter().map(row).collect()).aligned());
    }
    text.extend(due(program, &standing.jobs)?);
    text.extend(standing.known.waiting_for_books(program)?.iter().map(|waiting| format!("  {}", waiting.describe(program))));
    text.extend(status.ahead.iter().map(|ahead| format!("  {ahead}")));
    text.extend(standing.alerts(&program.id));
    for failed in records.iter().filter(|record| record.state == RunState::Failed) {
        text.push(format!("  run {} failed: {}", failed.run_id, failed.error.as_deref().unwrap_or("no reason was recorded")));
    }
    if !records.is_empty() {
        text.push(owed(program, &status));
        text.push(closed(&status));
    }
    text.extend(waiting(program, &status)?);
    text.extend(status.compared.iter().map(|compared| format!("{}, at {}", fetched(compared), format_time(compared.at))));
    Ok(text.join("\n"))
}

/// What all creators together are owed and were paid.
fn owed(program: &Program, status: &ProgramStatus) -> String {
    let money = |minor: i64| Money::from_minor(minor, program.currency);
    let balance = status.balance;
    format!(
        "  owed to creators: {} on hold, {} payable, {} in batches; paid so far: {}",
        money(balance.pending),
        money(balance.payable),
        money(balance.reserved),
        money(balance.paid)
    )
}

/// How far the books are closed.
fn closed(status: &ProgramStatus) -> String {
    status
        .closed_through
        .map_or_else(|| "  books: no month is closed".to_owned(), |month| format!("  books: closed through {}", month.label()))
}

/// What waits for a person, or to be sent.
fn waiting(program: &Program, status: &ProgramStatus) -> Result<Vec<String>> {
    let mut text = Vec::new();
    if status.unmailed > 0 {
        let mails = counted(status.unmailed, "statement", "statements");
        text.push(format!("  {mails} not emailed yet; the server or the next statements run will send them"));
    }
    if status.suppressed > 0 {
        let addresses = counted(i64::try_from(status.suppressed)?, "address", "addresses");
        let are = if status.suppressed == 1 { "is" } else { "are" };
        text.push(format!(
            "  {addresses} of creators {are} suppressed, as emails to them came back: see `purser mail suppressed`"
        ));
    }
    for batch in &status.batches {
        let waits = match batch.state {
            BatchState::Draft if !batch.signatures.is_empty() => {
                let missing = missing_signatures(program, batch);
                format!("the signature of {}", missing.as_ref().map_or_else(|| "others".to_owned(), missing_words))
            }
            BatchState::Draft => format!("approval by somebody other than {}", batch.drafted_by),
            BatchState::Approved => "export or settlement".to_owned(),
            BatchState::Exported => "settlement".to_owned(),
            BatchState::Settled => {
                let (id, amount) = (&batch.batch_id, Money::from_minor(batch.in_question, program.currency));
                text.push(format!("  batch {id}: settled, but {amount} is unresolved: did the payment fail, or was it made?"));
                continue;
            }
            BatchState::Voided | BatchState::Rejected => continue,
        };
        let (id, amount, creators) =
            (&batch.batch_id, Money::from_minor(batch.amount, program.currency), counted(batch.creators, "creator", "creators"));
        text.push(format!("  batch {id}: {amount} to {creators}, awaiting {waits}"));
    }
    for proposal in &status.proposals {
        let (id, by, what) = (&proposal.proposal_id, &proposal.proposed_by, proposal_words(program, proposal)?);
        text.push(format!("  proposal {id}: {what}, awaiting approval by somebody other than {by}"));
    }
    Ok(text)
}

/// When each scheduled job is due next, and for how long it has been due.
fn due(program: &Program, jobs: &[JobFigures]) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for job in &program.jobs {
        let Some(schedule) = Schedule::of(program, job)? else { continue };
        let known = jobs.iter().find(|known| known.program == program.id && known.job == job.name);
        let next = format!("  {}: next due {}", job.name, format_local_time(program.time_zone, schedule.next(now())?));
        lines.push(match known.map_or(0, |known| known.late) {
            0 => next,
            late => format!("{next}; overdue by {}", span(late)),
        });
    }
    Ok(lines)
}

/// A span of time in words (microseconds).
fn span(micros: i64) -> String {
    match micros / 60_000_000 {
        minutes @ ..120 => format!("{minutes} min"),
        minutes @ ..2_880 => format!("{} h", minutes / 60),
        minutes => format!("{} days", minutes / 1_440),
    }
}

/// A job that waits, among the runs: it has none yet.
fn waiting_row(program: &Program, waiting: &WaitingJob) -> Vec<String> {
    let mut row = vec![String::new(), program.id.clone(), waiting.job.clone(), format_time(waiting.slot), "waiting".to_owned()];
    row.resize(HEADER.len(), String::new());
    row.push(waiting.wait.describe(program));
    row
}

fn row(record: &RunRecord) -> Vec<String> {
    let reconciled = record.reconciled();
    let seconds = record.ended_at.map(|ended| {
        let tenths = (ended - record.started_at) / 100_000;
        format!("{}.{}", tenths / 10, tenths % 10)
    });
    vec![
        record.run_id.to_string(),
        record.program.clone(),
        record.job.clone(),
        format_time(record.as_of),
        record.state.code().to_owned(),
        seconds.unwrap_or_default(),
        reconciled.as_ref().map(|figures| figures.orders().to_string()).unwrap_or_default(),
        reconciled.as_ref().map(|figures| figures.transfers().to_string()).unwrap_or_default(),
        reconciled.as_ref().map(|figures| figures.owed()).unwrap_or_default(),
        reconciled.as_ref().map(|figures| figures.exceptions().to_string()).unwrap_or_default(),
        record.actor.clone(),
    ]
}
