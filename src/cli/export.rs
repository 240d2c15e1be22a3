use std::io::Write;

use anyhow::{Context, Result, bail, ensure};

use super::args::{By, Export, ExportFormat, Format, Places, What};
use super::context::{ledger_of, open, workplace};
use super::output::Output;
use super::show::{Sheet, print};
use crate::app::{Books, Dumped, Environment, Figures, export_dump, export_figures, export_journal};
use crate::error::Invalid;
use crate::program::Program;

pub(super) async fn export(places: &Places, export: &Export) -> Result<()> {
    if matches!(export.what, What::Dump) && export.by.is_none() {
        return everything(places, export).await;
    }
    let task = task(export)?;
    let (at, program) = open(places).await?;
    let mut out = Output::begin(export.out.as_deref())?;
    match task {
        Task::Journal(books) => export_journal(&at, &program, books, &mut out).await?,
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

/// It needs no program file: the database holds what there is.
async fn everything(places: &Places, export: &Export) -> Result<()> {
    ensure!(export.format.is_none(), Invalid("a dump is always Parquet; leave out --format".to_owned()));
    let folder = export.out.as_deref().context("name the folder to write to with --out DIR")?;
    let at = workplace(places).await?;
    let dumped = export_dump(&at, ledger_of(&at, places).await?.as_deref(), folder).await?;
    let row = |dumped: &Dumped| vec![dumped.table.to_owned(), dumped.rows.to_string()];
    let sheet = Sheet { header: vec!["table", "rows"], figures: vec![1], rows: dumped.iter().map(row).collect() };
    print(&format!("wrote {}; its README.md explains how to read it\n{}", folder.display(), sheet.aligned()))
}

fn task(export: &Export) -> Result<Task> {
    let format = export.format.unwrap_or(ExportFormat::Csv);
    ensure!(
        export.by.is_none() || matches!(export.what, What::Commissions),
        Invalid("only commissions are summed by campaign: purser export commissions --by campaign".to_owned())
    );
    let figures = match export.what {
        What::Journal => return books(format).map(Task::Journal),
        What::Dump => bail!(Invalid("a dump is written to a folder".to_owned())),
        What::Orders => Figures::Orders,
        What::Commissions if export.by == Some(By::Campaign) => Figures::Campaigns,
        What::Commissions => Figures::Commissions,
        What::Balances => Figures::Balances,
        What::Exceptions => Figures::Exceptions,
    };
    match format {
        ExportFormat::Csv => Ok(Task::Figures(figures, Format::Csv)),
        ExportFormat::Table => Ok(Task::Figures(figures, Format::Table)),
        ExportFormat::Json => Ok(Task::Figures(figures, Format::Json)),
        ExportFormat::Hledger | ExportFormat::Beancount => {
            bail!(Invalid(
                "only the journal is written for hledger and beancount; choose csv, table or json with --format".to_owned()
            ))
        }
    }
}

fn books(format: ExportFormat) -> Result<Books> {
    match format {
        ExportFormat::Csv => Ok(Books::Csv),
        ExportFormat::Hledger => Ok(Books::Hledger),
        ExportFormat::Beancount => Ok(Books::Beancount),
        ExportFormat::Table | ExportFormat::Json => {
            bail!(Invalid(
                "the journal is only written in accounting formats; choose csv, hledger or beancount with --format".to_owned()
            ))
        }
    }
}

/// Large exports go out row by row: lines end in LF, quotes stand only where needed. Programs read them, so every byte of an id stays.
async fn csv(at: &Environment, program: &Program, what: Figures, out: &mut Output) -> Result<()> {
    let mut csv = csv::WriterBuilder::new().from_writer(out);
    csv.write_record(what.columns())?;
    export_figures(at, program, what, |row| Ok(csv.write_record(row)?)).await?;
    Ok(csv.flush()?)
}

async fn sheet(at: &Environment, program: &Program, what: Figures) -> Result<Sheet> {
    let mut sheet = Sheet { header: what.columns().to_vec(), figures: what.figures().to_vec(), rows: Vec::new() };
    export_figures(at, program, what, |row| {
        sheet.rows.push(row.iter().map(|value| (*value).to_owned()).collect());
        Ok(())
    })
    .await?;
    Ok(sheet)
}
