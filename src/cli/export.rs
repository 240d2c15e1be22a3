use anyhow::{Context, Result};

use super::args::{Export, Format, Places, What};
use super::context::{program, workplace};
use super::show::{Sheet, csv_writer};
use crate::ledger::{balances, check_currency_shown};
use crate::money::format_minor;
use crate::program::Program;
use crate::reconcile::KeptOutcome;
use crate::runner::{Workplace, last_basis};

pub(super) async fn export(places: &Places, export: &Export) -> Result<()> {
    let program = program(places)?;
    let at = workplace(places).await?;
    check_currency_shown(&at.store, &program).await?;
    let header = columns(export.what);
    let mut sheet = Sheet { header: header.to_vec(), figures: figures(export.what), rows: Vec::new() };
    if export.format == Format::Csv {
        // Large exports go out row by row.
        let mut out = csv_writer();
        out.write_record(header)?;
        rows(&at, &program, export.what, |row| Ok(out.write_record(row)?)).await?;
        out.flush()?;
        return Ok(());
    }
    rows(&at, &program, export.what, |row| {
        sheet.rows.push(row.iter().map(|value| (*value).to_owned()).collect());
        Ok(())
    })
    .await?;
    sheet.print(export.format)
}

fn columns(what: What) -> &'static [&'static str] {
    match what {
        What::Orders => &["order_id", "outcome", "reason"],
        What::Commissions => &["kind", "order_id", "line_id", "creator_id", "touch", "base", "commission", "state"],
        What::Balances => &["creator_id", "pending", "payable", "reserved", "paid"],
        What::Exceptions => &["kind", "subject"],
    }
}

fn figures(what: What) -> Vec<usize> {
    match what {
        What::Orders | What::Exceptions => vec![],
        What::Commissions => vec![5, 6],
        What::Balances => vec![1, 2, 3, 4],
    }
}

async fn rows(at: &Workplace, program: &Program, what: What, mut each: impl FnMut(&[&str]) -> Result<()>) -> Result<()> {
    let money = |minor: i64| format_minor(minor, program.currency.exponent());
    if let What::Balances = what {
        for (creator, balance) in balances(&at.store, &program.id).await? {
            let amounts = [balance.pending, balance.payable, balance.reserved, balance.paid].map(money);
            each(&[&creator, &amounts[0], &amounts[1], &amounts[2], &amounts[3]])?;
        }
        return Ok(());
    }
    let basis = last_basis(&at.store, program).await?;
    let kept = basis.with_context(|| format!("{} was never reconciled; run `purser run nightly` first", program.id))?.outcome;
    match what {
        What::Orders => kept.for_each_order(&at.data, |row| each(&row)),
        What::Exceptions => kept.exceptions(&at.data)?.iter().try_for_each(|(kind, subject)| each(&[kind, subject])),
        _ => commissions(&kept, at, money, each),
    }
}

/// The targets come by key; rows of one key's order, line and creator are put in the order of all their columns.
fn commissions(
    kept: &KeptOutcome,
    at: &Workplace,
    money: impl Fn(i64) -> String,
    mut each: impl FnMut(&[&str]) -> Result<()>,
) -> Result<()> {
    let mut group: Vec<[String; 8]> = Vec::new();
    let mut write = |group: &mut Vec<[String; 8]>| -> Result<()> {
        group.sort();
        group.drain(..).try_for_each(|row| each(&row.each_ref().map(String::as_str)))
    };
    kept.for_each_target(&at.data, |target| {
        let state = if target.payable { "payable" } else { "pending" };
        let texts = [target.kind, target.order_id, target.line_id, target.creator_id, target.touch];
        if group.first().is_some_and(|first| first[..4] != texts[..4]) {
            write(&mut group)?;
        }
        let [kind, order_id, line_id, creator_id, touch] = texts.map(str::to_owned);
        group.push([kind, order_id, line_id, creator_id, touch, money(target.base), money(target.commission), state.to_owned()]);
        Ok(())
    })?;
    write(&mut group)
}
