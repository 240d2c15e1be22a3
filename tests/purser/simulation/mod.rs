//! Random shops, followed for three months in which everything happens that may: each step of purser is foretold by books
//! that somebody else keeps.
//!
//! The books rest on the plain model of the rules (`purser::explain::model`) and on what became of each batch; they know
//! nothing of entries, differences or runs. `PURSER_SEED=7 tests/run simulation` replays one shop, and
//! `PURSER_SIMULATE=600` goes on with new ones for ten minutes.

mod books;
mod days;
mod edits;
mod journal;
mod office;
mod statements;
mod story;
mod terms;
mod world;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::support::database::Kind;
use crate::support::tally::Tally;
use office::Office;

/// These shops are always tried; those after them were never seen before.
const ALWAYS: u64 = 6;

/// How long new shops are tried, seconds.
const SECONDS: u64 = 20;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}

/// Follows a shop to its end; answers the head of its chain, and counts what happened.
///
/// # Errors
///
/// The first step at which purser and the books disagree.
fn follow(seed: u64, kind: Kind) -> Result<(String, Tally)> {
    let today = Cell::new(0);
    let told = || format!("shop {seed}, day {} (replay it with PURSER_SEED={seed} tests/run simulation)", today.get());
    let days = async {
        let mut office = Office::open(seed, kind).await?;
        let mut absence = office.absence();
        for day in 0..story::DAYS {
            today.set(day);
            let done = office.day(day, &mut absence).await;
            done.with_context(|| office.step.clone())?;
        }
        anyhow::Ok((office.journal.head, office.world.tally))
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    match catch_unwind(AssertUnwindSafe(|| runtime.block_on(days))) {
        Ok(done) => done.with_context(told),
        Err(_) => bail!("{}: panicked, as told above", told()),
    }
}

/// The shops after those that are always tried: others at every start.
fn fresh() -> u64 {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    ALWAYS + u64::from(since_1970.subsec_nanos()) * 1_000
}

#[test]
fn the_ledger_agrees_with_independent_books_after_every_step() {
    let seed = number("PURSER_SEED");
    let until = Instant::now() + Duration::from_secs(number("PURSER_SIMULATE").unwrap_or(SECONDS));
    let (first, fresh) = (seed.unwrap_or(0), fresh());
    let (next, total) = (AtomicU64::new(0), Mutex::new((Tally::default(), 0)));
    let trouble = Mutex::new(None);
    let work = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let is_enough = if seed.is_some() { place > 0 } else { place >= ALWAYS && Instant::now() > until };
            if is_enough || trouble.lock().expect("nobody panicked").is_some() {
                return;
            }
            let seed = if place < ALWAYS { first + place } else { fresh + place };
            match follow(seed, Kind::Sqlite) {
                Ok((_, tally)) => {
                    let mut total = total.lock().expect("nobody panicked");
                    total.0.merge(tally);
                    total.1 += 1;
                }
                Err(error) => *trouble.lock().expect("nobody panicked") = Some(error),
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    if let Some(error) = trouble.into_inner().expect("nobody panicked") {
        panic!("{error:#}");
    }
    let (tally, shops) = total.into_inner().expect("nobody panicked");
    println!("{shops} shops, {} days\n{tally}", shops * story::DAYS);
    if seed.is_none() {
        let missing = tally.missing(&HAPPENS.map(str::to_owned));
        assert!(missing.is_empty(), "in {shops} shops there never were: {missing:?}");
    }
}

/// Entries hold no wall clock, no random id and nothing of the database: on either, the chain ends in the same hash.
#[test]
fn both_databases_end_with_the_same_chain() {
    let seeds = number("PURSER_SEED").map_or(vec![0, 1], |seed| vec![seed]);
    for seed in seeds {
        let heads = Kind::BOTH.map(|kind| follow(seed, kind).unwrap_or_else(|error| panic!("on {kind:?}: {error:#}")).0);
        assert_eq!(heads[0], heads[1], "shop {seed}");
    }
}

/// What must happen within any number of shops.
const HAPPENS: [&str; 54] = [
    "orders",
    "late orders",
    "clicks",
    "late clicks",
    "refunds",
    "late refunds",
    "edits",
    "late edits",
    "cancellations",
    "late cancellations",
    "late payments",
    "exchange rates",
    "late exchange rates",
    "fees",
    "late fees",
    "tables with rows twice",
    "tables in another order",
    "handovers",
    "handovers told late",
    "creators joining",
    "creators leaving",
    "creators changing group",
    "program changes",
    "program changes while money is payable",
    "a night skipped",
    "several nights missed",
    "a night repeated",
    "the same files later",
    "a slot started twice",
    "rehearsals",
    "payouts rehearsed",
    "payouts where nobody is due",
    "batches drafted",
    "balances that are just the minimum",
    "last balances below the minimum",
    "batches approved",
    "batches rejected",
    "batches settled",
    "batches partly failed",
    "months closed",
    "months with statements",
    "several months closed at once",
    "statements repeated",
    "truncated exports accepted",
    "refused: a truncated export",
    "refused: a restatement",
    "refused: bad rows",
    "refused: a night earlier than the last",
    "refused: a payout earlier than the last run",
    "refused: statements earlier than the last ones",
    "refused: a batch because it someone else has to",
    "refused: a batch because it has fallen below zero",
    "refused: a batch because it only a batch that is",
    "refused: a batch because it cannot be dated earlier than that",
];
