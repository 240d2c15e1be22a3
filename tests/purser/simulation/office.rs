//! Purser at work for the simulated shop: each command is done by purser and foretold by the books, and after each the two
//! are compared.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::support::database::{Database, Kind};
use crate::support::in_memory;
use anyhow::{Context, Result, bail, ensure};
use purser::adjustments::{self, Grounds, Known, Settlement, Verdict};
use purser::app::{self, Actor, Environment, RunOptions, RunResult};
use purser::calendar::format_time;
use purser::ledger::{Balance, balances};
use purser::outbox::Post;
use purser::payout;
use purser::posting::last_basis;
use purser::program::Program;
use purser::store::{Address, Store};
use tempfile::TempDir;

use super::books::{Books, Decision, Posted, RESTATES, Refusals, State};
use super::days;
use super::journal::{Expected, Journal, local_day};
use super::statements::Told;
use super::terms::Terms;
use super::world::{Spoiled, World};

pub struct Office {
    pub world: World,
    pub program: Program,
    pub books: Books,
    pub journal: Journal,
    pub told: Told,
    /// The latest time at which anything was done.
    pub clock: i64,
    /// How many proposals were made.
    proposals: usize,
    /// Whether the last night had other terms than the one before.
    other_terms: bool,
    /// What is being done, for the message of a mismatch.
    pub step: String,
    at: Environment,
    // The database is dropped before the folder that may hold it.
    _database: Database,
    folder: TempDir,
}

/// How a run is ordered.
#[derive(Clone, Copy, Default)]
pub struct Way {
    pub by: &'static str,
    pub rehearsal: bool,
    pub scheduled: bool,
    pub accept_missing: bool,
    pub restate: bool,
    /// The shop has not exported its files anew.
    pub same_files: bool,
}

/// By the one who orders most of them.
pub const USUAL: Way =
    Way { by: "rosa", rehearsal: false, scheduled: false, accept_missing: false, restate: false, same_files: false };

impl Office {
    pub async fn open(seed: u64, kind: Kind) -> Result<Self> {
        let folder = in_memory();
        std::fs::create_dir(folder.path().join("data")).context("a folder for the tables")?;
        let database = Database::new(kind, folder.path());
        let store = Store::open(&Address::parse(&database.url)?).await?;
        let world = World::new(seed);
        Ok(Self {
            program: program(&world.terms, &folder)?,
            clock: world.start,
            world,
            books: Books::default(),
            journal: Journal::new(),
            told: Told::default(),
            proposals: 0,
            other_terms: false,
            step: String::new(),
            at: Environment {
                store,
                keyring: Default::default(),
                data: folder.path().join("kept"),
                lease: Duration::from_secs(60),
                post: Post::new("", "", "", "")?.into(),
                proof: Default::default(),
                shelf: Default::default(),
                // After the last day of every shop, today or in years: what is played does not depend on when it is played.
                clock: || 1_893_456_000_000_000,
            },
            _database: database,
            folder,
        })
    }

    /// Changes the program file.
    pub fn change_terms(&mut self) -> Result<()> {
        let balances = self.books.balances();
        let payable: Vec<i64> = balances.values().map(|balance| balance.payable).filter(|payable| *payable > 0).collect();
        self.world.tally.add("program changes");
        if !payable.is_empty() {
            self.world.tally.add("program changes while money is payable");
        }
        let World { rng, terms, .. } = &mut self.world;
        terms.change(rng, &payable);
        self.program = program(terms, &self.folder)?;
        Ok(())
    }

    /// Fetches and reconciles; answers why that was to be refused. A restatement is refused first, and then meant.
    pub async fn nightly(&mut self, as_of: i64, way: Way, spoiled: Option<Spoiled>) -> Result<Refusals> {
        let refusals = self.reconcile(as_of, way, spoiled).await?;
        if refusals != [RESTATES] {
            return Ok(refusals);
        }
        self.world.tally.add("refused: a restatement");
        self.reconcile(as_of, Way { restate: true, ..way }, spoiled).await
    }

    async fn reconcile(&mut self, as_of: i64, way: Way, spoiled: Option<Spoiled>) -> Result<Refusals> {
        self.step = format!("nightly at {}, {way:?}, spoiled: {spoiled:?}", format_time(as_of));
        if !way.same_files {
            self.world.write_files(&self.folder.path().join("data"), spoiled);
        }
        let next = Posted::new(&self.program, self.world.facts(), as_of);
        let mut refusals = self.books.refuse_reconciliation(&next, way.accept_missing, way.restate);
        if spoiled.is_some() {
            refusals = vec!["nothing was posted", "would be earlier"];
        }
        let done = self.run("nightly", as_of, way).await;
        ensure!(!matches!(done, Ok(RunResult::DoneBefore(_))), "took a new slot for one that was done");
        agree(&refusals, &done)?;
        let mut entry = None;
        if refusals.is_empty() && !way.rehearsal {
            let notes = self.books.notes(&next);
            self.other_terms = self.books.posted.as_ref().is_some_and(|posted| !posted.program.pays_like(&next.program));
            entry = notes.then_some(Expected { kind: "reconciled", subject: "", as_of, by: way.by });
            self.books.posted = Some(next);
            self.clock = self.clock.max(as_of);
        }
        self.compare(entry.as_slice()).await?;
        Ok(refusals)
    }

    /// Starts the run of a slot that was done.
    pub async fn slot_again(&mut self, as_of: i64) -> Result<()> {
        self.step = format!("nightly again for the slot {}", format_time(as_of));
        let done = self.run("nightly", as_of, Way { scheduled: true, ..USUAL }).await?;
        ensure!(matches!(done, RunResult::DoneBefore(_)), "did a slot twice");
        self.compare(&[]).await
    }

    pub async fn payout(&mut self, as_of: i64, way: Way) -> Result<()> {
        self.step = format!("payout at {}, {way:?}", format_time(as_of));
        let refusals = self.books.refuse_earlier(as_of);
        let batch = self.books.draft(&self.program, as_of, way.by);
        let done = self.run("payout", as_of, way).await;
        agree(&refusals, &done)?;
        if !refusals.is_empty() {
            self.world.tally.add("refused: a payout earlier than the last run");
            return self.compare(&[]).await;
        }
        self.clock = self.clock.max(as_of);
        let Some(batch) = batch.filter(|_| !way.rehearsal) else {
            self.world.tally.add(if way.rehearsal { "payouts rehearsed" } else { "payouts where nobody is due" });
            return self.compare(&[]).await;
        };
        let met = batch.lines.values().any(|amount| *amount == self.program.payout.minimum);
        self.world.tally.add("batches drafted");
        if met {
            self.world.tally.add("balances that are just the minimum");
        }
        if batch.lines.values().any(|amount| *amount < self.program.payout.minimum) {
            self.world.tally.add("last balances below the minimum");
        }
        let id = batch.id.clone();
        self.books.batches.push(batch);
        self.books.last_entry = self.books.last_entry.max(Some(as_of));
        self.compare(&[Expected { kind: "drafted", subject: &id, as_of, by: way.by }]).await
    }

    pub async fn decide(&mut self, place: usize, decision: Decision<'_>, by: &str, as_of: i64) -> Result<()> {
        let id = self.books.batches[place].id.clone();
        self.step = format!("{decision:?} {id} by {by} at {}", format_time(as_of));
        let refusals = self.books.refuse_decision(place, decision, by, as_of);
        let (store, program) = (&self.at.store, &self.program);
        let grounds = payout::Grounds { payees: None, keyring: &self.at.keyring, seen: None };
        let done = match decision {
            Decision::Approve => {
                payout::decide(store, program, payout::Decision::Approve, &id, (by, as_of), grounds).await.map(|_| ())
            }
            Decision::Reject => {
                payout::decide(store, program, payout::Decision::Reject, &id, (by, as_of), grounds).await.map(|_| ())
            }
            Decision::Settle { failed } => {
                let settlement = Settlement { batch_id: &id, failed, open: &[], reason: "the account is closed" };
                adjustments::settle(store, program, settlement, by, as_of).await.map(|_| ())
            }
        };
        agree(&refusals, &done)?;
        for refusal in &refusals {
            self.world.tally.add(format!("refused: a batch because it {refusal}"));
        }
        if !refusals.is_empty() {
            return self.compare(&[]).await;
        }
        self.clock = self.clock.max(as_of);
        self.books.decide(place, decision, by, as_of);
        let (kind, fate) = match decision {
            Decision::Approve => ("approved", "batches approved"),
            Decision::Reject => ("rejected", "batches rejected"),
            Decision::Settle { failed: [] } => ("settled", "batches settled"),
            Decision::Settle { .. } => ("settled", "batches partly failed"),
        };
        self.world.tally.add(fate);
        let mut entries = vec![Expected { kind, subject: &id, as_of, by }];
        if !self.books.batches[place].in_question {
            return self.compare(&entries).await;
        }
        self.proposals += 1;
        let proposal = format!("{}-p{:04}", self.program.id, self.proposals);
        entries.push(Expected { kind: "proposed", subject: &proposal, as_of, by });
        self.compare(&entries).await?;
        // Somebody else confirms that the payments failed.
        let (verdict, lists) = (Verdict::Approve { unusual: false }, self.folder.path().join("payments"));
        let grounds = Grounds { known: &Known::default(), lists: &lists };
        adjustments::decide(&self.at.store, &self.program, grounds, verdict, &proposal, "olga", as_of).await?;
        self.books.batches[place].in_question = false;
        self.compare(&[Expected { kind: "accepted", subject: &proposal, as_of, by: "olga" }]).await
    }

    pub async fn statements(&mut self, as_of: i64) -> Result<()> {
        self.step = format!("statements at {}", format_time(as_of));
        let mut refusals = self.books.refuse_earlier(as_of);
        if self.told.built_at.is_some_and(|built| as_of < built) {
            refusals.push("would be earlier than the last that were built");
        }
        let done = self.run("statements", as_of, USUAL).await;
        agree(&refusals, &done)?;
        self.compare(&[]).await?;
        if !refusals.is_empty() {
            self.world.tally.add("refused: statements earlier than the last ones");
            return Ok(());
        }
        self.clock = self.clock.max(as_of);
        let due = self.told.due(&self.journal.transfers, local_day(self.program.time_zone, as_of));
        if due.clone().count() > 1 {
            self.world.tally.add("several months closed at once");
        }
        let balances = self.books.balances();
        for month in due {
            let transfers = &self.journal.transfers;
            let count = self.told.check(&self.at.store, &self.program.id, month, transfers, &balances).await?;
            self.told.built_at = Some(as_of);
            self.world.tally.add("months closed");
            if count > 0 {
                self.world.tally.add("months with statements");
            }
        }
        Ok(())
    }

    async fn run(&self, job: &str, as_of: i64, way: Way) -> Result<RunResult> {
        let job = self.program.job(job).context("there is no such job")?;
        app::run(&self.at, &self.program, job, &order(as_of, way), &|_| Ok(())).await
    }

    /// Compares everything that purser shows with the books.
    async fn compare(&mut self, entries: &[Expected<'_>]) -> Result<()> {
        let Self { at, program, books, journal, world, other_terms, .. } = self;
        let (store, id) = (&at.store, program.id.as_str());
        let first = journal.read_on(store, id, entries).await?;
        let entry = entries.first();
        let (shown, wanted) = (balances(store, id).await?, books.balances());
        for creator in shown.keys().chain(wanted.keys()) {
            let of = |balances: &BTreeMap<String, Balance>| balances.get(creator).copied().unwrap_or_default();
            let (shown, wanted) = (of(&shown), of(&wanted));
            ensure!(shown == wanted, "the balance of {creator} is {shown:?}, not {wanted:?}");
        }
        compare_batches(store, id, books).await?;
        let Some(posted) = &books.posted else { return Ok(()) };
        journal.check_standing(&posted.standing)?;
        days::check(&journal.transfers[first..], program, world, entry, *other_terms)?;
        if entry.is_none_or(|entry| entry.kind == "reconciled") {
            compare_exports(at, program, posted).await?;
        }
        Ok(())
    }

    /// What is slow to look at, for now and then.
    pub async fn audit(&mut self) -> Result<()> {
        self.step = "audit of all tables".to_owned();
        self.journal.audit(&self.at.store, &self.program.id).await
    }
}

fn program(terms: &Terms, folder: &TempDir) -> Result<Program> {
    let text = terms.text();
    Program::parse("sim", &text, folder.path()).with_context(|| format!("in the program file {text}"))
}

/// How a run is told what to do.
fn order(as_of: i64, way: Way) -> RunOptions {
    RunOptions {
        as_of,
        actor: Actor::Person(way.by.to_owned()),
        now: as_of,
        dry_run: way.rehearsal,
        facts_of_run: None,
        slot: way.scheduled.then_some(as_of),
        waits: true,
        close_months: 0,
        files: BTreeSet::new(),
        new_program: false,
        accept_missing: way.accept_missing.then(|| "they are gone for good".to_owned()),
        drop_clicks: None,
        restate: way.restate.then(|| "it is meant".to_owned()),
    }
}

impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "by {}", self.by)?;
        let words = [
            (self.rehearsal, "as a rehearsal"),
            (self.scheduled, "for its slot"),
            (self.accept_missing, "accepting what is missing"),
            (self.same_files, "on the same files"),
        ];
        words.iter().filter(|(is_so, _)| *is_so).try_for_each(|(_, words)| write!(f, ", {words}"))
    }
}

/// Something is done exactly when nothing speaks against it, and refused for one of the reasons.
fn agree<T>(refusals: &Refusals, done: &Result<T>) -> Result<()> {
    match done {
        Ok(_) if refusals.is_empty() => Ok(()),
        Ok(_) => bail!("was done, but had to be refused: {}", refusals.join(", or ")),
        Err(error) if refusals.is_empty() => bail!("was refused: {error:#}"),
        Err(error) => {
            let text = format!("{error:#}");
            ensure!(refusals.iter().any(|why| text.contains(why)), "was refused, but not because of {refusals:?}: {text}");
            Ok(())
        }
    }
}

async fn compare_batches(store: &Store, program: &str, books: &Books) -> Result<()> {
    let shown = payout::batches(store, program).await?;
    ensure!(shown.len() == books.batches.len(), "there are {} batches instead of {}", shown.len(), books.batches.len());
    for (shown, wanted) in shown.iter().zip(&books.batches) {
        let state = match wanted.state {
            State::Draft => "draft",
            State::Approved => "approved",
            State::Settled => "settled",
            State::Rejected => "rejected",
        };
        let line = (shown.batch_id.as_str(), shown.state.code(), shown.creators, shown.amount, shown.created_at);
        let (creators, amount) = (wanted.lines.len() as i64, wanted.lines.values().sum::<i64>());
        ensure!(
            line == (wanted.id.as_str(), state, creators, amount, wanted.created_at)
                && (&shown.drafted_by, &shown.approved_by) == (&wanted.drafted_by, &wanted.approved_by),
            "the batch {shown:?} should be {state} and pay {:?}",
            wanted.lines
        );
    }
    let Some(wanted) = books.batches.last() else { return Ok(()) };
    let lines = payout::find(store, program, &wanted.id).await?.1;
    let lines: BTreeMap<String, i64> = lines.into_iter().map(|(line, _)| (line.creator_id, line.amount)).collect();
    ensure!(lines == wanted.lines, "batch {} pays {lines:?} instead of {:?}", wanted.id, wanted.lines);
    Ok(())
}

/// The exports `orders`, `commissions` and `exceptions` against the model.
async fn compare_exports(at: &Environment, program: &Program, posted: &Posted) -> Result<()> {
    let kept = last_basis(&at.store, program).await?.context("nothing is kept")?.outcome;
    let mut shown = Vec::new();
    kept.for_each_target(&at.data, |t| {
        let texts = [t.kind, t.order_id, t.line_id, t.creator_id, t.touch].map(str::to_owned);
        shown.push((texts, t.base, t.commission, t.payable));
        Ok(())
    })?;
    let wanted = posted.model.commissions.iter().map(|row| {
        let texts = [row.kind.code(), &row.order_id, &row.line_id, &row.creator_id, &row.touch].map(str::to_owned);
        (texts, row.base, row.commission, row.payable)
    });
    same("commission", shown, wanted.collect())?;
    let mut shown = Vec::new();
    kept.for_each_order(&at.data, |order| {
        shown.push(order.map(str::to_owned));
        Ok(())
    })?;
    let wanted = posted.model.orders.iter().map(|o| [&o.order_id, o.outcome().code(), o.reason.code()].map(str::to_owned));
    same("order", shown, wanted.collect())?;
    same("exception", kept.exceptions(&at.data)?.into_iter().collect(), posted.model.exceptions.clone())
}

fn same<T: Ord + std::fmt::Debug>(what: &str, mut shown: Vec<T>, mut wanted: Vec<T>) -> Result<()> {
    shown.sort();
    wanted.sort();
    let differing = shown.iter().zip(&wanted).find(|(shown, wanted)| shown != wanted);
    if let Some((shown, wanted)) = differing {
        bail!("an exported {what} is {shown:?} instead of {wanted:?}");
    }
    ensure!(shown.len() == wanted.len(), "{} {what}s are exported instead of {}", shown.len(), wanted.len());
    Ok(())
}
