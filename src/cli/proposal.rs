use std::collections::BTreeSet;

use anyhow::Result;

use super::args::{Format, Judge, Places, Proposal as Command, Propose};
use super::context::{now, open};
use super::moves::moves;
use super::show::{Sheet, print};
use crate::app::{
    self, DecidedProposal, Environment, KnownOrder, Proposal, ProposalKind as Kind, ProposalState as State, Proposed, Request,
    Verdict, Worth, proposal_words,
};
use crate::calendar::format_time;
use crate::money::{Money, format_minor};
use crate::program::Program;

/// Proposes something, and says who may approve it.
pub(super) async fn propose(places: &Places, request: Request<'_>, propose: &Propose) -> Result<()> {
    let (at, program) = open(places).await?;
    propose_at(&at, &program, request, propose).await
}

/// As [`propose`], where the workplace is open already.
pub(super) async fn propose_at(at: &Environment, program: &Program, request: Request<'_>, propose: &Propose) -> Result<()> {
    let as_of = propose.as_of.unwrap_or_else(now);
    let Proposed { proposal, again, moves: moved, order, earlier } =
        app::propose(at, program, &propose.by, as_of, request, &propose.reason).await?;
    let (id, by) = (&proposal.proposal_id, &proposal.proposed_by);
    let (what, moved) = (proposal_words(program, &proposal)?, moves(program.currency, &moved)?);
    let moved = if moved.is_empty() { moved } else { format!("\nonce approved, as things stand:{moved}") };
    let order = order.map(|order| worth(program, &order, "once this is approved")).unwrap_or_default();
    let said = if again {
        let at = format_time(proposal.proposed_at);
        format!(
            "the same proposal already exists: {id}, made by {by} at {at}, is still awaiting approval: {what}\n{}",
            proposal.advice()
        )
    } else {
        format!("{id} was proposed by {by}: {what}")
    };
    let earlier = match earlier.and_then(|earlier| Some((earlier.proposal_id, earlier.decided?))) {
        Some((first, (by, at))) => {
            format!("\nthe same was approved before ({first}, by {by} at {}): this is a second one", format_time(at))
        }
        None => String::new(),
    };
    print(&format!("{said}{earlier}{order}{moved}\nanyone but {by} can approve it: purser proposal approve {id} --by NAME"))
}

/// Who has the order of a credit, who has it then, and what that changes.
fn worth(program: &Program, order: &KnownOrder, when: &str) -> String {
    let money = |minor| Money::from_minor(minor, program.currency);
    let shares = |shares: &[Worth]| {
        let share = |worth: &Worth| format!("{} to {} on {}", money(worth.commission), worth.creator_id, money(worth.base));
        if shares.is_empty() { "nothing".to_owned() } else { shares.iter().map(share).collect::<Vec<_>>().join(", ") }
    };
    let (now, then) = (shares(&order.now), shares(&order.then));
    let earns = |shares: &[Worth], creator: &str| {
        shares.iter().filter(|worth| worth.creator_id == creator).map(|worth| worth.commission).sum::<i64>()
    };
    let creators: BTreeSet<&str> = order.now.iter().chain(&order.then).map(|worth| worth.creator_id.as_str()).collect();
    let change = |creator: &str| (creator.to_owned(), earns(&order.now, creator), earns(&order.then, creator));
    let changes = creators.into_iter().map(change).filter(|(_, before, after)| before != after);
    let lines = changes.map(|(creator, before, after)| {
        format!("\n  {creator}: {} → {}", format_minor(before, program.currency.exponent()), money(after))
    });
    let lines = lines.collect::<String>();
    let is = if order.outcome_then == order.outcome { String::new() } else { format!("be {} and ", order.outcome_then) };
    let moves = if lines.is_empty() { String::new() } else { format!("; the next nightly run moves{lines}") };
    format!("\norder {} is currently {} and pays {now}; {when} it will {is}pay {then}{moves}", order.order_id, order.outcome)
}

pub(super) async fn proposal(places: &Places, command: &Command) -> Result<()> {
    let (at, program) = open(places).await?;
    let (verdict, judge) = match command {
        Command::List { format } => {
            let proposals = app::list_proposals(&at, &program).await?;
            return list(&program, &proposals)?.print(*format);
        }
        Command::Show { proposal_id, format } => {
            let proposal = app::find_proposal(&at, &program, proposal_id).await?;
            return show(&program, &proposal, *format);
        }
        Command::Approve { judge, unusual } => (Verdict::Approve { unusual: *unusual }, judge),
        Command::Reject(judge) => (Verdict::Reject, judge),
    };
    let Judge { proposal_id, by, as_of } = judge;
    let DecidedProposal { proposal, posted, moves: moved, order } =
        app::decide_proposal(&at, &program, by, as_of.unwrap_or_else(now), proposal_id, verdict).await?;
    let next = match (proposal.state, proposal.kind) {
        (State::Approved, Kind::Credit | Kind::Withdrawal) => {
            order.map(|order| worth(&program, &order, "from the next nightly run on")).unwrap_or_default()
        }
        (State::Approved, Kind::Void) => {
            "\nits payment list in the data folder is marked as void; destroy every other copy of it".to_owned()
        }
        (State::Approved, Kind::Closing) => {
            "\nwhat belongs to that month and is posted from now on is booked in the next as a correction".to_owned()
        }
        (State::Rejected, Kind::FailedPayment) => {
            format!("\nthe amount stays reserved; to record that it was paid: purser batch settle {} --by NAME", proposal.subject)
        }
        (State::Rejected, _) => "\nnothing was changed".to_owned(),
        _ => String::new(),
    };
    print(&format!(
        "{proposal_id} was {} by {by} (ledger entry {} of program {}): {}{}{next}",
        proposal.state.code(),
        posted.head.entry,
        program.id,
        proposal_words(&program, &proposal)?,
        moves(program.currency, &moved)?
    ))
}

fn list(program: &Program, proposals: &[Proposal]) -> Result<Sheet> {
    let money = |minor: i64| format_minor(minor, program.currency.exponent());
    let row = |proposal: &Proposal| -> Result<Vec<String>> {
        let (decided_by, decided_at) = proposal.decided.clone().map(|(by, at)| (by, format_time(at))).unwrap_or_default();
        Ok(vec![
            proposal.proposal_id.clone(),
            proposal.kind.code().to_owned(),
            proposal.state.code().to_owned(),
            proposal.subject.clone(),
            proposal.lines.len().to_string(),
            proposal.amount()?.map(money).unwrap_or_default(),
            program.currency.code().to_owned(),
            proposal.proposed_by.clone(),
            format_time(proposal.proposed_at),
            decided_by,
            decided_at,
            proposal.reason.clone(),
        ])
    };
    Ok(Sheet {
        header: vec![
            "proposal_id",
            "kind",
            "state",
            "subject",
            "creators",
            "amount",
            "currency",
            "proposed_by",
            "proposed_at",
            "decided_by",
            "decided_at",
            "reason",
        ],
        figures: vec![4, 5],
        rows: proposals.iter().map(row).collect::<Result<_>>()?,
    })
}

fn show(program: &Program, proposal: &Proposal, format: Format) -> Result<()> {
    if format == Format::Table {
        let state = proposal.state.code();
        let decided = match &proposal.decided {
            Some((by, at)) => format!("{state} by {by} at {}", format_time(*at)),
            None => format!("awaiting approval by somebody other than {}", proposal.proposed_by),
        };
        print(&format!(
            "proposal {} of {}: {}\nproposed by {} at {}\n{decided}\n",
            proposal.proposal_id,
            program.name,
            proposal_words(program, proposal)?,
            proposal.proposed_by,
            format_time(proposal.proposed_at)
        ))?;
    }
    let amount = |minor: i64| match proposal.kind.has_amount() {
        false => String::new(),
        true => format_minor(minor, program.currency.exponent()),
    };
    let rows = proposal.lines.iter().map(|line| vec![line.creator_id.clone(), amount(line.amount)]).collect();
    Sheet { header: vec!["creator_id", "amount"], figures: vec![1], rows }.print(format)
}
