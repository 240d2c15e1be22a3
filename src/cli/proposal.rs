use anyhow::Result;

use super::args::{Format, Judge, Places, Proposal as Command, Propose};
use super::context::{now, program, workplace};
use super::show::{Sheet, print};
use crate::app::{self, Environment, Proposal, ProposalKind as Kind, ProposalState as State, Request, Verdict};
use crate::calendar::format_time;
use crate::money::{Money, format_minor};
use crate::program::Program;
use crate::vocabulary::counted;

/// Proposes something, and says who may approve it.
pub(super) async fn propose(places: &Places, request: Request<'_>, propose: &Propose) -> Result<()> {
    let program = program(places)?;
    let at = workplace(places).await?;
    propose_at(&at, &program, request, propose).await
}

/// As [`propose`], where the workplace is open already.
pub(super) async fn propose_at(at: &Environment, program: &Program, request: Request<'_>, propose: &Propose) -> Result<()> {
    let as_of = propose.as_of.unwrap_or_else(now);
    let proposal = app::propose(at, program, &propose.by, as_of, request, &propose.reason).await?;
    let (id, by) = (&proposal.proposal_id, &proposal.proposed_by);
    print(&format!(
        "{id} is proposed by {by}: {}\nanybody but {by} may approve it: purser proposal approve {id} --by NAME",
        what(program, &proposal)?
    ))
}

pub(super) async fn proposal(places: &Places, command: &Command) -> Result<()> {
    let program = program(places)?;
    let at = workplace(places).await?;
    let (verdict, judge) = match command {
        Command::List { format } => {
            let proposals = app::list_proposals(&at, &program).await?;
            return list(&program, &proposals)?.print(*format);
        }
        Command::Show { proposal_id, format } => {
            let proposal = app::find_proposal(&at, &program, proposal_id).await?;
            return show(&program, &proposal, *format);
        }
        Command::Approve(judge) => (Verdict::Approve, judge),
        Command::Reject(judge) => (Verdict::Reject, judge),
    };
    let Judge { proposal_id, by, as_of } = judge;
    let (proposal, posted) = app::decide_proposal(&at, &program, by, as_of.unwrap_or_else(now), proposal_id, verdict).await?;
    let next = match (proposal.state, proposal.kind) {
        (State::Approved, Kind::Credit) => "\nthe next nightly run pays by it",
        (State::Rejected, _) => "\nnothing was changed",
        _ => "",
    };
    print(&format!(
        "{proposal_id} is {} by {by} (entry {} of {}): {}{next}",
        proposal.state.code(),
        posted.head.entry,
        program.id,
        what(&program, &proposal)?
    ))
}

/// A proposal in a few words.
pub(super) fn what(program: &Program, proposal: &Proposal) -> Result<String> {
    let amount = Money::from_minor(proposal.amount()?.unwrap_or(0), program.currency);
    let whom = match proposal.lines.as_slice() {
        [one] => one.creator_id.clone(),
        several => counted(several.len(), "creator", "creators"),
    };
    let subject = &proposal.subject;
    let what = match proposal.kind {
        Kind::Adjustment => format!("adjustment of {amount} for {whom}"),
        Kind::WriteOff => format!("write-off of {amount} that {whom} owes"),
        Kind::Opening => format!("opening balances of {amount} for {whom}"),
        Kind::Credit => format!("order {subject} given to {whom}"),
        Kind::Void => format!("batch {subject} voided, {amount} for {whom} returned to payable"),
    };
    Ok(format!("{what} ({})", proposal.reason))
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
            None => format!("waits for approval by somebody other than {}", proposal.proposed_by),
        };
        print(&format!(
            "proposal {} of {}: {}\nproposed by {} at {}\n{decided}\n",
            proposal.proposal_id,
            program.name,
            what(program, proposal)?,
            proposal.proposed_by,
            format_time(proposal.proposed_at)
        ))?;
    }
    let amount = |minor: i64| match proposal.kind {
        Kind::Credit => String::new(),
        _ => format_minor(minor, program.currency.exponent()),
    };
    let rows = proposal.lines.iter().map(|line| vec![line.creator_id.clone(), amount(line.amount)]).collect();
    Sheet { header: vec!["creator_id", "amount"], figures: vec![1], rows }.print(format)
}
