use std::path::Path;

use anyhow::Result;

use super::args::{Batch as Command, ChangeLine, Decide, Format, Places, Propose};
use super::batch_files;
use super::batch_sheet;
use super::context::{now, open};
use super::moves::moves;
use super::proposal::propose_at;
use super::show::{Sheet, print};
use crate::app::{
    self, Batch, BatchLine, BatchState, Changed, DecidedBatch, Decision, Environment, FileOrder, LineChange, LineState, Request,
    Settled, Settlement, proposal_words,
};
use crate::calendar::format_time;
use crate::money::{Money, format_minor};
use crate::program::Program;
use crate::vocabulary::counted;

pub(super) async fn batch(places: &Places, command: &Command) -> Result<()> {
    let (at, program) = open(places).await?;
    match command {
        Command::List { format } => list(&program, app::list_batches(&at, &program).await?, *format).print(*format),
        Command::Show { batch_id, format: Format::Csv } => {
            lines(&program, app::find_batch(&at, &program, batch_id).await?.1).print(Format::Csv)
        }
        Command::Show { batch_id, format } => {
            let sheet = app::approval_sheet(&at, &program, batch_id).await?;
            if *format == Format::Json { batch_sheet::object(&program, &sheet) } else { batch_sheet::text(&program, &sheet) }
        }
        Command::Approve { decide: order, seen } => decide(&at, &program, Decision::Approve, order, seen.as_deref()).await,
        Command::Reject(order) => decide(&at, &program, Decision::Reject, order, None).await,
        Command::Hold(line) => change(&at, &program, LineChange::Hold, line).await,
        Command::Release(line) => change(&at, &program, LineChange::Release, line).await,
        Command::Settle { decide: order, failed, reason } => settle(&at, &program, order, failed, reason).await,
        Command::Export { decide: order, format, out, allow_missing } => match (format.file(), out) {
            (Some(format), Some(out)) => {
                batch_files::export(&at, &program, order, FileOrder { format, out: Some(out), allow_missing: *allow_missing })
                    .await
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

/// The batches. People are told who signed drafts, too; files keep their columns.
fn list(program: &Program, batches: Vec<Batch>, format: Format) -> Sheet {
    let is_signed = |batch: &Batch| batch.state == BatchState::Draft && !batch.signatures.is_empty();
    let with_signers = format == Format::Table && batches.iter().any(is_signed);
    let row = |batch: Batch| {
        let signers = if is_signed(&batch) { app::signers_words(&batch.signatures) } else { String::new() };
        let mut row = vec![
            batch.batch_id,
            batch.state.code().to_owned(),
            batch.creators.to_string(),
            format_minor(batch.amount, program.currency.exponent()),
            program.currency.code().to_owned(),
            format_time(batch.created_at),
        ];
        row.extend(with_signers.then_some(signers));
        row
    };
    let mut header = vec!["batch_id", "state", "creators", "amount", "currency", "created_at"];
    header.extend(with_signers.then_some("signed_by"));
    Sheet { header, figures: vec![2, 3], rows: batches.into_iter().map(row).collect() }
}

/// What a batch pays whom, for programs that read it.
fn lines(program: &Program, lines: Vec<(BatchLine, LineState)>) -> Sheet {
    let row = |(line, state): (BatchLine, LineState)| {
        vec![line.creator_id, format_minor(line.amount, program.currency.exponent()), state.code().to_owned()]
    };
    Sheet { header: vec!["creator_id", "amount", "state"], figures: vec![1], rows: lines.into_iter().map(row).collect() }
}

async fn decide(at: &Environment, program: &Program, decision: Decision, order: &Decide, seen: Option<&str>) -> Result<()> {
    let Decide { batch_id, by, as_of } = order;
    let decided = app::decide_batch(at, program, (by, as_of.unwrap_or_else(now)), batch_id, decision, seen).await?;
    let (amount, creators) = of(program, &decided);
    let entry = decided.posted.head.entry;
    let moved = moves(program.currency, &decided.moves)?;
    print(&match (decision, &decided.missing) {
        (Decision::Approve, Some(missing)) => format!(
            "{batch_id} was signed by {by} (ledger entry {entry} of program {}): {amount} to {creators}; it is approved once {} signed, too",
            program.id,
            app::missing_words(missing)
        ),
        (Decision::Approve, None) => format!(
            "{batch_id} was approved by {by} (ledger entry {entry} of program {}): {amount} to {creators}; it stays reserved until the batch is settled",
            program.id
        ),
        (Decision::Reject, _) => {
            format!(
                "{batch_id} was rejected by {by} (ledger entry {entry} of program {}): {amount} is payable again{moved}",
                program.id
            )
        }
    })
}

async fn change(at: &Environment, program: &Program, change: LineChange, line: &ChangeLine) -> Result<()> {
    let ChangeLine { batch_id, creator, request: Propose { reason, by, as_of } } = line;
    let when = (by.as_str(), as_of.unwrap_or_else(now));
    let Changed { posted, line, amount, creators, void, .. } =
        app::change_line(at, program, when, (batch_id, creator), change, reason).await?;
    let (line, amount) = (Money::from_minor(line, program.currency), Money::from_minor(amount, program.currency));
    let what = match change {
        LineChange::Hold => format!("the line of {creator} was taken out of {batch_id} by {by}"),
        LineChange::Release => format!("the line of {creator} was put back into {batch_id} by {by}"),
    };
    let next = match change {
        LineChange::Hold => format!(
            "\n{line} is payable again, and the next payout run drafts it; to keep it back longer: purser hold add {creator} --by NAME \
             --reason REASON"
        ),
        LineChange::Release => String::new(),
    };
    let void = if void == 0 { String::new() } else { format!("; {} void", counted(void, "signature is", "signatures are")) };
    print(&format!(
        "{what} (ledger entry {} of program {}): {line}; the batch comes to {amount} for {} now{void}{next}",
        posted.head.entry,
        program.id,
        counted(creators, "creator", "creators")
    ))
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
                proposal_words(program, &proposal)?
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
