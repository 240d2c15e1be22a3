use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context, Error, Result, bail};

use super::args::{Places, ReportFormat, Run};
use super::context::{actor, each_program, fail_with_all, files, new_workplace, now};
use super::progress::Progress;
use super::show::{Sheet, print};
use super::visible::on_one_line;
use crate::app::{
    self, Compared, Environment, Ledgers, PostedWhy, ReconcileReport, Report, RunOptions, RunResult, StepReport, TakenFromPaid,
    deliver_waiting, list_ledgers,
};
use crate::calendar::format_time;
use crate::error::{Conflict, NotFound, Transient, is_transient};
use crate::money::{Currency, Money, format_minor};
use crate::program::{Job, Program, Schedule};
use crate::scheduler::{WaitingJob, known, look, look_for_gone, program_is_broken, programs_are_sound};
use crate::vocabulary::Reason;

/// For how long a scheduled run tries again after a transient error (seconds).
const PATIENCE: u64 = 900;

/// The first pause before it tries again.
const PAUSE: Duration = Duration::from_secs(30);

/// How many creators a report names of those from whom paid money was taken back.
const TAKEN_SHOWN: usize = 10;

pub(super) async fn run(places: &Places, run: &Run, progress: Progress) -> Result<()> {
    let actor = actor(run.by.as_deref())?;
    let mut plan = Plan::of(places, &run.names)?;
    let at = new_workplace(places).await?;
    let (ledgers, files) = (list_ledgers(&at).await?, files(places)?);
    plan.admit(&ledgers, &files, run);
    let Plan { work, broken, without } = plan;
    let here = ledgers.looked_after(&files);
    let session = Session { at: &at, run, actor, files, progress };
    let (reports, mut failed) = session.all(&work, broken).await;
    if run.slot.is_some() && places.program.is_none() {
        failed.extend(session.look_for_gone(&here).await.err());
    }
    failed.extend(without);
    if run.format == ReportFormat::Json {
        print(&serde_json::to_string_pretty(&reports)?)?;
    }
    if run.slot.is_some() {
        session.deliver().await;
    }
    // One transient error is no reason to call all of them transient.
    let (passing, lasting): (Vec<_>, Vec<_>) = failed.into_iter().partition(is_transient);
    fail_with_all(passing.into_iter().chain(lasting).collect())
}

/// What is asked for.
struct Plan {
    work: Vec<(Program, Vec<Job>)>,
    /// The programs whose files cannot be used.
    broken: Vec<(String, Error)>,
    /// The jobs that a program has not.
    without: Vec<Error>,
}

impl Plan {
    fn of(places: &Places, names: &[String]) -> Result<Self> {
        let mut plan = Self { work: Vec::new(), broken: Vec::new(), without: Vec::new() };
        for (id, program) in each_program(places)? {
            match program {
                Ok(program) => {
                    let (jobs, unknown): (Vec<_>, Vec<_>) = names.iter().map(|name| job(&program, name)).partition(Result::is_ok);
                    plan.without.extend(unknown.into_iter().filter_map(Result::err));
                    plan.work.push((program, jobs.into_iter().flatten().collect()));
                }
                Err(error) => plan.broken.push((id, error)),
            }
        }
        if plan.work.iter().all(|(_, jobs)| jobs.is_empty()) && !plan.without.is_empty() {
            return Err(plan.without.swap_remove(0));
        }
        Ok(plan)
    }

    /// Gives each program its ledger, and takes out those that may not run: a file that was renamed is not another program.
    fn admit(&mut self, ledgers: &Ledgers, files: &BTreeSet<String>, run: &Run) {
        for (program, jobs) in std::mem::take(&mut self.work) {
            let file = program.id.clone();
            let admitted = ledgers.id_of(&file).map(|id| program.of_ledger(id)).and_then(|program| {
                let may_run = match run.new_program {
                    true => ledgers.refuse_retired(&program.id),
                    false => ledgers.admit(&program.id, files),
                };
                match may_run {
                    // What posts nothing may look.
                    Err(error) if run.dry_run => tracing::warn!("{error:#}"),
                    other => other?,
                }
                Ok(program)
            });
            match admitted {
                Ok(program) => self.work.push((program, jobs)),
                Err(error) => self.broken.push((file, error)),
            }
        }
    }
}

fn job(program: &Program, name: &str) -> Result<Job> {
    match program.job(name) {
        Some(job) => Ok(job.clone()),
        None => {
            let known: Vec<&str> = program.jobs.iter().map(|job| job.name.as_str()).collect();
            bail!(NotFound(format!("the program {} has no job {name}; it has {}", program.id, known.join(", "))))
        }
    }
}

/// One start of the command.
struct Session<'a> {
    at: &'a Environment,
    run: &'a Run,
    actor: String,
    files: BTreeSet<String>,
    progress: Progress,
}

impl Session<'_> {
    /// Runs everything: one program's failure does not keep the others from being paid.
    async fn all(&self, work: &[(Program, Vec<Job>)], broken: Vec<(String, Error)>) -> (Vec<Report>, Vec<Error>) {
        let (mut reports, mut failed) = (Vec::new(), Vec::new());
        for (id, error) in broken {
            if self.run.slot.is_some()
                && let Err(error) = program_is_broken(self.at, &id, &error, now()).await
            {
                failed.push(error);
            }
            failed.push(error);
        }
        let sound: Vec<&Program> = work.iter().map(|(program, _)| program).collect();
        if self.run.slot.is_some() {
            failed.extend(programs_are_sound(self.at, &sound, now()).await.err());
        }
        for (program, jobs) in work {
            if let Err(error) = self.one(program, jobs, &mut reports, &mut failed).await {
                failed.push(error);
            }
        }
        (reports, failed)
    }

    /// Runs the jobs of a program in order; those that wait for a good reconciliation come last, as one of the others may
    /// bring it.
    async fn one(&self, program: &Program, jobs: &[Job], reports: &mut Vec<Report>, failed: &mut Vec<Error>) -> Result<()> {
        let mut put_off = Vec::new();
        for job in jobs {
            let slot = match self.run.slot {
                None => None,
                Some(Some(slot)) => Some(slot),
                Some(None) => match self.due(program, job).await? {
                    Some(slot) => Some(slot),
                    None => continue,
                },
            };
            if self.wait(program, job, slot).await?.is_some() {
                put_off.push((job, slot));
                continue;
            }
            match self.patiently(program, job, slot).await {
                Ok(report) => reports.extend(report),
                // A transient error holds up what comes after it; another would hold it up for good.
                Err(error) if slot.is_some() && !is_transient(&error) => failed.push(error),
                Err(error) => return Err(error),
            }
        }
        for (job, slot) in put_off {
            match self.patiently(program, job, slot).await {
                Ok(report) => reports.extend(report),
                Err(error) => failed.push(error),
            }
        }
        Ok(())
    }

    /// Whether a slot of a job waits for a good reconciliation. A manual run does not.
    async fn wait(&self, program: &Program, job: &Job, slot: Option<i64>) -> Result<Option<WaitingJob>> {
        let Some(slot) = slot else { return Ok(None) };
        known(&self.at.store).await?.wait_of(program, job, slot)
    }

    /// The open slot of a job; none, with a message, where there is none.
    async fn due(&self, program: &Program, job: &Job) -> Result<Option<i64>> {
        let schedule = Schedule::of(program, job)?.with_context(|| {
            format!("the job {} of {} has no schedule; give it one, or give the time with --slot TIME", job.name, program.id)
        })?;
        let (known, unseen) = look(self.at, &[program], now()).await?;
        if let Some(error) = unseen.into_iter().next() {
            return Err(error);
        }
        let open = known.open.iter().rev().find(|slot| slot.program == program.id && slot.job == job.name);
        if open.is_none() && self.run.format != ReportFormat::Json {
            let next = format_time(schedule.next(now())?);
            print(&format!("{}: {} is not due; next due {next}", program.name, job.name))?;
        }
        Ok(open.map(|slot| slot.slot))
    }

    /// Raises an alert for each program with schedules that has no file any more.
    async fn look_for_gone(&self, here: &BTreeSet<String>) -> Result<()> {
        look_for_gone(self.at, here, &known(&self.at.store).await?, now()).await
    }

    /// Runs a job, and tries again after growing pauses while it fails with transient errors.
    async fn patiently(&self, program: &Program, job: &Job, slot: Option<i64>) -> Result<Option<Report>> {
        let patience = Duration::from_secs(self.run.patience.unwrap_or(if slot.is_some() { PATIENCE } else { 0 }));
        let (start, mut pause) = (Instant::now(), PAUSE);
        loop {
            let (error, is_passing) = match self.wait(program, job, slot).await? {
                Some(waiting) => (Transient(waiting.describe(program)).into(), waiting.wait.may_end_soon()),
                None => match self.once(program, job, slot).await {
                    Err(error) if is_transient(&error) => (error, true),
                    other => return other,
                },
            };
            if !is_passing || start.elapsed() + pause > patience {
                return Err(error);
            }
            tracing::warn!(program = program.id, job = job.name, "{error:#}; trying again in {} s", pause.as_secs());
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }

    async fn once(&self, program: &Program, job: &Job, slot: Option<i64>) -> Result<Option<Report>> {
        let now = now();
        let options = RunOptions {
            slot,
            dry_run: self.run.dry_run,
            facts_of_run: self.run.facts,
            accept_missing: self.run.accept_missing.clone(),
            drop_clicks: self.run.drop_clicks.clone(),
            close_months: self.run.close_months.unwrap_or(0),
            files: self.files.clone(),
            new_program: self.run.new_program,
            restate: self.run.restate.clone(),
            ..RunOptions::new(slot.or(self.run.as_of).unwrap_or(now), &self.actor, now)
        };
        let show = |step: &str| {
            self.progress.show(step);
            Ok(())
        };
        let ran = app::run(self.at, program, job, &options, &show).await;
        self.progress.pause();
        let is_text = self.run.format != ReportFormat::Json;
        match ran? {
            RunResult::Done(report) => {
                if is_text {
                    print(&shown(program, &report)?)?;
                }
                Ok(Some(*report))
            }
            RunResult::DoneBefore(run_id) => {
                if is_text {
                    let slot = format_time(options.as_of);
                    print(&format!("{}: {} of {slot} was already completed by run {run_id}", program.name, job.name))?;
                }
                Ok(None)
            }
            RunResult::Busy => bail!(Conflict(format!("another run of {} is in progress", program.id))),
        }
    }

    /// Sends waiting alerts, and statements that could not be sent before. A failure to send does not make the run fail.
    async fn deliver(&self) {
        if let Err(error) = deliver_waiting(self.at, app::Waiting::All).await {
            tracing::warn!("waiting messages could not be sent: {error:#}");
        }
    }
}

/// A run's report for people.
pub(super) fn shown(program: &Program, report: &Report) -> Result<String> {
    let dry_run = if report.dry_run { " (dry run: nothing was posted)" } else { "" };
    let mut text = vec![format!("{}: {} as of {}, run {}{dry_run}", program.name, report.job, report.as_of, report.run_id)];
    let is_dry = report.dry_run;
    for step in &report.steps {
        match step {
            StepReport::Fetched { compared, .. } => text.extend(compared.iter().map(fetched)),
            StepReport::Reconciled(report) => text.push(reconciled(program, report, is_dry)?),
            StepReport::Statements(report) => text.push(super::statement::report(program, report, is_dry)),
            StepReport::Payout(_) => text.push(format!("  {}", step.summary(program, is_dry))),
            StepReport::Answers(answers) => {
                text.push(format!("  {}", step.summary(program, is_dry)));
                let named =
                    answers.not_imported.iter().map(|name| format!("{name} could not be imported; `purser status` says why"));
                text.extend(named.chain(answers.to_look_at.iter().cloned()).map(|line| format!("    {line}")));
            }
        }
    }
    text.extend(report.notices.iter().flat_map(super::mail::report));
    Ok(text.join("\n"))
}

/// What came of comparing a shop with what is kept of it.
pub(super) fn fetched(compared: &Compared) -> String {
    let warnings = compared.warnings.iter().map(|warning| format!("\n  note: {warning}"));
    format!("  {}{}", compared.words(), warnings.collect::<String>())
}

fn reconciled(program: &Program, report: &ReconcileReport, is_dry: bool) -> Result<String> {
    let mut text = vec![indented(&outcomes(report)?)];
    if report.posted.is_empty() {
        text.push("  nothing to post: the ledger is up to date".to_owned());
    } else {
        text.push(indented(&posted(program, report)));
    }
    if !report.taken_from_paid.is_empty() {
        text.push(indented(&taken_from_paid(program, report)));
    }
    if !report.exceptions.is_empty() {
        text.push("  exceptions".to_owned());
        for (kind, exceptions) in &report.exceptions {
            let more = if exceptions.count > exceptions.examples.len() { ", …" } else { "" };
            text.push(format!("    {} {kind}: {}{more}", exceptions.count, exceptions.examples.join(", ")));
        }
        text.push("    full list: purser export exceptions".to_owned());
    }
    text.extend(report.stopped.iter().map(|line| format!("  {line}")));
    if !report.hints.is_empty() {
        text.push(format!("  possible mistakes: {}", report.hints.count));
        text.extend(report.hints.examples.iter().map(|hint| format!("    {}", on_one_line(hint))));
        text.push("    full list: purser validate".to_owned());
    }
    // The head of what is posted, for somebody to note: not of what is about to be forgotten.
    if !is_dry {
        text.push(format!("  chain: entry {}, {}", report.head_entry, report.head_hash));
    }
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
        rows.push(vec!["total orders".to_owned(), String::new(), orders.to_string(), net, currency.to_owned()]);
    }
    Ok(Sheet { header: vec!["outcome", "reason", "orders", "net_amount", ""], figures: vec![2, 3], rows })
}

fn posted(program: &Program, report: &ReconcileReport) -> Sheet {
    let money = |minor: i64| if minor == 0 { String::new() } else { Money::from_minor(minor, program.currency).to_string() };
    let row = |(why, posted): (&String, &PostedWhy)| {
        vec![in_words(why), posted.transfers.to_string(), money(posted.owed), money(posted.moved)]
    };
    let rows = report.posted.iter().map(row).collect();
    Sheet { header: vec!["type", "transfers", "balance change", "moved on or off hold"], figures: vec![1, 2, 3], rows }
}

/// A reason's code as people read it.
fn in_words(reason: &str) -> String {
    match Reason::parse(reason) {
        Some(reason) => reason.words().to_owned(),
        None => reason.to_owned(),
    }
}

/// The largest amounts first; the JSON report has all of them.
fn taken_from_paid(program: &Program, report: &ReconcileReport) -> Sheet {
    let mut taken: Vec<_> = report.taken_from_paid.iter().collect();
    taken.sort_by_key(|taken| (std::cmp::Reverse(taken.amount), &taken.creator_id));
    let more = taken.len().saturating_sub(TAKEN_SHOWN);
    let row = |taken: &&TakenFromPaid| {
        let amount = Money::from_minor(taken.amount, program.currency).to_string();
        vec![taken.creator_id.clone(), in_words(&taken.why), amount]
    };
    let mut rows: Vec<Vec<String>> = taken.iter().take(TAKEN_SHOWN).map(row).collect();
    if more > 0 {
        rows.push(vec![format!("and {more} more"), String::new(), String::new()]);
    }
    Sheet { header: vec!["clawed back after payment", "why", "amount"], figures: vec![2], rows }
}

fn indented(sheet: &Sheet) -> String {
    sheet.aligned().lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
