//! The server's figures, in the text format of OpenMetrics, which Prometheus reads. All but the pulse are read from the
//! database when somebody asks, so that every server and every restart says the same.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context, Result};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::pulse::Pulse;
use crate::app::{AlertKind, AllFigures, Environment, RunState, all_figures};
use crate::scheduler::{JobFigures, figures};

/// What the text is.
pub(super) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const SECOND: i64 = 1_000_000;

type Labels = Vec<(&'static str, String)>;
type Gauges = Family<Labels, Gauge<i64, AtomicI64>>;

/// The figures as text.
pub(super) async fn text(pulse: &Pulse, at: Option<&Environment>) -> Result<String> {
    let mut sheet = Sheet(Registry::with_prefix("purser"));
    let build = sheet.gauges("build_info", "The version of purser");
    build.get_or_create(&vec![("version", env!("CARGO_PKG_VERSION").to_owned())]).set(1);
    sheet.one(
        "last_tick_timestamp_seconds",
        "When it last checked for due jobs",
        pulse.last_tick.load(Ordering::Relaxed) / SECOND,
    );
    sheet.one("runs_active", "Jobs running in this server", i64::try_from(pulse.running.load(Ordering::Relaxed))?);
    sheet.one("programs", "Program files", i64::try_from(pulse.programs.load(Ordering::Relaxed))?);
    postbacks(&mut sheet, pulse);
    if let Some(at) = at {
        let all = figures(&at.store, (pulse.clock)()).await?;
        jobs(&mut sheet, &all)?;
        let figures = all_figures(at).await?;
        money(&mut sheet, &figures);
        waiting(&mut sheet, &figures, &all);
    }
    let mut text = String::new();
    encode(&mut text, &sheet.0).context("the figures cannot be written")?;
    Ok(text)
}

/// What came since this server began.
fn postbacks(sheet: &mut Sheet, pulse: &Pulse) {
    let taken: Family<Labels, Counter> = Family::default();
    sheet.0.register("postbacks", "Postbacks that came to this server, by what became of them", taken.clone());
    for ((program, state), count) in pulse.postbacks() {
        taken.get_or_create(&vec![("program", program), ("state", state.to_owned())]).inc_by(count);
    }
}

struct Sheet(Registry);

impl Sheet {
    fn gauges(&mut self, name: &str, help: &str) -> Gauges {
        let family = Gauges::default();
        self.0.register(name, help, family.clone());
        family
    }

    fn one(&mut self, name: &str, help: &str, value: i64) {
        self.gauges(name, help).get_or_create(&Vec::new()).set(value);
    }
}

/// The kinds of alerts that can be open: each is there from the start, so that a first one shows as a rise.
const ALERTS: [AlertKind; 5] = [AlertKind::Failed, AlertKind::Late, AlertKind::Missed, AlertKind::Unusual, AlertKind::Broken];

fn jobs(sheet: &mut Sheet, all: &[JobFigures]) -> Result<()> {
    let success = sheet.gauges("job_last_success_timestamp_seconds", "The time of the last successful run of a job");
    let next = sheet.gauges("job_next_timestamp_seconds", "When a job is due next");
    let late = sheet.gauges("job_late_seconds", "How long a job has been overdue; 0 when it is not");
    let seconds = sheet.gauges("run_duration_seconds", "How long the last run of a job took");
    let orders = sheet.gauges("run_orders", "How many orders the last successful run of a job covered");
    let exceptions = sheet.gauges("run_exceptions", "How many exceptions the last successful run of a job had");
    let runs: Family<Labels, Counter> = Family::default();
    sheet.0.register("runs", "Runs of a job that ended", runs.clone());
    for figures in all {
        let JobFigures { program, job, .. } = figures;
        let labels: Labels = vec![("program", program.clone()), ("job", job.clone())];
        let set = |family: &Gauges, value: Option<i64>| {
            if let Some(value) = value {
                family.get_or_create(&labels).set(value);
            }
        };
        set(&success, figures.last_success.map(|time| time / SECOND));
        set(&next, figures.next.map(|time| time / SECOND));
        set(&late, Some(figures.late / SECOND));
        set(&seconds, figures.duration.map(|time| time / SECOND));
        set(&orders, figures.orders);
        set(&exceptions, figures.exceptions);
        for (state, count) in [(RunState::Done, figures.done), (RunState::Failed, figures.failed)] {
            let labels = [labels.as_slice(), &[("state", state.code().to_owned())]].concat();
            runs.get_or_create(&labels).inc_by(u64::try_from(count)?);
        }
    }
    Ok(())
}

fn money(sheet: &mut Sheet, all: &AllFigures) {
    let balances = sheet.gauges("balance_minor_units", "What all creators together are owed and were paid");
    for (program, currency, balance) in &all.balances {
        let accounts =
            [("pending", balance.pending), ("payable", balance.payable), ("reserved", balance.reserved), ("paid", balance.paid)];
        for (account, amount) in accounts {
            let labels = vec![("program", program.clone()), ("currency", currency.clone()), ("account", account.to_owned())];
            balances.get_or_create(&labels).set(amount);
        }
    }
    let batches = sheet.gauges("batches", "Batches in each state");
    for (program, state, count) in &all.batches {
        batches.get_or_create(&vec![("program", program.clone()), ("state", state.code().to_owned())]).set(*count);
    }
}

fn waiting(sheet: &mut Sheet, all: &AllFigures, jobs: &[JobFigures]) {
    let proposals = sheet.gauges("proposals_waiting", "Proposals that wait for a second person");
    for (program, count) in &all.proposals {
        proposals.get_or_create(&vec![("program", program.clone())]).set(*count);
    }
    let letters = sheet.gauges("outbox", "Letters in each state");
    for letter in &all.letters {
        let labels = vec![
            ("program", letter.program.clone()),
            ("channel", letter.channel.code().to_owned()),
            ("state", letter.state.code().to_owned()),
        ];
        letters.get_or_create(&labels).set(letter.count);
    }
    let alerts = sheet.gauges("alerts_open", "Alerts that are open");
    let broken = sheet.gauges("program_broken", "Whether a program file cannot be used");
    for program in jobs.iter().map(|job| &job.program).collect::<BTreeSet<_>>() {
        broken.get_or_create(&vec![("program", program.clone())]).set(0);
        for kind in ALERTS {
            alerts.get_or_create(&vec![("program", program.clone()), ("kind", kind.code().to_owned())]).set(0);
        }
    }
    for raised in &all.alerts {
        if raised.kind == AlertKind::Broken {
            broken.get_or_create(&vec![("program", raised.program.clone())]).set(1);
        }
        alerts.get_or_create(&vec![("program", raised.program.clone()), ("kind", raised.kind.code().to_owned())]).inc();
    }
}
