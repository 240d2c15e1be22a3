//! Three people with many spellings try whatever comes to their minds, in any order, at any time, with edits in between:
//! what is done and what is refused is foretold by a small model of who may do what.
//!
//! It holds that nobody pays alone, that nothing pays twice, that no time runs ahead or back, and that nothing payable is
//! restated without a word: each balance is the model's after every command, and every refusal has a reason of the model's.
//! `PURSER_SEED=7 tests/run controls` replays one sequence, and `PURSER_SEQUENCES=100000` tries more of them.

mod act;
mod batch;
mod binary;
mod chance;
mod earnings;
mod files;
mod in_process;
mod model;
mod people;
mod records;
mod users;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, ensure};

use crate::support::database::Kind;
use crate::support::tally::Tally;
use act::{Act, What};
use chance::Chance;
use model::{Model, Refusals};

/// How many sequences are tried in this process, and how many through the binary on each database.
const IN_PROCESS: u64 = 10_000;
const BY_BINARY: u64 = 100;

/// How many commands each has.
const COMMANDS: usize = 20;

/// Every so many sequences, the audit looks at what they left.
const AUDITED: u64 = 50;

/// Compares what came of a command with the model, and lets the model do it, too.
fn foretold(model: &mut Model, act: &Act, refused: Option<String>, tally: &mut Tally) -> Result<()> {
    let refusals = model.refusals(act);
    let name = name_of(&act.what);
    match refused {
        None => {
            ensure!(refusals.is_empty(), "was done, but had to be refused: {}", listed(&refusals));
            model.apply(act);
            tally.add(format!("done: {name}"));
        }
        Some(text) => {
            ensure!(!refusals.is_empty(), "was refused: {text}");
            ensure!(
                refusals.iter().any(|why| text.contains(why)),
                "was not refused because it {}, but: {text}",
                listed(&refusals)
            );
            if let [only] = refusals.iter().collect::<Vec<_>>()[..] {
                tally.add(format!("refused: {name}: {only}"));
            }
        }
    }
    Ok(())
}

fn listed(refusals: &Refusals) -> String {
    refusals.iter().copied().collect::<Vec<_>>().join(", or ")
}

/// Two creators' balances in words.
fn same_balances(shown: [[i64; 4]; 2], model: &Model) -> Result<()> {
    let wanted = [0, 1].map(|creator| model.balance(creator));
    ensure!(shown == wanted, "pending, payable, reserved and paid of the two are {shown:?}, not {wanted:?}");
    Ok(())
}

async fn in_process(seed: u64, tally: &mut Tally) -> Result<()> {
    let mut chance = Chance::new(seed);
    let mut model = Model::new(chance.terms());
    model.roles = Chance::roles(seed);
    let mut office = in_process::Office::open(&model).await?;
    for number in 1..=COMMANDS {
        chance.days_go_by(&mut model);
        let act = chance.act(&model);
        let told = || format!("command {number}, purser {} ({:?})", act.arguments().join(" "), act.shown);
        let refused = office.give(&act, &model).await.err().map(|error| format!("{error:#}"));
        foretold(&mut model, &act, refused, tally).with_context(told)?;
        same_balances(office.balances().await?, &model).with_context(told)?;
    }
    if seed.is_multiple_of(AUDITED) { office.check().await } else { Ok(()) }
}

fn by_binary(seed: u64, kind: Kind, tally: &mut Tally) -> Result<()> {
    let mut chance = Chance::new(seed);
    let mut model = Model::new(chance.terms());
    let shop = binary::open(kind, &model);
    for number in 1..=COMMANDS {
        chance.days_go_by(&mut model);
        let act = chance.act(&model);
        let told = || format!("on {kind:?}, command {number}, purser {}", act.arguments().join(" "));
        let done = binary::give(&shop, &act, &model);
        let refused = (!done.ok).then_some(done.err);
        foretold(&mut model, &act, refused, tally).with_context(told)?;
    }
    same_balances(binary::balances(&shop), &model)?;
    shop.must(&["check"]);
    Ok(())
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}

/// Tries sequences on all processors until there were enough or one went wrong; answers what happened in them.
fn try_all(sequences: u64, one: impl Fn(u64, &mut Tally) -> Result<()> + Sync) -> Tally {
    let (first, last) = number("PURSER_SEED").map_or((0, sequences), |seed| (seed, seed + 1));
    let (next, total, trouble) = (AtomicU64::new(first), Mutex::new(Tally::default()), Mutex::new(None));
    let work = || {
        let mut tally = Tally::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= last || trouble.lock().expect("nobody panicked").is_some() {
                return total.lock().expect("nobody panicked").merge(tally);
            }
            let told = || format!("sequence {seed} (replay it with PURSER_SEED={seed} tests/run controls)");
            if let Err(error) = one(seed, &mut tally).with_context(told) {
                *trouble.lock().expect("nobody panicked") = Some(error);
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    if let Some(error) = trouble.into_inner().expect("nobody panicked") {
        panic!("{error:#}");
    }
    total.into_inner().expect("nobody panicked")
}

#[test]
fn whatever_people_try_only_what_they_may_is_done() {
    let sequences = number("PURSER_SEQUENCES").unwrap_or(IN_PROCESS);
    let tally = try_all(sequences, |seed, tally| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(in_process(seed, tally))
    });
    println!("{sequences} sequences\n{tally}");
    if number("PURSER_SEED").is_none() && sequences >= IN_PROCESS {
        let missing = tally.missing(&HAPPENS.map(str::to_owned));
        assert!(missing.is_empty(), "in {sequences} sequences there never were: {missing:?}");
    }
}

#[test]
fn the_command_line_has_the_same_controls_on_both_databases() {
    for kind in Kind::BOTH {
        println!("{kind:?}\n{}", try_all(BY_BINARY, |seed, tally| by_binary(seed, kind, tally)));
    }
}

/// What is done, without its particulars.
fn name_of(what: &What) -> &'static str {
    match what {
        What::Nightly { restate: true } => "a restating night",
        What::Nightly { .. } => "a night",
        What::Payout => "a payout",
        What::Approve(_) => "an approval",
        What::Reject(_) => "a rejection",
        What::Export(_) => "an export",
        What::Settle(_, [false, false]) => "a settlement",
        What::Settle(..) => "a settlement with failures",
        What::HoldLine(..) => "a line taken out",
        What::ReleaseLine(..) => "a line put back",
        What::Hold(_) => "a hold",
        What::Release(_) => "a release",
        What::Return(..) => "a return",
        What::Void(_) => "a void",
        What::Adjust { .. } => "an adjustment",
        What::WriteOff(_) => "a write-off",
        What::Open { .. } => "an opening",
        What::Close(_) => "a closing",
        What::Accept(..) => "an acceptance",
        What::Decline(_) => "a refusal",
    }
}

/// What must happen, for no control to go untried: everything is done, and refused for each of these reasons alone.
const HAPPENS: [&str; 72] = [
    "done: a closing",
    "done: a hold",
    "done: a line put back",
    "done: a line taken out",
    "done: a night",
    "done: a payout",
    "done: a refusal",
    "done: a rejection",
    "done: a release",
    "done: a restating night",
    "done: a return",
    "done: a settlement with failures",
    "done: a settlement",
    "done: a void",
    "done: a write-off",
    "done: an acceptance",
    "done: an adjustment",
    "done: an approval",
    "done: an export",
    "done: an opening",
    "refused: a closing: books are never opened again",
    "refused: a closing: the ledger has not seen the end of",
    "refused: a hold: has been on hold since",
    "refused: a line put back: less is payable to",
    "refused: a line put back: release that first",
    "refused: a line taken out: is the only one whom batch",
    "refused: a line taken out: was taken out of batch",
    "refused: a night: If it is intended, run again with --restate",
    "refused: a night: is in the future",
    "refused: a night: postings are never undone by going back in time",
    "refused: a night: the program's earliest day",
    "refused: a payout: is in the future",
    "refused: a payout: postings are never undone by going back in time",
    "refused: a payout: prove that you are",
    "refused: a payout: the token is not that of",
    "refused: a refusal: cannot be dated earlier than that",
    "refused: a refusal: it cannot be decided again",
    "refused: a rejection: cannot be dated earlier than that",
    "refused: a release: is not on hold",
    "refused: a restating night: this requires an approver",
    "refused: a return: has already proposed this",
    "refused: a return: has no line for",
    "refused: a return: only a payment that was made can be returned",
    "refused: a settlement with failures: has no line for",
    "refused: a settlement: cannot be settled until that proposal is approved or rejected",
    "refused: a settlement: it has no unresolved payments",
    "refused: a void: has already proposed this",
    "refused: a write-off: owes nothing that could be written off",
    "refused: an acceptance: and cannot approve it",
    "refused: an acceptance: cannot be dated earlier than that",
    "refused: an acceptance: decide about that first",
    "refused: an acceptance: is far larger than usual",
    "refused: an acceptance: it cannot be decided again",
    "refused: an acceptance: prove that you are",
    "refused: an acceptance: so less is owed than the proposal would write off",
    "refused: an adjustment: has already proposed the same for the same reason",
    "refused: an adjustment: is far larger than usual",
    "refused: an approval: and cannot approve it",
    "refused: an approval: this requires an approver",
    "refused: an approval: cannot be dated earlier than that",
    "refused: an approval: has fallen below zero",
    "refused: an approval: is none of them",
    "refused: an approval: it cannot be approved",
    "refused: an approval: the next signature has to be somebody else's",
    "refused: an export: this requires an approver",
    "refused: an export: cannot be dated earlier than that",
    "refused: an export: cannot be exported until that proposal is approved or rejected",
    "refused: an export: it cannot be exported",
    "refused: an export: settled without a payment list",
    "refused: an opening: a second one would be added to it",
    "refused: an opening: is far larger than usual",
    "refused: an opening: is not an opening-balance proposal for any creator in this file",
];
