use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::args::{Places, ReportFormat, Run};
use super::context::{actor, now, programs, workplace};
use super::progress::Progress;
use super::show::{Sheet, print};
use crate::facts::format_time;
use crate::money::{Currency, Money, format_minor};
use crate::program::{Job, Program};
use crate::runner::{Order, Ran, ReconcileReport, Report, StepReport, Workplace, latest_slot};

pub(super) async fn run(places: &Places, run: &Run) -> Result<()> {
    let programs = programs(places)?;
    let mut work: Vec<(&Program, Vec<Job>)> = Vec::new();
    for program in &programs {
        let jobs = run.names.iter().map(|name| job(program, name)).collect::<Result<_>>()?;
        work.push((program, jobs));
    }
    let at = workplace(places).await?;
    let now = now();
    let order = Order {
        as_of: run.as_of.unwrap_or(now),
        slot: None,
        actor: actor(run.by.as_deref()),
        now,
        dry_run: run.dry_run,
        facts_of_run: run.facts,
        accept_missing: run.accept_missing.clone(),
        restate: run.restate.clone(),
    };
    let progress = Progress::start();
    let mut failed = Vec::new();
    let mut reports = Vec::new();
    // One program's failure does not keep the others from being paid.
    for (program, jobs) in work {
        match run_jobs(&at, program, &jobs, &order, run, &progress).await {
            Ok(done) => reports.extend(done),
            Err(error) => failed.push(error),
        }
    }
    if run.format == ReportFormat::Json {
        print(&serde_json::to_string_pretty(&reports)?)?;
    }
    let last = failed.pop();
    for error in failed {
        eprintln!("error: {error:#}");
    }
    last.map_or(Ok(()), Err)
}

fn job(program: &Program, name: &str) -> Result<Job> {
    match program.job(name) {
        Some(job) => Ok(job.clone()),
        None => {
            let known: Vec<&str> = program.jobs.iter().map(|job| job.name.as_str()).collect();
            bail!("the program {} has no job {name}; it has {}", program.id, known.join(", "))
        }
    }
}

async fn run_jobs(
    at: &Workplace,
    program: &Program,
    jobs: &[Job],
    order: &Order,
    run: &Run,
    progress: &Progress,
) -> Result<Vec<Report>> {
    let mut reports = Vec::new();
    for job in jobs {
        let order = match run.slot {
            None => order.clone(),
            Some(time) => {
                let slot = time.map_or_else(|| latest_slot(program, job, order.now), Ok)?;
                Order { as_of: slot, slot: Some(slot), ..order.clone() }
            }
        };
        let ran = crate::runner::run(at, program, job, &order, &|step| progress.show(step)).await?;
        progress.pause();
        let report = match ran {
            Ran::Done(report) => *report,
            Ran::Before(run_id) => {
                let (name, job, slot) = (&program.name, &job.name, format_time(order.as_of));
                if run.format != ReportFormat::Json {
                    print(&format!("{name}: {job} of {slot} was done before, by run {run_id}"))?;
                }
                continue;
            }
        };
        if run.format != ReportFormat::Json {
            print(&shown(program, &report)?)?;
        }
        reports.push(report);
    }
    Ok(reports)
}

/// A run's report for people.
pub(super) fn shown(program: &Program, report: &Report) -> Result<String> {
    let rehearsal = if report.dry_run { " (dry run: nothing is posted)" } else { "" };
    let mut text = vec![format!("{}: {} as of {}, run {}{rehearsal}", program.name, report.job, report.as_of, report.run_id)];
    let rehearsed = report.dry_run;
    for step in &report.steps {
        match step {
            StepReport::Fetched { .. } => {}
            StepReport::Reconciled(report) => text.push(reconciled(program, report)?),
            StepReport::Statements(report) => text.push(super::statement::report(program, report, rehearsed)),
            StepReport::Payout(_) => text.push(format!("  {}", step.summary(program))),
        }
    }
    Ok(text.join("\n"))
}

fn reconciled(program: &Program, report: &ReconcileReport) -> Result<String> {
    let mut text = vec![indented(&outcomes(report)?)];
    if report.posted.is_empty() {
        text.push("  posted: nothing, the ledger already says so".to_owned());
    } else {
        text.push(indented(&posted(program, report)));
    }
    if !report.exceptions.is_empty() {
        text.push("  exceptions".to_owned());
        for (kind, exceptions) in &report.exceptions {
            let more = if exceptions.count > exceptions.examples.len() { ", …" } else { "" };
            text.push(format!("    {} {kind}: {}{more}", exceptions.count, exceptions.examples.join(", ")));
        }
        text.push("    all of them: purser export exceptions".to_owned());
    }
    text.push(format!("  chain: entry {}, {}", report.head_entry, report.head_hash));
    Ok(text.join("\n"))
}

/// Orders in = attributed + unattributed + excluded + rejected, per currency.
fn outcomes(report: &ReconcileReport) -> Result<Sheet> {
    let mut totals: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    let mut rows = Vec::new();
    for count in &report.counts {
        let exponent = Currency::parse(&count.currency)?.exponent();
        let total = totals.entry(&count.currency).or_default();
        total.0 += count.orders;
        total.1 += count.net;
        let net = format_minor(count.net, exponent);
        rows.push(vec![count.outcome.clone(), count.reason.clone(), count.orders.to_string(), net, count.currency.clone()]);
    }
    for (currency, (orders, net)) in totals {
        let net = format_minor(net, Currency::parse(currency)?.exponent());
        rows.push(vec!["orders in".to_owned(), String::new(), orders.to_string(), net, currency.to_owned()]);
    }
    Ok(Sheet { header: vec!["outcome", "reason", "orders", "net_amount", ""], figures: vec![2, 3], rows })
}

fn posted(program: &Program, report: &ReconcileReport) -> Sheet {
    let money = |minor: i64| if minor == 0 { String::new() } else { Money::from_minor(minor, program.currency).to_string() };
    let row = |(why, posted): (&String, &crate::runner::PostedWhy)| {
        vec![why.clone(), posted.transfers.to_string(), money(posted.owed), money(posted.moved)]
    };
    let rows = report.posted.iter().map(row).collect();
    Sheet { header: vec!["posted", "transfers", "owed", "moved"], figures: vec![1, 2, 3], rows }
}

fn indented(sheet: &Sheet) -> String {
    sheet.aligned().lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
