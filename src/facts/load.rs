//! Reading a list of facts back: text becomes typed tables, and whatever does not parse or contradicts itself is refused.

use std::path::Path;

use anyhow::Result;

use super::frames::Facts;
use super::manifest::Manifest;
use super::numbering::Interned;
use super::tables::creators::Creator;
use super::tables::{clicks, codes, creators, fees, fx, links, order_lines, orders, refunds};
use super::text_column::Texts;
use super::text_table::TextTable;
use super::wrong_facts::WrongFacts;
use crate::program::{Program, Table};
use crate::sources::Mistakes;

/// Reads and checks the facts that a manifest lists.
///
/// # Errors
///
/// [`WrongFacts`] when a value does not parse, a key has two contents, or something has two owners at one instant; names file,
/// row and column of each table's first mistakes. Something else when a kept copy cannot be read.
pub fn load(program: &Program, manifest: &Manifest, data: &Path) -> Result<Facts> {
    let mut wrong = WrongFacts::default();
    let facts = load_all(program, manifest, data, &mut wrong)?;
    wrong.into_result()?;
    Ok(facts)
}

/// As [`load`], but adds what is wrong. Where something is, the facts are of no use.
pub(super) fn load_all(program: &Program, manifest: &Manifest, data: &Path, wrong: &mut WrongFacts) -> Result<Facts> {
    let mut tables = Tables { manifest, data, wrong };
    let orders = tables.load(Table::Orders, orders::load)?;
    tracing::debug!(rows = orders.frame.height(), "read orders");
    let lines = tables.load(Table::OrderLines, |table, wrong| order_lines::load(table, &orders.numbers, wrong))?;
    tracing::debug!(rows = lines.height(), "read order lines");
    let refunds = tables.load(Table::Refunds, |table, wrong| refunds::load(table, &orders.numbers, wrong))?;
    drop(orders.numbers);
    let links = tables.load(Table::Links, links::load)?;
    let link_keys = Interned::of(Texts::of(links.column("link_key")?)?)?;
    let named = Interned::of(Texts::of(orders.frame.column("click_id")?)?)?;
    let clicks = clicks::load(manifest, data, clicks::Wanted::new(orders.visitors, named, link_keys), tables.wrong)?;
    tracing::debug!(rows = clicks.clicks.height(), "read clicks");
    Ok(Facts {
        clicks: clicks.clicks,
        visitors: clicks.visitors,
        link_keys: clicks.link_keys,
        orders: orders.frame,
        lines,
        refunds,
        creators: tables.load(Table::Creators, creators::load)?,
        links,
        codes: tables.load(Table::Codes, codes::load)?,
        fx: tables.load(Table::Fx, fx::load)?,
        fees: tables.load(Table::Fees, |table, wrong| fees::load(table, program.currency, wrong))?,
    })
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
        Ok(typed)
    }
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
