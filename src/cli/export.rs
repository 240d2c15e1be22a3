use std::io::Write;

use anyhow::{Context, Result, bail, ensure};

use super::args::{By, Export, ExportFormat, Format, Places, What};
use super::context::{ledger_of, open, workplace};
use super::output::Output;
use super::show::{Sheet, print};
use crate::app::{
    Books, ClearedBy, Dumped, Environment, Figures, Liability, LiabilityRow, MonthBooks, Share, cleared_by_days, cleared_picture,
    export_dump, export_figures, export_journal, export_month, liability_by_age,
};
use crate::calendar::{Month, format_day};
use crate::error::Invalid;
use crate::money::format_minor;
use crate::program::Program;

pub(super) async fn export(places: &Places, export: &Export) -> Result<()> {
    check_options(export)?;
    if export.what == What::Dump {
        return everything(places, export).await;
    }
    let task = task(export)?;
    let (at, program) = open(places).await?;
    let mut out = Output::begin(export.out.as_deref())?;
    match task {
        Task::Journal(books) => export_journal(&at, &program, books, &mut out).await?,
        Task::Month(books, month) => export_month(&at, &program, books, month, &mut out).await?,
        Task::Liability(format) => write(&owed(&at, &program, export).await?, format, &mut out)?,
        Task::Cleared(None) => out.write_all(cleared_picture(&cleared_by_days(&at, &program).await?).as_bytes())?,
        Task::Cleared(Some(format)) => write(&cleared(&program, &cleared_by_days(&at, &program).await?), format, &mut out)?,
        Task::Figures(what, Format::Csv) => csv(&at, &program, what, &mut out).await?,
        Task::Figures(what, Format::Table) => writeln!(out, "{}", sheet(&at, &program, what).await?.aligned())?,
        Task::Figures(what, Format::Json) => writeln!(out, "{}", sheet(&at, &program, what).await?.json()?)?,
    }
    out.finish()
}

/// What is written, and how.
enum Task {
    Journal(Books),
    Month(MonthBooks, Month),
    Liability(Format),
    /// As figures; none: as a picture.
    Cleared(Option<Format>),
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
    let figures = match export.what {
        What::Journal => return journal(format, export.month),
        What::Liability => return shown(format).map(Task::Liability),
        What::Cleared if format == ExportFormat::Svg => return Ok(Task::Cleared(None)),
        What::Cleared => return shown(format).map(|format| Task::Cleared(Some(format))),
        What::Dump => bail!(Invalid("a dump is written to a folder".to_owned())),
        What::Orders => Figures::Orders,
        What::Commissions if export.by == Some(By::Campaign) => Figures::Campaigns,
        What::Commissions => Figures::Commissions,
        What::Balances => Figures::Balances,
        What::Exceptions => Figures::Exceptions,
    };
    Ok(Task::Figures(figures, shown(format)?))
}

/// Refuses options that say nothing about what is exported.
fn check_options(export: &Export) -> Result<()> {
    let of = |by: Option<By>| match by {
        None => true,
        Some(By::Campaign) => export.what == What::Commissions,
        Some(By::Creator) => export.what == What::Liability,
    };
    ensure!(
        of(export.by),
        Invalid(
            "only commissions are summed by campaign, and only the liability is listed by creator: purser export commissions --by campaign, \
             purser export liability --by creator"
                .to_owned()
        )
    );
    ensure!(
        export.as_of.is_none() || export.what == What::Liability,
        Invalid("only the liability is exported as of a day: purser export liability --as-of DAY".to_owned())
    );
    ensure!(
        export.month.is_none() || export.what == What::Journal,
        Invalid("only the journal is exported by month: purser export journal --format quickbooks --month MONTH".to_owned())
    );
    Ok(())
}

/// A format of figures.
fn shown(format: ExportFormat) -> Result<Format> {
    match format {
        ExportFormat::Csv => Ok(Format::Csv),
        ExportFormat::Table => Ok(Format::Table),
        ExportFormat::Json => Ok(Format::Json),
        ExportFormat::Hledger | ExportFormat::Beancount => {
            bail!(Invalid(
                "only the journal is written for hledger and beancount; choose csv, table or json with --format".to_owned()
            ))
        }
        ExportFormat::Svg => bail!(Invalid("only what has cleared is drawn: purser export cleared --format svg".to_owned())),
        ExportFormat::Quickbooks | ExportFormat::Xero | ExportFormat::Datev => {
            bail!(Invalid(
                "only the journal is written for accounting programs; choose csv, table or json with --format".to_owned()
            ))
        }
    }
}

/// A format of the journal: all of it, or a month.
fn journal(format: ExportFormat, month: Option<Month>) -> Result<Task> {
    let of_month = |books: MonthBooks| {
        let month = month.with_context(|| {
            Invalid("an accounting program takes one month at a time: name it with --month, such as --month 2026-03".to_owned())
        });
        month.map(|month| Task::Month(books, month))
    };
    let whole = |books: Books| {
        ensure!(month.is_none(), Invalid("csv, hledger and beancount hold the whole journal; leave out --month".to_owned()));
        Ok(Task::Journal(books))
    };
    match format {
        ExportFormat::Csv => whole(Books::Csv),
        ExportFormat::Hledger => whole(Books::Hledger),
        ExportFormat::Beancount => whole(Books::Beancount),
        ExportFormat::Quickbooks => of_month(MonthBooks::Quickbooks),
        ExportFormat::Xero => of_month(MonthBooks::Xero),
        ExportFormat::Datev => of_month(MonthBooks::Datev),
        ExportFormat::Table | ExportFormat::Json | ExportFormat::Svg => {
            bail!(Invalid(
                "the journal is only written in accounting formats; choose csv, hledger or beancount with --format, or quickbooks, xero or \
                 datev with a month"
                    .to_owned()
            ))
        }
    }
}

fn write(sheet: &Sheet, format: Format, out: &mut Output) -> Result<()> {
    match format {
        Format::Csv => sheet.csv(out),
        Format::Table => Ok(writeln!(out, "{}", sheet.aligned())?),
        Format::Json => Ok(writeln!(out, "{}", sheet.json()?)?),
    }
}

/// What has cleared: how much of how much, and the share in percent.
fn cleared(program: &Program, cleared: &[ClearedBy]) -> Sheet {
    let money = |minor: i64| format_minor(minor, program.currency.exponent());
    let percent = |share: Share| share.tenths().map(|tenths| format!("{}.{}", tenths / 10, tenths % 10)).unwrap_or_default();
    let row = |ClearedBy { days, orders, money: commission, payouts }: &ClearedBy| {
        let counted = [orders.part.to_string(), orders.of.to_string(), percent(*orders)];
        let summed = [commission, payouts].map(|share| [money(share.part), money(share.of), percent(*share)]);
        std::iter::once(days.to_string()).chain(counted).chain(summed.into_iter().flatten()).collect()
    };
    Sheet {
        header: vec![
            "days",
            "orders",
            "of_orders",
            "orders_percent",
            "commission",
            "of_commission",
            "commission_percent",
            "payouts",
            "of_payouts",
            "payouts_percent",
        ],
        figures: (0..10).collect(),
        rows: cleared.iter().map(row).collect(),
    }
}

/// What is owed, by age.
async fn owed(at: &Environment, program: &Program, export: &Export) -> Result<Sheet> {
    let Liability { day, rows } = liability_by_age(at, program, export.as_of, export.by == Some(By::Creator)).await?;
    let money = |minor: i64| format_minor(minor, program.currency.exponent());
    let day = format_day(day);
    let row = |LiabilityRow { creator_id, standing, owed }: LiabilityRow| {
        let before = [program.id.clone(), program.currency.code().to_owned(), day.clone()];
        let amounts = std::iter::once(owed.total).chain(owed.ages).map(money);
        before.into_iter().chain(creator_id).chain([standing.code().to_owned()]).chain(amounts).collect()
    };
    let mut header = vec!["program", "currency", "as_of"];
    header.extend((export.by == Some(By::Creator)).then_some("creator_id"));
    let figures = (header.len() + 1..header.len() + 6).collect();
    header.extend(["standing", "total", "days_0_30", "days_31_60", "days_61_90", "days_over_90"]);
    Ok(Sheet { header, figures, rows: rows.into_iter().map(row).collect() })
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
