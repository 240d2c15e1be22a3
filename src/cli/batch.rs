use std::path::Path;

use anyhow::Result;

use super::args::{Batch as Command, Decide, Format, Places};
use super::context::{now, program, workplace};
use super::proposal::propose_at;
use super::show::{Sheet, print};
use crate::app::{self, Batch, BatchLine, Decision, Environment, LineState, Request, ReturnedPayment};
use crate::calendar::format_time;
use crate::money::{Money, format_minor};
use crate::program::Program;
use crate::vocabulary::counted;

pub(super) async fn batch(places: &Places, command: &Command) -> Result<()> {
    let program = program(places)?;
    let at = workplace(places).await?;
    match command {
        Command::List { format } => list(&program, app::list_batches(&at, &program).await?).print(*format),
        Command::Show { batch_id, format } => {
            let (batch, lines) = app::find_batch(&at, &program, batch_id).await?;
            show(&program, &batch, lines, *format)
        }
        Command::Approve(order) => decide(&at, &program, Decision::Approve, order).await,
        Command::Reject(order) => decide(&at, &program, Decision::Reject, order).await,
        Command::Settle { decide: order, failed } => decide(&at, &program, Decision::Settle { failed }, order).await,
        Command::Export { decide: order, out } => export(&at, &program, order, out.as_deref()).await,
        Command::Return { decide: order, creator, reason } => take_back(&at, &program, order, creator, reason).await,
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

fn show(program: &Program, batch: &Batch, lines: Vec<(BatchLine, LineState)>, format: Format) -> Result<()> {
    if format == Format::Table {
        let amount = Money::from_minor(batch.amount, program.currency);
        let approved = batch.approved_by.as_ref().map(|by| format!(", approved by {by}")).unwrap_or_default();
        print(&format!(
            "batch {} of {}: {}, {amount} to {}\ndrafted by {} at {}{approved}\n",
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

async fn decide(at: &Environment, program: &Program, decision: Decision<'_>, order: &Decide) -> Result<()> {
    let Decide { batch_id, by, as_of } = order;
    let posted = app::decide_batch(at, program, by, as_of.unwrap_or_else(now), batch_id, decision).await?;
    let done = match decision {
        Decision::Approve => "approved",
        Decision::Reject => "rejected",
        Decision::Settle { .. } => "settled",
    };
    print(&format!("{batch_id} is {done} by {by} (entry {} of {})", posted.head.entry, program.id))
}

async fn export(at: &Environment, program: &Program, order: &Decide, out: Option<&Path>) -> Result<()> {
    let Decide { batch_id, by, as_of } = order;
    let (exported, path) = app::export_batch(at, program, by, as_of.unwrap_or_else(now), batch_id, out).await?;
    let entry = format!("(entry {} of {})", exported.entry, program.id);
    let shown = path.display();
    if exported.again {
        let (first, at) = (&exported.by, format_time(exported.at));
        return print(&format!(
            "{batch_id} was exported before, by {first} at {at} {entry}; the same bytes are in {shown}: pay them once"
        ));
    }
    print(&format!("{batch_id} is exported by {by} {entry}: {shown}"))
}

async fn take_back(at: &Environment, program: &Program, order: &Decide, creator: &str, reason: &str) -> Result<()> {
    let Decide { batch_id, by, as_of } = order;
    let payment = ReturnedPayment { batch_id, creator_id: creator, reason };
    let (posted, amount) = app::return_payment(at, program, by, as_of.unwrap_or_else(now), payment).await?;
    let amount = Money::from_minor(amount, program.currency);
    print(&format!(
        "the payment of {batch_id} to {creator} came back: {amount} are payable again (entry {} of {})",
        posted.head.entry, program.id
    ))
}
