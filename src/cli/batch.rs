use std::path::Path;

use anyhow::Result;

use super::args::{Batch as Command, Decide, Format, Places};
use super::batch_files;
use super::context::{now, open};
use super::moves::moves;
use super::proposal::{propose_at, what};
use super::show::{Sheet, print};
use crate::app::{
    self, Batch, BatchLine, DecidedBatch, Decision, Environment, FileOrder, LineState, Proposal, ProposalState, Request, Settled,
    Settlement,
};
use crate::calendar::format_time;
use crate::money::{Money, Overflow, format_minor};
use crate::program::Program;
use crate::vocabulary::counted;

pub(super) async fn batch(places: &Places, command: &Command) -> Result<()> {
    let (at, program) = open(places).await?;
    match command {
        Command::List { format } => list(&program, app::list_batches(&at, &program).await?).print(*format),
        Command::Show { batch_id, format } => {
            let (batch, lines) = app::find_batch(&at, &program, batch_id).await?;
            let proposals = app::list_proposals(&at, &program).await?;
            let plain: Vec<BatchLine> = lines.iter().map(|(line, _)| line.clone()).collect();
            // The table alone says how it would be paid: a source that is wrong today keeps nobody from the figures.
            let how = match format {
                Format::Table => batch_files::how(&program, app::payees_of_batch(&at, &program, batch_id, &plain).await)?,
                Format::Csv | Format::Json => String::new(),
            };
            show(&program, &batch, lines, (&proposals, &how), *format)
        }
        Command::Approve(order) => decide(&at, &program, Decision::Approve, order).await,
        Command::Reject(order) => decide(&at, &program, Decision::Reject, order).await,
        Command::Settle { decide: order, failed, reason } => settle(&at, &program, order, failed, reason).await,
        Command::Export { decide: order, format, out, allow_missing } => match (format.file(), out) {
            (Some(format), Some(out)) => {
                batch_files::export(&at, &program, order, FileOrder { format, out, allow_missing: *allow_missing }).await
            }
            _ => export(&at, &program, order, out.as_deref()).await,
        },
        Command::Import { file, by, as_of } => batch_files::import(&at, &program, file, (by, as_of.unwrap_or_else(now))).await,
        Command::Return { batch_id, creator, propose } => {
            propose_at(&at, &program, Request::Return { batch_id, creator_id: creator }, propose).await
        }
        Command::Void { batch_id, propose } => propose_at(&at, &program, Request::Void { batch_id }, propose).await,
    }
}

fn list(program: &Program, batches: Vec<Batch>) -> Sheet {
    let row = |batch: Batch| {
        vec![
            batch.batch_id,
            batch.state.code().to_owned(),
            batch.creators.to_string(),
            format_minor(batch.amount, program.currency.exponent()),
            program.currency.code().to_owned(),
            format_time(batch.created_at),
        ]
    };
    Sheet {
        header: vec!["batch_id", "state", "creators", "amount", "currency", "created_at"],
        figures: vec![2, 3],
        rows: batches.into_iter().map(row).collect(),
    }
}

fn show(
    program: &Program,
    batch: &Batch,
    lines: Vec<(BatchLine, LineState)>,
    (proposals, how): (&[Proposal], &str),
    format: Format,
) -> Result<()> {
    if format == Format::Table {
        let amount = Money::from_minor(batch.amount, program.currency);
        let approved = batch.approved_by.as_ref().map(|by| format!(", approved by {by}")).unwrap_or_default();
        let sums = sums(program, &lines)?;
        let waits = |proposal: &&Proposal| proposal.state == ProposalState::Proposed && proposal.subject == batch.batch_id;
        let waiting = proposals.iter().filter(waits).map(|proposal| {
            let by = &proposal.proposed_by;
            Ok(format!("{}: {}; awaiting approval by somebody other than {by}\n", proposal.proposal_id, what(program, proposal)?))
        });
        let waiting = waiting.collect::<Result<String>>()?;
        print(&format!(
            "batch {} of {}: {}, {amount} to {}\n{sums}drafted by {} at {}{approved}\n{waiting}{how}",
            batch.batch_id,
            program.name,
            batch.state.code(),
            counted(batch.creators, "creator", "creators"),
            batch.drafted_by,
            format_time(batch.created_at)
        ))?;
    }
    let row = |(line, state): (BatchLine, LineState)| {
        vec![line.creator_id, format_minor(line.amount, program.currency.exponent()), state.code().to_owned()]
    };
    let rows = lines.into_iter().map(row).collect();
    Sheet { header: vec!["creator_id", "amount", "state"], figures: vec![1], rows }.print(format)
}

/// What became of the lines, as sums, once they do not all share the batch's fate.
fn sums(program: &Program, lines: &[(BatchLine, LineState)]) -> Result<String> {
    let mut parts = Vec::new();
    for state in LineState::ALL {
        let of_state: Vec<i64> = lines.iter().filter(|(_, own)| own == state).map(|(line, _)| line.amount).collect();
        let sum = of_state.iter().try_fold(0i64, |sum, amount| sum.checked_add(*amount)).ok_or(Overflow)?;
        if !of_state.is_empty() {
            let sum = Money::from_minor(sum, program.currency);
            parts.push(format!("{} {sum} to {}", state.words(), counted(of_state.len(), "creator", "creators")));
        }
    }
    Ok(if parts.len() > 1 { format!("{}\n", parts.join(", ")) } else { String::new() })
}

async fn decide(at: &Environment, program: &Program, decision: Decision, order: &Decide) -> Result<()> {
    let Decide { batch_id, by, as_of } = order;
    let decided = app::decide_batch(at, program, by, as_of.unwrap_or_else(now), batch_id, decision).await?;
    let (amount, creators) = of(program, &decided);
    let entry = decided.posted.head.entry;
    let moved = moves(program.currency, &decided.moves)?;
    print(&match decision {
        Decision::Approve => format!(
            "{batch_id} was approved by {by} (ledger entry {entry} of program {}): {amount} to {creators}; it stays reserved until the batch is settled",
            program.id
        ),
        Decision::Reject => {
            format!(
                "{batch_id} was rejected by {by} (ledger entry {entry} of program {}): {amount} is payable again{moved}",
                program.id
            )
        }
    })
}

/// The sum that was decided about, and of how many creators.
fn of(program: &Program, decided: &DecidedBatch) -> (Money, String) {
    (Money::from_minor(decided.amount, program.currency), counted(decided.creators, "creator", "creators"))
}

async fn settle(at: &Environment, program: &Program, order: &Decide, failed: &[String], reason: &str) -> Result<()> {
    let Decide { batch_id, by, as_of } = order;
    let settlement = Settlement { batch_id, failed, open: &[], reason };
    let Settled { decided, failed } = app::settle_batch(at, program, by, as_of.unwrap_or_else(now), settlement).await?;
    let (amount, creators) = of(program, &decided);
    print(&format!(
        "{batch_id} was settled by {by} (ledger entry {} of program {}): {amount} paid to {creators}{}",
        decided.posted.head.entry,
        program.id,
        moves(program.currency, &decided.moves)?
    ))?;
    match failed {
        Some(proposal) => {
            let id = &proposal.proposal_id;
            print(&format!(
                "{id} was proposed by {by}: {}\nuntil somebody else approves it, the amount stays reserved: \
                 purser proposal approve {id} --by NAME",
                what(program, &proposal)?
            ))
        }
        None => Ok(()),
    }
}

async fn export(at: &Environment, program: &Program, order: &Decide, out: Option<&Path>) -> Result<()> {
    let Decide { batch_id, by, as_of } = order;
    let (exported, path) = app::export_batch(at, program, by, as_of.unwrap_or_else(now), batch_id, out).await?;
    let entry = format!("(ledger entry {} of program {})", exported.entry, program.id);
    let shown = path.display();
    if exported.again {
        let (first, at) = (&exported.by, format_time(exported.at));
        let once = if exported.settled { "the batch is settled: do not pay them again" } else { "pay them once" };
        return print(&format!(
            "{batch_id} was already exported by {first} at {at} {entry}; {shown} holds the same payments: {once}"
        ));
    }
    print(&format!("{batch_id} was exported by {by} {entry}: {shown}"))
}
