use std::path::Path;

use anyhow::{Context, Result};

use super::args::{Batch as Command, Decide, Format, Places};
use super::context::{now, program, workplace};
use super::proposal::propose_at;
use super::show::{Sheet, print};
use crate::facts::format_time;
use crate::ledger::check_currency_shown;
use crate::money::{Money, format_minor};
use crate::payout::{self, Batch, BatchLine, Decision, LineState, ReturnedPayment};
use crate::program::Program;
use crate::proposal::Request;
use crate::runner::Workplace;
use crate::words::counted;

pub(super) async fn batch(places: &Places, command: &Command) -> Result<()> {
    let program = program(places)?;
    let at = workplace(places).await?;
    check_currency_shown(&at.store, &program).await?;
    match command {
        Command::List { format } => list(&program, payout::batches(&at.store, &program.id).await?).print(*format),
        Command::Show { batch_id, format } => {
            let (batch, lines) = payout::find(&at.store, &program.id, batch_id).await?;
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
            batch.state.word().to_owned(),
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
            batch.state.word(),
            counted(batch.creators, "creator", "creators"),
            batch.drafted_by,
            format_time(batch.created_at)
        ))?;
    }
    let row = |(line, state): (BatchLine, LineState)| {
        vec![line.creator_id, format_minor(line.amount, program.currency.exponent()), state.word().to_owned()]
    };
    let rows = lines.into_iter().map(row).collect();
    Sheet { header: vec!["creator_id", "amount", "state"], figures: vec![1], rows }.print(format)
}

async fn decide(at: &Workplace, program: &Program, decision: Decision<'_>, order: &Decide) -> Result<()> {
    let Decide { batch_id, by, as_of } = order;
    let posted = payout::decide(&at.store, program, decision, batch_id, by, as_of.unwrap_or_else(now)).await?;
    let done = match decision {
        Decision::Approve => "approved",
        Decision::Reject => "rejected",
        Decision::Settle { .. } => "settled",
    };
    print(&format!("{batch_id} is {done} by {by} (entry {} of {})", posted.head.entry, program.id))
}

async fn export(at: &Workplace, program: &Program, order: &Decide, out: Option<&Path>) -> Result<()> {
    let Decide { batch_id, by, as_of } = order;
    let path = match out {
        Some(path) => std::path::absolute(path).with_context(|| format!("cannot find {}", path.display()))?,
        None => at.data.join("payments").join(format!("{batch_id}.csv")),
    };
    let exported = payout::export(&at.store, program, batch_id, by, as_of.unwrap_or_else(now), &path).await?;
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

async fn take_back(at: &Workplace, program: &Program, order: &Decide, creator: &str, reason: &str) -> Result<()> {
    let Decide { batch_id, by, as_of } = order;
    let payment = ReturnedPayment { batch_id, creator_id: creator, reason };
    let (posted, amount) = payout::take_back(&at.store, program, payment, by, as_of.unwrap_or_else(now)).await?;
    let amount = Money::from_minor(amount, program.currency);
    print(&format!(
        "the payment of {batch_id} to {creator} came back: {amount} are payable again (entry {} of {})",
        posted.head.entry, program.id
    ))
}
