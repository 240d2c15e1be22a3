use std::io::Write;

use anyhow::{Context, Result, bail, ensure};

use super::args::{Export, ExportFormat, Format, Places, What};
use super::context::{program, workplace};
use super::output::Output;
use super::show::{Sheet, print};
use crate::dump::{Dumped, dump};
use crate::ledger::{Books, balances, check_currency_shown, write_books};
use crate::money::format_minor;
use crate::program::Program;
use crate::reconcile::KeptOutcome;
use crate::runner::{Workplace, last_basis};

pub(super) async fn export(places: &Places, export: &Export) -> Result<()> {
    if matches!(export.what, What::Dump) {
        return everything(places, export).await;
    }
    let task = task(export)?;
    let program = program(places)?;
    let at = workplace(places).await?;
    check_currency_shown(&at.store, &program).await?;
    let mut out = Output::begin(export.out.as_deref())?;
    match task {
        Task::Journal(books) => write_books(&mut at.store.snapshot().await?, &program, books, &mut out).await?,
        Task::Figures(what, Format::Csv) => csv(&at, &program, what, &mut out).await?,
        Task::Figures(what, Format::Table) => writeln!(out, "{}", sheet(&at, &program, what).await?.aligned())?,
        Task::Figures(what, Format::Json) => writeln!(out, "{}", sheet(&at, &program, what).await?.json()?)?,
    }
    out.finish()
}

/// What is written, and how.
enum Task {
    Journal(Books),
    Figures(Figures, Format),
}

#[derive(Clone, Copy)]
enum Figures {
    Orders,
    Commissions,
    Balances,
    Exceptions,
}

/// It needs no program file: the database holds what there is.
async fn everything(places: &Places, export: &Export) -> Result<()> {
    ensure!(export.format.is_none(), "a dump is written as Parquet; leave --format out");
    let folder = export.out.as_deref().context("name the folder to write to with --out DIR")?;
    let at = workplace(places).await?;
    let dumped = dump(&at.store, &at.data, places.program.as_deref(), folder).await?;
    let row = |dumped: &Dumped| vec![dumped.table.to_owned(), dumped.rows.to_string()];
    let sheet = Sheet { header: vec!["table", "rows"], figures: vec![1], rows: dumped.iter().map(row).collect() };
    print(&format!("wrote {}; its README.md says how to read it\n{}", folder.display(), sheet.aligned()))
}

fn task(export: &Export) -> Result<Task> {
    let format = export.format.unwrap_or(ExportFormat::Csv);
    let figures = match export.what {
        What::Journal => return books(format).map(Task::Journal),
        What::Dump => bail!("a dump is written to a folder"),
        What::Orders => Figures::Orders,
        What::Commissions => Figures::Commissions,
        What::Balances => Figures::Balances,
        What::Exceptions => Figures::Exceptions,
    };
    match format {
        ExportFormat::Csv => Ok(Task::Figures(figures, Format::Csv)),
        ExportFormat::Table => Ok(Task::Figures(figures, Format::Table)),
        ExportFormat::Json => Ok(Task::Figures(figures, Format::Json)),
        ExportFormat::Hledger | ExportFormat::Beancount => {
            bail!("only the journal is written for hledger and beancount; choose csv, table or json with --format")
        }
    }
}

fn books(format: ExportFormat) -> Result<Books> {
    match format {
        ExportFormat::Csv => Ok(Books::Csv),
        ExportFormat::Hledger => Ok(Books::Hledger),
        ExportFormat::Beancount => Ok(Books::Beancount),
        ExportFormat::Table | ExportFormat::Json => {
            bail!("the journal is written as books only; choose csv, hledger or beancount with --format")
        }
    }
}

/// Large exports go out row by row: lines end in LF, quotes stand only where needed.
async fn csv(at: &Workplace, program: &Program, what: Figures, out: &mut Output) -> Result<()> {
    let mut csv = csv::WriterBuilder::new().from_writer(out);
    csv.write_record(columns(what))?;
    rows(at, program, what, |row| Ok(csv.write_record(row)?)).await?;
    Ok(csv.flush()?)
}

async fn sheet(at: &Workplace, program: &Program, what: Figures) -> Result<Sheet> {
    let mut sheet = Sheet { header: columns(what).to_vec(), figures: figures(what), rows: Vec::new() };
    rows(at, program, what, |row| {
        sheet.rows.push(row.iter().map(|value| (*value).to_owned()).collect());
        Ok(())
    })
    .await?;
    Ok(sheet)
}

fn columns(what: Figures) -> &'static [&'static str] {
    match what {
        Figures::Orders => &["order_id", "outcome", "reason"],
        Figures::Commissions => &["kind", "order_id", "line_id", "creator_id", "touch", "base", "commission", "state"],
        Figures::Balances => &["creator_id", "pending", "payable", "reserved", "paid"],
        Figures::Exceptions => &["kind", "subject"],
    }
}

fn figures(what: Figures) -> Vec<usize> {
    match what {
        Figures::Orders | Figures::Exceptions => vec![],
        Figures::Commissions => vec![5, 6],
        Figures::Balances => vec![1, 2, 3, 4],
    }
}

async fn rows(at: &Workplace, program: &Program, what: Figures, mut each: impl FnMut(&[&str]) -> Result<()>) -> Result<()> {
    let money = |minor: i64| format_minor(minor, program.currency.exponent());
    if let Figures::Balances = what {
        for (creator, balance) in balances(&at.store, &program.id).await? {
            let amounts = [balance.pending, balance.payable, balance.reserved, balance.paid].map(money);
            each(&[&creator, &amounts[0], &amounts[1], &amounts[2], &amounts[3]])?;
        }
        return Ok(());
    }
    let basis = last_basis(&at.store, program).await?;
    let kept = basis.with_context(|| format!("{} was never reconciled; run `purser run nightly` first", program.id))?.outcome;
    match what {
        Figures::Orders => kept.for_each_order(&at.data, |row| each(&row)),
        Figures::Exceptions => kept.exceptions(&at.data)?.iter().try_for_each(|(kind, subject)| each(&[kind.code(), subject])),
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
