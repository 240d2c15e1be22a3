//! Everything as Parquet, for a warehouse or an auditor: the tables of the database as they are at one moment, the outcome of
//! the last reconciliation, and a guide that says what is what and how to read it.
//!
//! `tables.rs` declares each table and column with its meaning, once; files and guide are made from that, and a test compares
//! it with the database's own catalog, so that a new column cannot be forgotten. The folder is there whole or not at all.
//!
//! Parquet and not SQL: types and column names survive, any tool reads it, and it ties nobody to our database. Giving report
//! tools the database itself was rejected: its tables are ours to change.
//!
//! To add a table or column of the database, add it to `tables.rs`, or to what is left out there. A file made of outcomes is
//! one more beside `orders` and `commissions` below.

mod outcome_tables;
mod parquet;
mod tables;

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::effect::UnfinishedFolder;
use crate::error::NotFound;
use crate::posting::KeptOutcome;
use crate::store::{Listing, Store, Tx, Value};
use outcome_tables::{COMMISSIONS, EXCEPTIONS, ORDERS};
use parquet::{BATCH_ROWS, ParquetFile, file_name};
use tables::{TABLES, Table};

/// How the guide begins: what the parts are, and examples.
const GUIDE: &str = include_str!("GUIDE.md");

/// A table that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dumped {
    /// Its name, which is its file's.
    pub table: &'static str,
    /// How many rows.
    pub rows: u64,
}

/// Writes everything to a folder that is not there yet, of all programs of the database or of one. It is there whole, or not
/// at all. All tables are of one moment.
///
/// # Errors
///
/// When the folder is there and not empty; when the program is not in the database; when kept files are missing.
pub async fn dump(store: &Store, data: &Path, program: Option<&str>, out: &Path) -> Result<Vec<Dumped>> {
    let folder = UnfinishedFolder::begin(out)?;
    let mut tx = store.snapshot().await?;
    let program = program.unwrap_or_default();
    if !program.is_empty() {
        let known = tx.rows("SELECT 1 FROM runs WHERE program = $1 LIMIT 1", &[program.into()]).await?;
        ensure!(!known.is_empty(), NotFound(format!("the database holds no program {program}; nothing was written")));
    }
    let mut dumped = Vec::new();
    for table in TABLES {
        let rows = of_database(&mut tx, table, program, &folder).await;
        dumped.push(Dumped { table: table.name, rows: rows.with_context(|| format!("writing the table {}", table.name))? });
    }
    let outcomes = outcomes(&mut tx, program).await?;
    for (table, write) in [(&ORDERS, orders as Rows), (&COMMISSIONS, commissions), (&EXCEPTIONS, exceptions)] {
        let mut file = ParquetFile::begin(table, folder.create(&file_name(table))?)?;
        for (program, outcome) in &outcomes {
            write(program, outcome, data, &mut file).with_context(|| format!("writing the {} of {program}", table.name))?;
        }
        dumped.push(Dumped { table: table.name, rows: file.finish()? });
    }
    folder.create("README.md")?.write_all(guide().as_bytes()).context("writing the guide")?;
    folder.keep()?;
    Ok(dumped)
}

/// A table of the database, page by page.
async fn of_database(tx: &mut Tx, table: &'static Table, program: &str, folder: &UnfinishedFolder) -> Result<u64> {
    let listing = Listing {
        table: table.name,
        columns: table.columns.iter().map(|column| column.from).collect(),
        key: table.key,
        of: table.of_program,
    };
    let places: Vec<usize> = table.key.iter().filter_map(|key| listing.columns.iter().position(|column| column == key)).collect();
    let mut file = ParquetFile::begin(table, folder.create(&file_name(table))?)?;
    let mut after: Vec<Value> = Vec::new();
    loop {
        let rows = tx.page(&listing, program, &after, BATCH_ROWS).await?;
        for row in &rows {
            file.add(row.values())?;
        }
        match rows.last() {
            Some(last) => after = places.iter().filter_map(|place| last.values().get(*place).cloned()).collect(),
            None => return file.finish(),
        }
    }
}

async fn outcomes(tx: &mut Tx, program: &str) -> Result<Vec<(String, KeptOutcome)>> {
    let sql = "SELECT program, outcome FROM reconciled WHERE program = $1 OR $1 = '' ORDER BY program";
    let mut outcomes = Vec::new();
    for row in tx.rows(sql, &[program.into()]).await? {
        let program = row.text(0)?.to_owned();
        let outcome = serde_json::from_str(row.text(1)?)
            .with_context(|| format!("the record of the last reconciliation of {program} cannot be read"))?;
        outcomes.push((program, outcome));
    }
    Ok(outcomes)
}

/// Writes one part of a program's outcome.
type Rows = fn(&str, &KeptOutcome, &Path, &mut ParquetFile) -> Result<()>;

fn orders(program: &str, outcome: &KeptOutcome, data: &Path, file: &mut ParquetFile) -> Result<()> {
    outcome.for_each_order(data, |[order_id, outcome, reason]| {
        file.add(&[program.into(), order_id.into(), outcome.into(), reason.into()])
    })
}

fn commissions(program: &str, outcome: &KeptOutcome, data: &Path, file: &mut ParquetFile) -> Result<()> {
    outcome.for_each_target(data, |target| {
        let texts = [program, target.kind, target.order_id, target.line_id, target.creator_id, target.touch, target.campaign];
        let mut row: Vec<Value> = texts.map(Value::from).into();
        row.extend([target.base.into(), target.commission.into()]);
        row.push(if target.payable { "payable" } else { "pending" }.into());
        file.add(&row)
    })
}

fn exceptions(program: &str, outcome: &KeptOutcome, data: &Path, file: &mut ParquetFile) -> Result<()> {
    let exceptions = outcome.exceptions(data)?;
    exceptions.iter().try_for_each(|(kind, subject)| file.add(&[program.into(), kind.code().into(), subject.as_str().into()]))
}

/// The reading guide: examples, then every table and column.
fn guide() -> String {
    let mut text = GUIDE.to_owned();
    for table in TABLES.iter().chain([&ORDERS, &COMMISSIONS, &EXCEPTIONS]) {
        let _ = write!(
            text,
            "\n### {}\n\n{} Key: {}.\n\n| column | holds | meaning |\n| --- | --- | --- |\n",
            table.name,
            table.means,
            table.key.join(", ")
        );
        for column in table.columns {
            let _ = writeln!(text, "| `{}` | {} | {} |", column.name, column.is.words(), column.means);
        }
    }
    text
}

/// Tables and columns of the database as the dump knows them, and those that it leaves out: to be compared with
/// the database's own catalog.
pub fn known_columns() -> Vec<(&'static str, &'static str)> {
    let dumped = TABLES.iter().flat_map(|table| table.columns.iter().map(|column| (table.name, column.from)));
    dumped.chain(tables::COLUMNS_LEFT_OUT.iter().copied()).collect()
}

/// Tables of the database that are not dumped.
pub fn tables_left_out() -> &'static [&'static str] {
    tables::LEFT_OUT
}
