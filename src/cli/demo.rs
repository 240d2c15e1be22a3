//! The demo: three months of a shop, by the same steps an operator and the finance team take.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use chrono::{Days, NaiveDate};

use super::args::Places;
use super::context::program;
use super::progress::Progress;
use super::run::shown;
use super::settings;
use super::show::print;
use crate::app::{
    self, Address, BatchState, Decision, Environment, Post, Report, RunOptions, RunResult, Settlement, balance_of, decide_batch,
    list_batches, settle_batch,
};
use crate::calendar::{format_time, start_of};
use crate::effect::clear_folder;
use crate::error::{Kind, NotFound, kind_of};
use crate::money::Money;
use crate::program::Program;
use crate::vocabulary::counted;

const FOLDER: &str = "purser-data/demo";
/// Where the demo's shop is, for those who have the binary alone.
const NO_SHOP: &str = "the demo needs jobs/glow.toml, which comes with purser's source and was not found: run the demo in a clone of the \
                       source, or give the jobs folder of one with --jobs";
const HOUR: i64 = 3_600_000_000;
/// Whose payable falls below zero when an order is refunded that was paid for, and the night that sees the refund.
const CLAWED_BACK: (&str, &str) = ("ingrid.solberg", "GL-10179");

/// A shop that is being played.
struct Demo {
    at: Environment,
    program: Program,
    progress: Progress,
}

pub(super) async fn demo(places: &Places, progress: Progress) -> Result<()> {
    let glow = Places {
        jobs: places.jobs.clone(),
        database: None,
        data: None,
        program: Some(places.program.clone().unwrap_or_else(|| "glow".to_owned())),
        token_file: None,
        code: None,
    };
    let program = program(&glow).map_err(|error| match kind_of(&error) {
        // What else there is to say of a missing program is about shops of one's own.
        Some(Kind::NotFound) => anyhow!(NotFound(NO_SHOP.to_owned())),
        _ => error,
    })?;
    // The demo's own folder, and nothing else, starts empty each time.
    if PathBuf::from(FOLDER).exists() {
        clear_folder(FOLDER.as_ref())?;
    }
    let address = Address::parse(&format!("sqlite://{FOLDER}/demo.db"))?;
    let data = std::path::absolute(format!("{FOLDER}/demo-data"))?;
    let demo = Demo {
        at: Environment::open(&address, data, settings::lease()?, Post::new("", "", "", "")?, super::context::now).await?,
        program,
        progress,
    };
    demo.progress.forget();
    demo.play().await
}

impl Demo {
    async fn play(&self) -> Result<()> {
        print(&format!("Three months of {}: nightly runs, two payouts and a refund after payment.\n", self.program.name))?;
        let day = |month: u32, day: u32| NaiveDate::from_ymd_opt(2026, month, day).context("a day of the demo");
        self.nights(day(1, 2)?, day(2, 1)?).await?;
        self.month_end(day(2, 1)?).await?;
        self.pay(day(2, 1)?).await?;
        self.nights(day(2, 2)?, day(3, 1)?).await?;
        self.clawback().await?;
        self.month_end(day(3, 1)?).await?;
        self.pay(day(3, 1)?).await?;
        self.nights(day(3, 2)?, day(3, 31)?).await?;
        print("\n$ purser run nightly payout statements --as-of 2026-04-01T14:00:00Z\n")?;
        for (job, hour) in [("nightly", 10), ("payout", 10), ("statements", 10)] {
            let report = self.run(job, self.time(day(4, 1)?, hour), "rosa").await?;
            self.progress.pause();
            print(&shown(&self.program, &report)?)?;
        }
        self.what_next().await
    }

    /// An hour of a local day, microseconds since 1970.
    fn time(&self, day: NaiveDate, hour: i64) -> i64 {
        start_of(self.program.time_zone, day) + hour * HOUR
    }

    async fn run(&self, job: &str, as_of: i64, actor: &str) -> Result<Report> {
        let job = self.program.job(job).with_context(|| format!("jobs/glow.toml has no job {job}"))?;
        let options = RunOptions::new(as_of, actor, super::context::now());
        let when = format_time(as_of);
        match app::run(&self.at, &self.program, job, &options, &|step| {
            self.progress.show(&format!("{when} {step}"));
            Ok(())
        })
        .await?
        {
            RunResult::Done(report) => Ok(*report),
            RunResult::Busy => bail!("another run of the demo is in progress"),
            RunResult::DoneBefore(run_id) => bail!("run {run_id} has already done this"),
        }
    }

    /// Every night from one day to another, both included.
    async fn nights(&self, first: NaiveDate, last: NaiveDate) -> Result<()> {
        let mut night = first;
        let mut transfers = 0;
        let mut nights = 0;
        while night <= last {
            let report = self.run("nightly", self.time(night, 2), "rosa").await?;
            transfers += report.transfers();
            nights += 1;
            night = night + Days::new(1);
        }
        self.progress.pause();
        print(&format!(
            "{first} to {last}: purser run nightly, {nights} nights, {} posted",
            counted(transfers, "transfer", "transfers")
        ))
    }

    /// The payout and the statements of a month's first day.
    async fn month_end(&self, day: NaiveDate) -> Result<()> {
        for (job, hour) in [("payout", 9), ("statements", 10)] {
            let report = self.run(job, self.time(day, hour), "rosa").await?;
            self.progress.pause();
            for step in &report.steps {
                print(&format!("{day}: purser run {job}: {}", step.summary(&self.program, false)))?;
            }
        }
        Ok(())
    }

    /// One person approves the newest draft, another settles it in the afternoon, before the next night.
    async fn pay(&self, day: NaiveDate) -> Result<()> {
        let drafts = list_batches(&self.at, &self.program).await?;
        let draft = drafts.iter().rfind(|batch| batch.state == BatchState::Draft).context("the payout drafted a batch")?;
        let id = &draft.batch_id;
        decide_batch(&self.at, &self.program, ("nadia", self.time(day, 11)), id, Decision::Approve, None).await?;
        print(&format!("{day}: purser batch approve {id} --by nadia"))?;
        let settlement = Settlement { batch_id: id, failed: &[], open: &[], reason: "paid" };
        settle_batch(&self.at, &self.program, "tom", self.time(day, 15), settlement).await?;
        print(&format!(
            "{day}: purser batch settle {id} --by tom: {} paid",
            Money::from_minor(draft.amount, self.program.currency)
        ))
    }

    async fn clawback(&self) -> Result<()> {
        let (creator, order) = CLAWED_BACK;
        let balance = balance_of(&self.at, &self.program, creator).await?;
        let money = |minor| Money::from_minor(minor, self.program.currency);
        print(&format!(
            "            order {order} was refunded after its commission was paid: {creator}'s payable balance is now {}; it will be recovered from later earnings",
            money(balance.payable)
        ))
    }

    async fn what_next(&self) -> Result<()> {
        let known = list_batches(&self.at, &self.program).await?;
        let waiting = known.last().map(|batch| batch.batch_id.clone()).unwrap_or_default();
        let purser = format!("cargo run --release -- --database sqlite://{FOLDER}/demo.db --program {}", self.program.id);
        let (creator, order) = CLAWED_BACK;
        print(&format!(
            "\nBatch {waiting} is awaiting approval. Things to try next:\n\n    \
             {purser} explain {order}\n    \
             {purser} statement {creator} --month 2026-03\n    \
             {purser} batch show {waiting}\n    \
             {purser} status\n\nThe statement emails are in {FOLDER}/demo-data/outbox."
        ))
    }
}
