//! What the bank says: its answers matched with payments, and what follows.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::adjustments::propose_admitted;
use super::bank_charges;
use super::bank_problems;
use super::door::admit;
use super::environment::Environment;
use crate::adjustments::{self, Kind as ProposalKind, Proposal, Request, Settled, Settlement, State as ProposalState};
use crate::error::is_conflict;
use crate::ledger::check_currency_shown;
use crate::money::{Currency, Money};
use crate::payout::{
    self, Answer, Answers, BatchState, Charged, Conversions, FundsAvailable, LineState, Outcome, Problem, SentLine, payment_id,
    read_answers,
};
use crate::program::Program;
use crate::users::Act;
use crate::vocabulary::BankProblem;

/// What followed from a bank's answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// By batch: the settlement of what was paid, with the proposal about what failed.
    pub settled: Vec<(String, Settled)>,
    /// Payments that were made before and came back, each for a second person to approve.
    pub returned: Vec<Proposal>,
    /// By batch: what the bank took for its payments.
    pub charged: Vec<(String, Charged)>,
    /// What there is to pay from, where the file says it and it was not known.
    pub funds: Option<FundsAvailable>,
    /// How many answers said what is known already.
    pub known: usize,
    /// How many payments the bank has not finished.
    pub open: usize,
    /// What somebody has to look at: answers that fit no payment, or say something else than the ledger.
    pub problems: Vec<Problem>,
}

/// What a file says of one batch: the last word about each payment.
type Said<'a> = Vec<(&'a Answer, String)>;

/// A line of the batch that is decided about.
struct Line {
    batch: BatchState,
    /// What the bank was to pay: minor units of this currency.
    paid: (i64, Currency),
    state: LineState,
}

/// What is to be done about a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Todo {
    paid: BTreeSet<String>,
    failed: BTreeMap<String, String>,
    open: Vec<String>,
    returned: BTreeMap<String, String>,
    known: usize,
    unfinished: usize,
    problems: Vec<Problem>,
}

/// Books what a bank's file says: payments that were made are settled; that one failed, or came back, is proposed for a second person to
/// approve, with the bank's reason. What fits no payment, or says something else than the ledger, is kept as an exception until somebody
/// acknowledges it. `file` is what the file is called, for people, and its text. Importing the same again changes nothing.
///
/// # Errors
///
/// When the file cannot be read: nothing is changed then. When a batch can be settled only after a proposal about it is decided: a
/// repeat does the rest.
pub async fn import_answers(at: &Environment, program: &Program, by: &str, as_of: i64, file: (&str, &str)) -> Result<Imported> {
    let by = &admit(at, program, by, as_of, Act::Decide).await?;
    import_admitted(at, program, by, as_of, file).await
}

/// As [`import_answers`], for somebody who was let in, or a job.
pub(super) async fn import_admitted(
    at: &Environment,
    program: &Program,
    by: &str,
    as_of: i64,
    (file, text): (&str, &str),
) -> Result<Imported> {
    check_currency_shown(&at.store, program).await?;
    let Answers { answers, balance, besides } = read_answers(text)?;
    let mut done = Imported { problems: besides, ..Imported::default() };
    let last = last_words(&answers);
    let besides: BTreeSet<String> = done.problems.iter().map(|problem| problem.about.clone()).collect();
    let named = |line: SentLine| (payment_id(&line.batch_id, &line.creator_id), line);
    let payments: BTreeMap<String, SentLine> = payout::payments(&at.store, &program.id)
        .await?
        .into_iter()
        .map(named)
        .filter(|(id, _)| last.contains_key(id.as_str()) || besides.contains(id))
        .collect();
    let mut batches: BTreeMap<&str, Said> = BTreeMap::new();
    for (id, answer) in last {
        match payments.get(id) {
            Some(line) => batches.entry(&line.batch_id).or_default().push((answer, line.creator_id.clone())),
            None => {
                let what = format!("no batch of {} has a payment {id}", program.id);
                done.problems.push(Problem::of(BankProblem::UnknownPayment, answer, "", what));
            }
        }
    }
    for (batch_id, said) in batches {
        book(at, program, (by, as_of), batch_id, &said, &mut done).await?;
    }
    let mut conversions: BTreeMap<&str, Conversions> = BTreeMap::new();
    for line in payments.values().filter(|line| line.is_sent) {
        if !conversions.contains_key(line.batch_id.as_str()) {
            conversions.insert(&line.batch_id, payout::conversions(&at.store, &program.id, &line.batch_id).await?);
        }
    }
    // What an answer says of another amount is not believed, and books nothing.
    let sent = |answer: &Answer| {
        let line = payments.get(&answer.payment_id)?;
        let (minor, currency) = conversions.get(line.batch_id.as_str())?.paid(&line.creator_id, (line.amount, program.currency));
        let is_it = answer.amount.as_ref().is_none_or(|says| says.is(minor, currency));
        is_it.then_some((line.batch_id.as_str(), line.creator_id.as_str(), line.amount))
    };
    done.charged = bank_charges::book(at, program, (by, as_of), &answers, sent, &mut done.problems).await?;
    if let Some(balance) = balance {
        done.funds = bank_charges::note_balance(at, program, (by, as_of), &balance, &mut done.problems).await?;
    }
    for problem in &mut done.problems {
        name_creator(problem, &payments);
    }
    bank_problems::keep(at, program, (by, as_of), file, &done.problems).await?;
    Ok(done)
}

/// Says whose payment a problem is about that knows only the payment.
fn name_creator(problem: &mut Problem, payments: &BTreeMap<String, SentLine>) {
    if let Some(line) = payments.get(&problem.about).filter(|_| problem.creator_id.is_empty()) {
        problem.creator_id.clone_from(&line.creator_id);
    }
}

/// Of several answers about one payment the gravest counts: what was booked and then came back, came back.
fn last_words(answers: &[Answer]) -> BTreeMap<&str, &Answer> {
    let mut last: BTreeMap<&str, &Answer> = BTreeMap::new();
    for answer in answers {
        let known = last.entry(&answer.payment_id).or_insert(answer);
        if answer.outcome > known.outcome {
            *known = answer;
        }
    }
    last
}

/// Books what is said of a batch. Somebody else may book the same at this moment: what is refused is decided again by what the ledger
/// says by then, and is an error only where that is the same as before.
async fn book(
    at: &Environment,
    program: &Program,
    by: (&str, i64),
    batch_id: &str,
    said: &Said<'_>,
    done: &mut Imported,
) -> Result<()> {
    let mut todo = decide(at, program, batch_id, said).await?;
    let mut settled = settle(at, program, by, batch_id, &todo).await;
    while settled.as_ref().err().is_some_and(is_conflict) {
        let again = decide(at, program, batch_id, said).await?;
        if again == todo {
            break;
        }
        todo = again;
        settled = settle(at, program, by, batch_id, &todo).await;
    }
    done.settled.extend(settled?.map(|settled| (batch_id.to_owned(), settled)));
    for (creator_id, why) in &todo.returned {
        let request = Request::Return { batch_id, creator_id };
        match propose_admitted(at, program, by.0, by.1, request, &reason(std::iter::once(why))).await {
            Ok(proposed) => done.returned.push(proposed.proposal),
            Err(error) if is_conflict(&error) => {
                // Somebody else may have proposed it first.
                if decide(at, program, batch_id, said).await?.returned.contains_key(creator_id) {
                    return Err(error);
                }
                todo.known += 1;
            }
            Err(error) => return Err(error),
        }
    }
    done.known += todo.known;
    done.open += todo.unfinished;
    done.problems.append(&mut todo.problems);
    Ok(())
}

/// Settles what was paid, and proposes what failed; none where the file says neither.
async fn settle(
    at: &Environment,
    program: &Program,
    (by, as_of): (&str, i64),
    batch_id: &str,
    todo: &Todo,
) -> Result<Option<Settled>> {
    if todo.paid.is_empty() && todo.failed.is_empty() {
        return Ok(None);
    }
    let failed: Vec<String> = todo.failed.keys().cloned().collect();
    let reason = reason(todo.failed.values());
    let settlement = Settlement { batch_id, failed: &failed, open: &todo.open, reason: &reason };
    adjustments::settle(&at.store, program, settlement, by, as_of).await.map(Some)
}

/// What is to be done about a batch, as the ledger stands.
async fn decide(at: &Environment, program: &Program, batch_id: &str, said: &Said<'_>) -> Result<Todo> {
    let (batch, found) = payout::find(&at.store, &program.id, batch_id).await?;
    let conversions = payout::conversions(&at.store, &program.id, batch_id).await?;
    let proposals = adjustments::proposals(&at.store, &program.id).await?;
    let waits = |kind: ProposalKind| -> BTreeSet<&str> {
        let about = |proposal: &&Proposal| {
            (proposal.state, proposal.kind, proposal.subject.as_str()) == (ProposalState::Proposed, kind, batch_id)
        };
        proposals.iter().filter(about).flat_map(|proposal| &proposal.lines).map(|line| line.creator_id.as_str()).collect()
    };
    let (failing, returning) = (waits(ProposalKind::FailedPayment), waits(ProposalKind::ReturnedPayment));
    let lines: BTreeMap<&str, Line> = found
        .iter()
        .map(|(line, state)| {
            (
                line.creator_id.as_str(),
                Line {
                    batch: batch.state,
                    paid: conversions.paid(&line.creator_id, (line.amount, program.currency)),
                    state: *state,
                },
            )
        })
        .collect();
    let mut todo = Todo::default();
    for (answer, creator) in said {
        let Some(line) = lines.get(creator.as_str()) else { continue };
        let waiting = (failing.contains(creator.as_str()), returning.contains(creator.as_str()));
        weigh(batch_id, (answer, creator), line, waiting, &mut todo);
    }
    let is_told = |creator: &str| todo.paid.contains(creator) || todo.failed.contains_key(creator);
    todo.open = lines.keys().filter(|creator| !is_told(creator)).map(|creator| (*creator).to_owned()).collect();
    Ok(todo)
}

/// What one answer comes to. `waiting` is whether proposals wait that this payment failed, and that it came back.
fn weigh(
    batch: &str,
    (answer, creator): (&Answer, &str),
    line: &Line,
    (is_failing, is_returning): (bool, bool),
    todo: &mut Todo,
) {
    let mut look = |kind: BankProblem, what: String| todo.problems.push(Problem::of(kind, answer, creator, what));
    let (minor, currency) = line.paid;
    if let Some(says) = answer.amount.as_ref().filter(|says| !says.is(minor, currency)) {
        let amount = Money::from_minor(minor, currency);
        let what = format!("the payment to {creator} in batch {batch} is {amount}, and the bank says {says}");
        look(BankProblem::OtherAmount, what);
        return;
    }
    let is_open = matches!(line.state, LineState::Reserved | LineState::InQuestion);
    let was_not_exported = line.state == LineState::Reserved && matches!(line.batch, BatchState::Draft | BatchState::Approved);
    match &answer.outcome {
        Outcome::Open => todo.unfinished += 1,
        _ if was_not_exported => {
            look(BankProblem::OtherState, format!("batch {batch} was not exported, and the bank answers for {creator}"));
        }
        Outcome::Paid if is_open && is_failing => look(
            BankProblem::OtherState,
            format!("{creator} was paid in batch {batch}, but a proposal that this failed waits: reject it"),
        ),
        Outcome::Paid if is_open => drop(todo.paid.insert(creator.to_owned())),
        Outcome::Paid if line.state == LineState::Paid => todo.known += 1,
        Outcome::Paid => {
            let state = line.state.words();
            let what = format!("the bank paid {creator} in batch {batch}, but their money is {state}: they may be paid twice");
            look(BankProblem::OtherState, what);
        }
        Outcome::Failed(why) if is_open && !is_failing => drop(todo.failed.insert(creator.to_owned(), why.clone())),
        Outcome::Failed(why) if line.state == LineState::Paid && !is_returning => {
            drop(todo.returned.insert(creator.to_owned(), why.clone()));
        }
        Outcome::Failed(_) => todo.known += 1,
    }
}

/// The bank's codes as a reason.
fn reason<'a>(codes: impl Iterator<Item = &'a String>) -> String {
    let codes: BTreeSet<String> = codes.map(|code| code.chars().filter(|c| !c.is_control()).take(60).collect()).collect();
    let codes = codes.into_iter().take(5).collect::<Vec<_>>().join(", ");
    if codes.is_empty() { "the bank's answer".to_owned() } else { format!("the bank's answer: {codes}") }
}
