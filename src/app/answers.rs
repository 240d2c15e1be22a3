//! What the bank says: its answers matched with payments, and what follows.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::adjustments::propose_admitted;
use super::door::admit;
use super::environment::Environment;
use crate::adjustments::{self, Kind as ProposalKind, Proposal, Request, Settled, Settlement, State as ProposalState};
use crate::ledger::check_currency_shown;
use crate::money::parse_minor;
use crate::payout::{self, Answer, Answers, BatchState, LineState, Outcome, payment_id, read_answers};
use crate::program::Program;
use crate::users::Act;

/// What followed from a bank's answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// By batch: the settlement of what was paid, with the proposal about what failed.
    pub settled: Vec<(String, Settled)>,
    /// Payments that were made before and came back, each for a second person to approve.
    pub returned: Vec<Proposal>,
    /// How many answers said what is known already.
    pub known: usize,
    /// How many payments the bank has not finished.
    pub open: usize,
    /// What somebody has to look at: answers that fit no payment, or say something else than the ledger.
    pub problems: Vec<String>,
}

/// A line of a batch, found by what the bank calls its payment.
struct Line {
    batch_id: String,
    batch: BatchState,
    creator_id: String,
    amount: i64,
    state: LineState,
}

/// What is to be done about a batch.
#[derive(Default)]
struct Todo {
    paid: BTreeSet<String>,
    failed: BTreeMap<String, String>,
    returned: BTreeMap<String, String>,
}

/// Books what a bank's file says: payments that were made are settled; that one failed, or came back, is proposed for a second person to
/// approve, with the bank's reason. Importing the same again changes nothing.
///
/// # Errors
///
/// When the file cannot be read: nothing is changed then. When a batch can be settled only after a proposal about it is decided: a
/// repeat does the rest.
pub async fn import_answers(at: &Environment, program: &Program, by: &str, as_of: i64, text: &str) -> Result<Imported> {
    let by = &admit(at, program, by, as_of, Act::Decide).await?;
    check_currency_shown(&at.store, program).await?;
    let Answers { answers, besides } = read_answers(text)?;
    let mut done = Imported { problems: besides, ..Imported::default() };
    let lines = lines(at, program).await?;
    let proposals = adjustments::proposals(&at.store, &program.id).await?;
    let waiting = |line: &Line, kind: ProposalKind| {
        proposals.iter().any(|proposal| {
            (proposal.state, proposal.kind, &proposal.subject) == (ProposalState::Proposed, kind, &line.batch_id)
                && proposal.lines.iter().any(|other| other.creator_id == line.creator_id)
        })
    };
    let mut todo: BTreeMap<String, Todo> = BTreeMap::new();
    // Of several answers about one payment the gravest counts: what was booked and then came back, came back.
    let mut last: BTreeMap<&str, &Answer> = BTreeMap::new();
    for answer in &answers {
        let known = last.entry(&answer.payment_id).or_insert(answer);
        if answer.outcome > known.outcome {
            *known = answer;
        }
    }
    for (id, answer) in last {
        let place = &answer.place;
        let Some(line) = lines.get(id) else {
            done.problems.push(format!("{place}: no batch of {} has a payment {id}", program.id));
            continue;
        };
        let (batch, creator) = (&line.batch_id, &line.creator_id);
        let differs = answer.amount.as_deref().is_some_and(|text| parse_minor(text, program.currency).ok() != Some(line.amount));
        if differs {
            let (says, amount) =
                (answer.amount.as_deref().unwrap_or_default(), crate::money::Money::from_minor(line.amount, program.currency));
            done.problems
                .push(format!("{place}: the payment to {creator} in batch {batch} is {amount}, and the bank says {says}"));
            continue;
        }
        let todo = todo.entry(batch.clone()).or_default();
        match (&answer.outcome, line.state, line.batch) {
            (Outcome::Open, ..) => done.open += 1,
            (_, LineState::Reserved, BatchState::Draft | BatchState::Approved) => {
                done.problems.push(format!("{place}: batch {batch} was not exported, and the bank answers for {creator}"))
            }
            (Outcome::Paid, LineState::Reserved | LineState::InQuestion, _) if waiting(line, ProposalKind::FailedPayment) => done
                .problems
                .push(format!("{place}: {creator} was paid in batch {batch}, but a proposal that this failed waits: reject it")),
            (Outcome::Paid, LineState::Reserved | LineState::InQuestion, _) => drop(todo.paid.insert(creator.clone())),
            (Outcome::Paid, LineState::Paid, _) => done.known += 1,
            (Outcome::Paid, state, _) => done.problems.push(format!(
                "{place}: the bank paid {creator} in batch {batch}, but their money is {}: they may be paid twice",
                state.words()
            )),
            (Outcome::Failed(_), LineState::Reserved | LineState::InQuestion, _)
                if waiting(line, ProposalKind::FailedPayment) =>
            {
                done.known += 1
            }
            (Outcome::Failed(why), LineState::Reserved | LineState::InQuestion, _) => {
                drop(todo.failed.insert(creator.clone(), why.clone()))
            }
            (Outcome::Failed(_), LineState::Paid, _) if waiting(line, ProposalKind::ReturnedPayment) => done.known += 1,
            (Outcome::Failed(why), LineState::Paid, _) => drop(todo.returned.insert(creator.clone(), why.clone())),
            (Outcome::Failed(_), ..) => done.known += 1,
        }
    }
    for (batch_id, todo) in todo {
        follow(at, program, (by, as_of), &batch_id, todo, &lines, &mut done).await?;
    }
    Ok(done)
}

/// Does what follows for a batch.
async fn follow(
    at: &Environment,
    program: &Program,
    (by, as_of): (&str, i64),
    batch_id: &str,
    todo: Todo,
    lines: &BTreeMap<String, Line>,
    done: &mut Imported,
) -> Result<()> {
    if !todo.paid.is_empty() || !todo.failed.is_empty() {
        let failed: Vec<String> = todo.failed.keys().cloned().collect();
        let of_batch = lines.values().filter(|line| line.batch_id == batch_id).map(|line| &line.creator_id);
        let open: Vec<String> =
            of_batch.filter(|creator| !todo.paid.contains(*creator) && !todo.failed.contains_key(*creator)).cloned().collect();
        let reason = reason(todo.failed.values());
        let settlement = Settlement { batch_id, failed: &failed, open: &open, reason: &reason };
        let settled = adjustments::settle(&at.store, program, settlement, by, as_of).await?;
        done.settled.push((batch_id.to_owned(), settled));
    }
    for (creator_id, why) in &todo.returned {
        let request = Request::Return { batch_id, creator_id };
        let proposed = propose_admitted(at, program, by, as_of, request, &reason(std::iter::once(why))).await?;
        done.returned.push(proposed.proposal);
    }
    Ok(())
}

/// The bank's codes as a reason.
fn reason<'a>(codes: impl Iterator<Item = &'a String>) -> String {
    let codes: BTreeSet<String> = codes.map(|code| code.chars().filter(|c| !c.is_control()).take(60).collect()).collect();
    let codes = codes.into_iter().take(5).collect::<Vec<_>>().join(", ");
    if codes.is_empty() { "the bank's answer".to_owned() } else { format!("the bank's answer: {codes}") }
}

/// All lines of the program's batches, by what banks call their payments.
async fn lines(at: &Environment, program: &Program) -> Result<BTreeMap<String, Line>> {
    let mut lines = BTreeMap::new();
    for batch in payout::batches(&at.store, &program.id).await? {
        let (batch, found) = payout::find(&at.store, &program.id, &batch.batch_id).await?;
        for (line, state) in found {
            let id = payment_id(&batch.batch_id, &line.creator_id);
            let (batch_id, creator_id) = (batch.batch_id.clone(), line.creator_id);
            lines.insert(id, Line { batch_id, batch: batch.state, creator_id, amount: line.amount, state });
        }
    }
    Ok(lines)
}
