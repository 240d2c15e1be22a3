//! Reading a list of facts back: text becomes typed tables, and whatever does not parse or contradicts itself is refused.

use std::path::Path;

use anyhow::Result;
use polars::prelude::DataFrame;

use super::bounds::Bounds;
use super::frames::Facts;
use super::manifest::Manifest;
use super::owners::{Campaigns, Owner};
use super::parallel::both;
use super::parquet::rows_in;
use super::pointers::Pointers;
use super::tables::creators::Creator;
use super::tables::{clicks, codes, creators, disputes, fees, fx, links, order_lines, orders, rates, refunds};
use super::text_table::TextTable;
use super::wrong_facts::WrongFacts;
use crate::program::{Program, Table};
use crate::sources::Mistakes;
use crate::vocabulary::{done, planned};

/// Reads and checks the facts that a manifest lists, whose events and due dates have to lie within `bounds`.
///
/// # Errors
///
/// [`WrongFacts`] when a value does not parse or lies out of bounds, a key has two contents, or something has two owners at one
/// instant; names file, row and column of each table's first mistakes. Something else when a kept copy cannot be read.
pub fn load(program: &Program, manifest: &Manifest, data: &Path, bounds: &Bounds) -> Result<Facts> {
    let mut wrong = WrongFacts::default();
    let facts = load_all(program, manifest, data, bounds, None, &mut wrong)?;
    wrong.into_result()?;
    Ok(facts)
}

/// As [`load`], without visitors' clicks that are older than `window` (microseconds) at all of their orders, or after all of them: no
/// rule with such a window looks at them, and they are most of all clicks.
///
/// # Errors
///
/// As [`load`].
pub fn load_recent(program: &Program, manifest: &Manifest, data: &Path, bounds: &Bounds, window: i64) -> Result<Facts> {
    let mut wrong = WrongFacts::default();
    let facts = load_all(program, manifest, data, bounds, Some(window), &mut wrong)?;
    wrong.into_result()?;
    Ok(facts)
}

/// As [`load`], or [`load_recent`] where there is a window, but adds what is wrong. Where something is, the facts are of no use.
pub(super) fn load_all(
    program: &Program,
    manifest: &Manifest,
    data: &Path,
    bounds: &Bounds,
    window: Option<i64>,
    wrong: &mut WrongFacts,
) -> Result<Facts> {
    let mut tables = Tables { manifest, data, wrong };
    planned("rows checked", rows_of(manifest, data));
    let mut orders = tables.load(Table::Orders, |table, wrong| orders::load(table, bounds, wrong))?;
    tracing::debug!(rows = orders.frame.height(), "read orders");
    let mut of_clicks = WrongFacts::default();
    let of_orders = || {
        let lines = tables.load(Table::OrderLines, |table, wrong| order_lines::load(table, &orders.numbers, wrong))?;
        tracing::debug!(rows = lines.height(), "read order lines");
        let refunds = tables.load(Table::Refunds, |table, wrong| refunds::load(table, &orders.numbers, bounds, wrong))?;
        let disputes = tables.load(Table::Disputes, |table, wrong| disputes::load(table, &orders.numbers, bounds, wrong))?;
        Ok((lines, refunds, disputes))
    };
    let pointed_to = || {
        let (pointers, visitors) = Pointers::of(&orders.frame, window)?;
        let clicks = clicks::load(manifest, data, &pointers, bounds, &mut of_clicks)?;
        tracing::debug!(rows = clicks.height(), "read clicks");
        Ok((clicks, visitors))
    };
    let ((lines, refunds, disputes), (clicks, visitors)) = both(of_orders, pointed_to)?;
    drop(orders.numbers);
    tables.wrong.take_over(of_clicks);
    orders.frame.with_column(visitors)?;
    let campaigns = Campaigns(Some(&program.campaigns));
    let links = tables.load(Table::Links, |table, wrong| links::load(table, campaigns, wrong))?;
    Ok(Facts {
        clicks,
        orders: orders.frame,
        lines,
        refunds,
        disputes,
        creators: tables.load(Table::Creators, creators::load)?,
        links,
        codes: tables.load(Table::Codes, |table, wrong| codes::load(table, campaigns, wrong))?,
        fx: tables.load(Table::Fx, fx::load)?,
        rates: tables.load(Table::Rates, |table, wrong| rates::load(table, campaigns, wrong))?,
        fees: tables.load(Table::Fees, |table, wrong| fees::load(table, program.currency, bounds, wrong))?,
    })
}

/// How many rows the copies of a list have, by their footers. What cannot be read is said by the one who reads it.
pub fn rows_of(manifest: &Manifest, data: &Path) -> usize {
    let files = Table::ALL.into_iter().flat_map(|table| manifest.files(table).iter().map(move |file| file.path(data, table)));
    files.filter_map(|path| rows_in(&path).ok()).sum()
}

/// The tables of a list, and what was found to be wrong with them.
struct Tables<'a> {
    manifest: &'a Manifest,
    data: &'a Path,
    wrong: &'a mut WrongFacts,
}

impl Tables<'_> {
    /// Reads a table and types it. One that cannot be read is taken for empty, so that the others are checked.
    fn load<T>(&mut self, table: Table, typed: impl FnOnce(&TextTable<'_>, &mut Mistakes) -> Result<T>) -> Result<T> {
        let text = match TextTable::read(self.manifest, self.data, table) {
            Ok(text) => text,
            Err(error) => {
                self.wrong.fail(table, error);
                TextTable::empty(table)?
            }
        };
        let mut mistakes = Mistakes::default();
        let typed = typed(&text, &mut mistakes)?;
        self.wrong.add(table, mistakes);
        done("rows checked", text.height());
        Ok(typed)
    }
}

/// The tables that people edit, as frames of [`Facts`].
#[derive(Debug, Clone)]
pub struct Edited {
    /// See [`Facts::creators`].
    pub creators: DataFrame,
    /// See [`Facts::links`].
    pub links: DataFrame,
    /// See [`Facts::codes`].
    pub codes: DataFrame,
    /// See [`Facts::fx`].
    pub fx: DataFrame,
    /// See [`Facts::rates`].
    pub rates: DataFrame,
}

impl Edited {
    /// Which they are.
    pub const TABLES: [Table; 5] = [Table::Creators, Table::Links, Table::Codes, Table::Fx, Table::Rates];

    /// The program with the rates that were agreed with single creators.
    ///
    /// # Errors
    ///
    /// When the frame of rates lacks a column.
    pub fn with_agreed_rates(&self, program: &Program) -> Result<Program> {
        Ok(program.with_rates(rates::agreed_rules(&rates::rows(&self.rates)?)?))
    }
}

/// Reads the links and the codes, with their owners.
///
/// # Errors
///
/// As [`load`].
pub fn load_owners(manifest: &Manifest, data: &Path) -> Result<(Vec<Owner>, Vec<Owner>)> {
    let mut wrong = WrongFacts::default();
    let mut tables = Tables { manifest, data, wrong: &mut wrong };
    let any = Campaigns(None);
    let links = tables.load(Table::Links, |table, wrong| links::load(table, any, wrong))?;
    let codes = tables.load(Table::Codes, |table, wrong| codes::load(table, any, wrong))?;
    wrong.into_result()?;
    Ok((links::rows(&links)?, codes::rows(&codes)?))
}

/// Reads and checks the tables that people edit.
///
/// # Errors
///
/// As [`load`].
pub fn load_edited(manifest: &Manifest, data: &Path) -> Result<Edited> {
    let mut wrong = WrongFacts::default();
    let mut tables = Tables { manifest, data, wrong: &mut wrong };
    // What they name was declared when they were new.
    let any = Campaigns(None);
    let edited = Edited {
        creators: tables.load(Table::Creators, creators::load)?,
        links: tables.load(Table::Links, |table, wrong| links::load(table, any, wrong))?,
        codes: tables.load(Table::Codes, |table, wrong| codes::load(table, any, wrong))?,
        fx: tables.load(Table::Fx, fx::load)?,
        rates: tables.load(Table::Rates, |table, wrong| rates::load(table, any, wrong))?,
    };
    wrong.into_result()?;
    Ok(edited)
}

/// Reads and checks the creators alone.
///
/// # Errors
///
/// As [`load`].
pub fn load_creators(manifest: &Manifest, data: &Path) -> Result<Vec<Creator>> {
    let mut wrong = WrongFacts::default();
    let frame = Tables { manifest, data, wrong: &mut wrong }.load(Table::Creators, creators::load)?;
    wrong.into_result()?;
    creators::rows(&frame)
}
