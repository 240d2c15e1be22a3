//! Errors are told apart by their kind, however much is said around them.

use std::fs;
use std::time::Duration;

use anyhow::{Error, Result};
use purser::app::{
    self, Check, Decision, Environment, Post, Request, RunOptions, RunResult, Settlement, Verdict, Wanted, decide_batch,
    decide_proposal, explain_order, find_batch, find_proposal, propose, settle_batch, statement_of,
};
use purser::calendar::parse_time;
use purser::error::{Kind, kind_of};
use purser::program::Program;
use purser::store::Address;

use crate::support::Shop;

/// A shop whose use cases are called, not its commands.
struct Counter {
    shop: Shop,
    at: Environment,
    program: Program,
}

impl Counter {
    async fn open() -> Result<Self> {
        let shop = Shop::small();
        let at = Environment::open(
            &Address::parse(&shop.database.url)?,
            shop.path("ledger-data"),
            Duration::from_secs(60),
            Post::new("", "", "", "")?,
            || chrono::Utc::now().timestamp_micros(),
        )
        .await?;
        let program = Program::load(&shop.path("shop.toml"))?;
        Ok(Self { shop, at, program })
    }

    async fn run(&self, job: &str, as_of: &str) -> Result<RunResult> {
        self.run_with(job, RunOptions::new(time(as_of), "rosa", time(as_of))).await
    }

    async fn run_with(&self, job: &str, options: RunOptions) -> Result<RunResult> {
        let job = self.program.job(job).expect("every program has the job");
        app::run(&self.at, &self.program, job, &options, &|_| Ok(())).await
    }

    async fn decide(&self, batch: &str, decision: Decision, by: &str, as_of: &str) -> Option<Error> {
        decide_batch(&self.at, &self.program, (by, time(as_of)), batch, decision, None).await.err()
    }

    async fn propose(&self, request: Request<'_>, by: &str, reason: &str) -> Option<Error> {
        propose(&self.at, &self.program, by, time("2026-02-02T09:00:00Z"), request, reason).await.err()
    }

    async fn judge(&self, proposal: &str, verdict: Verdict, by: &str) -> Option<Error> {
        decide_proposal(&self.at, &self.program, by, time("2026-02-02T10:00:00Z"), proposal, verdict).await.err()
    }

    async fn explain(&self, order_id: &str) -> Option<Error> {
        explain_order(&self.at, &self.program, order_id, None).await.err()
    }
}

const APPROVE: Verdict = Verdict::Approve { unusual: false };

fn time(text: &str) -> i64 {
    parse_time(text).expect("it is a time")
}

/// What should be refused, of which kind, and how it was.
type Case = (&'static str, Kind, Option<Error>);

fn compare(cases: Vec<Case>) {
    let wrong = |(what, wanted, error): Case| match error {
        Some(error) if kind_of(&error) == Some(wanted) => None,
        Some(error) => Some(format!("{what}: wanted {wanted:?}, got {:?}: {error:#}", kind_of(&error))),
        None => Some(format!("{what}: was not refused")),
    };
    let wrong: Vec<String> = cases.into_iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_not_found() -> Result<()> {
    let counter = Counter::open().await?;
    let (at, program) = (&counter.at, &counter.program);
    counter.run("nightly", "2026-02-01T00:00:00Z").await?;
    counter.run("payout", "2026-02-01T09:00:00Z").await?;
    let wanted = Wanted { checks: &Check::ALL, program: Some("other"), head: None };
    let stranger = Request::Return { batch_id: "shop-0001", creator_id: "zoe" };
    let as_of = time("2026-02-02T09:00:00Z");
    let options = RunOptions { facts_of_run: Some(99), ..RunOptions::new(as_of, "rosa", as_of) };
    compare(vec![
        ("a batch", Kind::NotFound, find_batch(at, program, "shop-0009").await.err()),
        (
            "a batch to approve",
            Kind::NotFound,
            counter.decide("shop-0009", Decision::Approve, "mia", "2026-02-02T09:00:00Z").await,
        ),
        ("a line of a batch", Kind::NotFound, counter.propose(stranger, "mia", "closed").await),
        ("a proposal", Kind::NotFound, find_proposal(at, program, "shop-p0009").await.err()),
        ("a creator", Kind::NotFound, counter.propose(Request::WriteOff { creator_id: "zoe" }, "mia", "gone").await),
        ("a creator's statement", Kind::NotFound, statement_of(at, program, "zoe", None, as_of).await.err()),
        ("an order", Kind::NotFound, counter.explain("o99").await),
        (
            "an order to credit",
            Kind::NotFound,
            counter.propose(Request::Credit { order_id: "o99", creator_id: "ana" }, "mia", "banner").await,
        ),
        ("the facts of a run", Kind::NotFound, counter.run_with("nightly", options).await.err()),
        ("a program in the ledger", Kind::NotFound, app::check(at, &wanted).await.err()),
        ("a folder of programs", Kind::NotFound, purser::program::find_files(&counter.shop.path("ledger-data")).err()),
    ]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_done_as_things_stand_is_a_conflict() -> Result<()> {
    let counter = Counter::open().await?;
    let mut cases = vec![("an explanation before any reconciliation", Kind::Conflict, counter.explain("o1").await)];
    counter.run("nightly", "2026-02-01T00:00:00Z").await?;
    counter.run("payout", "2026-02-01T09:00:00Z").await?;
    let adjust = Request::Adjust { creator_id: "ana", amount: "1.00", unusual: false };
    assert!(counter.propose(adjust, "mia", "a mistake").await.is_none(), "it is proposed");
    assert!(counter.judge("shop-p0001", APPROVE, "lee").await.is_none(), "it is approved");
    let settlement = Settlement { batch_id: "shop-0001", failed: &[], open: &[], reason: "paid" };
    let settled = settle_batch(&counter.at, &counter.program, "mia", time("2026-02-02T09:00:00Z"), settlement).await;
    cases.extend([
        ("a draft that is settled", Kind::Conflict, settled.err()),
        (
            "an approval before the draft",
            Kind::Conflict,
            counter.decide("shop-0001", Decision::Approve, "mia", "2026-01-02T09:00:00Z").await,
        ),
        ("a proposal that was decided", Kind::Conflict, counter.judge("shop-p0001", Verdict::Reject, "lee").await),
        (
            "a draft that is voided",
            Kind::Conflict,
            counter.propose(Request::Void { batch_id: "shop-0001" }, "mia", "not sent").await,
        ),
        ("no debt to write off", Kind::Conflict, counter.propose(Request::WriteOff { creator_id: "ana" }, "mia", "gone").await),
        ("a run before the last one", Kind::Conflict, counter.run("nightly", "2026-01-31T00:00:00Z").await.err()),
    ]);
    assert!(counter.decide("shop-0001", Decision::Approve, "mia", "2026-02-02T09:00:00Z").await.is_none(), "it is approved");
    let again = counter.decide("shop-0001", Decision::Approve, "mia", "2026-02-02T09:00:00Z").await;
    cases.push(("a batch that was approved", Kind::Conflict, again));
    let orders = counter.shop.read("orders.csv").replace("\no1,", "\no9,");
    counter.shop.write("orders.csv", orders);
    cases.push(("orders that are gone", Kind::Conflict, counter.run("nightly", "2026-02-03T00:00:00Z").await.err()));
    compare(cases);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_made_it_is_forbidden_to_approve_it() -> Result<()> {
    let counter = Counter::open().await?;
    counter.run("nightly", "2026-02-01T00:00:00Z").await?;
    counter.run("payout", "2026-02-01T09:00:00Z").await?;
    let adjust = Request::Adjust { creator_id: "ana", amount: "1.00", unusual: false };
    assert!(counter.propose(adjust, "mia", "a mistake").await.is_none(), "it is proposed");
    compare(vec![
        (
            "one's own batch",
            Kind::Forbidden,
            counter.decide("shop-0001", Decision::Approve, "Rosa", "2026-02-02T09:00:00Z").await,
        ),
        ("one's own proposal", Kind::Forbidden, counter.judge("shop-p0001", APPROVE, " Mia").await),
    ]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_used_is_invalid() -> Result<()> {
    let counter = Counter::open().await?;
    counter.run("nightly", "2026-02-01T00:00:00Z").await?;
    let adjust = |amount| Request::Adjust { creator_id: "ana", amount, unusual: false };
    let (shop, mut cases) = (&counter.shop, Vec::new());
    cases.push(("an amount", Kind::Invalid, counter.propose(adjust("1.005"), "mia", "a mistake").await));
    cases.push(("nothing", Kind::Invalid, counter.propose(adjust("0"), "mia", "a mistake").await));
    cases.push(("no name", Kind::Invalid, counter.propose(adjust("1"), " ", "a mistake").await));
    cases.push(("no reason", Kind::Invalid, counter.propose(adjust("1"), "mia", "").await));
    for (what, row) in [("a row's amount", "ana,much"), ("a row's creator", "zoe,1.00"), ("a row twice", "ana,1.00\nana,2.00")] {
        shop.write("opening.csv", format!("creator_id,amount\n{row}\n"));
        let request = Request::Open { file: &shop.path("opening.csv"), adds_to: &[], unusual: false };
        cases.push((what, Kind::Invalid, counter.propose(request, "mia", "old system").await));
    }
    shop.write("broken.toml", shop.read("shop.toml").replace("USD", "dollars"));
    cases.push(("a program file", Kind::Invalid, Program::load(&shop.path("broken.toml")).err()));
    cases.push(("an address", Kind::Invalid, Address::parse("mysql://host/purser").err()));
    cases.push(("a sender", Kind::Invalid, Post::new("nobody", "", "", "").err()));
    compare(cases);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_there_yet_is_transient() -> Result<()> {
    let counter = Counter::open().await?;
    fs::remove_file(counter.shop.path("orders.csv"))?;
    compare(vec![("a file of a table", Kind::Transient, counter.run("nightly", "2026-02-01T00:00:00Z").await.err())]);
    Ok(())
}
