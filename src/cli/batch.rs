use anyhow::Result;

use super::args::{Batch, Decide, Places};
use super::context::{now, program, workplace};
use super::show::{Sheet, print};
use crate::facts::format_time;
use crate::ledger::check_currency_shown;
use crate::money::{Money, format_minor};
use crate::payout::{Decision, batches, decide, find};

pub(super) async fn batch(places: &Places, command: &Batch) -> Result<()> {
    let program = program(places)?;
    let at = workplace(places).await?;
    check_currency_shown(&at.store, &program).await?;
    let money = |minor: i64| format_minor(minor, program.currency.exponent());
    let (decision, order) = match command {
        Batch::List { format } => {
            let row = |batch: crate::payout::Batch| {
                let state = batch.state.word().to_owned();
                let currency = program.currency.code().to_owned();
                vec![
                    batch.batch_id,
                    state,
                    batch.creators.to_string(),
                    money(batch.amount),
                    currency,
                    format_time(batch.created_at),
                ]
            };
            return Sheet {
                header: vec!["batch_id", "state", "creators", "amount", "currency", "created_at"],
                figures: vec![2, 3],
                rows: batches(&at.store, &program.id).await?.into_iter().map(row).collect(),
            }
            .print(*format);
        }
        Batch::Show { batch_id, format } => {
            let (batch, lines) = find(&at.store, &program.id, batch_id).await?;
            if *format == super::args::Format::Table {
                let amount = Money::from_minor(batch.amount, program.currency);
                let approved = batch.approved_by.map(|by| format!(", approved by {by}")).unwrap_or_default();
                print(&format!(
                    "batch {batch_id} of {}: {}, {amount} to {} creators\ndrafted by {} at {}{approved}\n",
                    program.name,
                    batch.state.word(),
                    batch.creators,
                    batch.drafted_by,
                    format_time(batch.created_at)
                ))?;
            }
            let rows = lines.into_iter().map(|line| vec![line.creator_id, money(line.amount)]).collect();
            return Sheet { header: vec!["creator_id", "amount"], figures: vec![1], rows }.print(*format);
        }
        Batch::Approve(order) => (Decision::Approve, order),
        Batch::Reject(order) => (Decision::Reject, order),
        Batch::Settle { decide, failed } => (Decision::Settle { failed }, decide),
    };
    let Decide { batch_id, by, as_of } = order;
    let posted = decide(&at.store, &program, decision, batch_id, by, as_of.unwrap_or_else(now)).await?;
    let done = match decision {
        Decision::Approve => "approved",
        Decision::Reject => "rejected",
        Decision::Settle { .. } => "settled",
    };
    print(&format!("{batch_id} is {done} by {by} (entry {} of {})", posted.head.entry, program.id))
}
