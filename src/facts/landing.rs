//! Where orders of an API land: in copies that hold each order whole, as it is now.
//!
//! A fetch brings orders that changed. Each takes the place of what was there of it: its lines, refunds and disputes are those of its latest
//! version; versions and clicks add up. So that a change costs what it changes, and not what the shop has, the copies are cut into
//! **parts**, each a range of orders' ids, and only the parts that a batch touches are written again. Ids of shops grow, so what
//! is new lands in the last part; one that gets too large is cut in two. All who read copies find each order once, and need not know of parts.
//!
//! Copies that lie over each other, the later hiding rows of the earlier, were rejected: every reader would have to know.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use polars::prelude::{Column, DataFrame};

use super::as_text::as_text;
use super::keep::keep_without;
use super::made::keep_rows;
use super::manifest::{KeptFile, Manifest};
use super::pseudonyms::Erased;
use super::scan::read;
use super::schema::schema;
use super::text_column::Texts;
use crate::calendar::parse_time;
use crate::effect::reuse_file;
use crate::program::Table;
use crate::sources::{Format, Span, WholeOrder, hash_of};

/// A part of more orders than this is cut in two.
const MOST: usize = 20_000;

/// The rows of a table, as text.
type Rows = Vec<Vec<String>>;

/// The orders of an API that are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Landing {
    /// The least order id of each part, in order; that of the first is empty.
    pub parts: Vec<String>,
    /// The copies of each table, one for each part, in the same order.
    pub manifest: Manifest,
}

/// An order that is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Landed {
    /// When it was placed (microseconds since 1970).
    pub ordered_at: i64,
    /// Its id.
    pub id: String,
    /// The time of its latest version.
    pub updated_at: i64,
}

/// What a landing is called, where its files are, and who must not be named.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The name that people know the source by.
    pub source: &'a str,
    /// The data folder.
    pub data: &'a Path,
    /// Who must not be named.
    pub erased: &'a Erased,
}

impl Landing {
    /// Nothing yet, of a source that feeds these tables.
    ///
    /// # Errors
    ///
    /// When an empty copy cannot be written.
    pub fn new(tables: &[Table], ground: Ground<'_>) -> Result<Self> {
        let mut new = Self { parts: vec![String::new()], manifest: Manifest::default() };
        for table in tables {
            let copy = keep(*table, &[], ground)?;
            new.manifest.tables.insert(table.name().to_owned(), vec![copy]);
        }
        Ok(new)
    }

    /// Whether all of it is there as it was kept. What is not is fetched again.
    pub fn is_whole(&self, data: &Path) -> bool {
        let is_whole = |(table, file): (Table, &KeptFile)| {
            let path = file.path(data, table);
            reuse_file(&path) && hash_of(&path).is_ok_and(|hash| hash == file.copy)
        };
        self.tables().all(|table| self.manifest.files(table).len() == self.parts.len())
            && self.tables().flat_map(|table| self.manifest.files(table).iter().map(move |file| (table, file))).all(is_whole)
    }

    fn tables(&self) -> impl Iterator<Item = Table> {
        Table::ALL.into_iter().filter(|table| self.manifest.tables.contains_key(table.name()))
    }

    /// Leaves out who was erased since it was written.
    ///
    /// # Errors
    ///
    /// When a copy cannot be read or written.
    pub fn redact(&mut self, ground: Ground<'_>) -> Result<()> {
        for table in Erased::TABLES {
            for file in self.manifest.tables.get_mut(table.name()).into_iter().flatten() {
                if file.erased != ground.erased.mark(table) {
                    *file = keep_without(ground.erased, table, file, ground.data)?;
                }
            }
        }
        Ok(())
    }

    /// Lets orders take the place of what was there of them, and takes away those that are gone from the shop. A version that is earlier
    /// than one that is there is added as a version, and changes nothing else.
    ///
    /// # Errors
    ///
    /// When a copy cannot be read or written.
    pub fn land(&mut self, orders: &[WholeOrder], gone: &BTreeSet<String>, ground: Ground<'_>) -> Result<()> {
        let mut touched: BTreeMap<usize, Vec<&WholeOrder>> = BTreeMap::new();
        for order in orders {
            touched.entry(self.part_of(&order.id)).or_default().push(order);
        }
        for id in gone {
            touched.entry(self.part_of(id)).or_default();
        }
        // From the last on: a part that is cut in two moves those after it.
        for (part, orders) in touched.into_iter().rev() {
            self.land_in(part, &orders, gone, ground)?;
        }
        Ok(())
    }

    fn part_of(&self, id: &str) -> usize {
        self.parts.partition_point(|least| place(least) <= place(id)).saturating_sub(1)
    }

    fn land_in(&mut self, part: usize, new: &[&WholeOrder], gone: &BTreeSet<String>, ground: Ground<'_>) -> Result<()> {
        let tables: Vec<Table> = self.tables().collect();
        let mut rows: BTreeMap<Table, (Rows, bool)> = BTreeMap::new();
        let old = rows_of(&self.manifest.files(Table::Orders)[part], Table::Orders, ground.data)?;
        let current = Current::of(&old, new)?;
        for table in tables {
            let old = match table {
                Table::Orders => old.clone(),
                _ => rows_of(&self.manifest.files(table)[part], table, ground.data)?,
            };
            let merged = merged(table, old.clone(), new, gone, &current, ground.erased)?;
            let is_changed = merged != old;
            rows.insert(table, (merged, is_changed));
        }
        let ids: BTreeSet<(usize, &str)> = rows[&Table::Orders].0.iter().map(|row| place(&row[0])).collect();
        let middle = (ids.len() > MOST).then(|| ids.iter().nth(ids.len() / 2).map(|(_, id)| (*id).to_owned())).flatten();
        for (table, (rows, is_changed)) in &rows {
            let files = self.manifest.tables.get_mut(table.name()).context("a landing has its tables")?;
            match &middle {
                Some(middle) => {
                    let cut = rows.partition_point(|row| place(order_of(*table, row)) < place(middle));
                    let halves = [keep(*table, &rows[..cut], ground)?, keep(*table, &rows[cut..], ground)?];
                    files.splice(part..=part, halves);
                }
                None if *is_changed => files[part] = keep(*table, rows, ground)?,
                None => {}
            }
        }
        if let Some(middle) = middle {
            self.parts.insert(part + 1, middle);
        }
        Ok(())
    }

    /// The orders of a part, each with its latest version.
    fn orders_in(&self, part: usize, data: &Path) -> Result<Vec<Landed>> {
        let columns = ["order_id", "ordered_at", "updated_at"];
        let file = &self.manifest.files(Table::Orders)[part];
        let rows = in_columns(file, Table::Orders, &columns, data)?;
        let mut latest: HashMap<String, Landed> = HashMap::with_capacity(rows.len());
        for row in rows {
            let [ordered_at, updated_at] = [instant(&row[1])?, instant(&row[2])?];
            let id = row.into_iter().next().unwrap_or_default();
            let landed = Landed { ordered_at, id: id.clone(), updated_at };
            let known = latest.entry(id).or_insert_with(|| landed.clone());
            if landed.updated_at >= known.updated_at {
                *known = landed;
            }
        }
        Ok(latest.into_values().collect())
    }

    /// How many orders of a span are kept.
    ///
    /// # Errors
    ///
    /// When a copy cannot be read.
    pub fn count(&self, span: Span, data: &Path) -> Result<u64> {
        let count = |part| Ok(self.orders_in(part, data)?.iter().filter(|order| holds(span, order.ordered_at)).count());
        let counts = (0..self.parts.len()).map(count).sum::<Result<usize>>()?;
        Ok(u64::try_from(counts)?)
    }

    /// The orders of a span, in order of time.
    ///
    /// # Errors
    ///
    /// When a copy cannot be read.
    pub fn orders(&self, span: Span, data: &Path) -> Result<Vec<Landed>> {
        let mut orders = Vec::new();
        for part in 0..self.parts.len() {
            orders.extend(self.orders_in(part, data)?.into_iter().filter(|order| holds(span, order.ordered_at)));
        }
        orders.sort();
        Ok(orders)
    }

    /// The times of the latest versions of these orders, of those that are kept.
    ///
    /// # Errors
    ///
    /// When a copy cannot be read.
    pub fn versions(&self, ids: &[String], data: &Path) -> Result<BTreeMap<String, i64>> {
        let parts: BTreeSet<usize> = ids.iter().map(|id| self.part_of(id)).collect();
        let wanted: HashSet<&str> = ids.iter().map(String::as_str).collect();
        let mut versions = BTreeMap::new();
        for part in parts {
            let orders = self.orders_in(part, data)?.into_iter().filter(|order| wanted.contains(order.id.as_str()));
            versions.extend(orders.map(|order| (order.id, order.updated_at)));
        }
        Ok(versions)
    }
}

fn holds(span: Span, time: i64) -> bool {
    span.from.is_none_or(|from| from <= time) && time < span.until
}

/// Where an order stands: shorter ids first, so that numbers stand in their order.
fn place(id: &str) -> (usize, &str) {
    (id.len(), id)
}

/// The order that a row belongs to.
fn order_of(table: Table, row: &[String]) -> &str {
    match table {
        Table::Clicks => row[0].split_once('/').map_or(row[0].as_str(), |(order, _)| order),
        Table::Refunds | Table::Disputes => &row[1],
        _ => &row[0],
    }
}

/// Which of the new orders say how they are now: the latest version of each, unless a later one is there.
struct Current<'a>(HashMap<&'a str, &'a WholeOrder>);

impl<'a> Current<'a> {
    fn of(old: &Rows, new: &[&'a WholeOrder]) -> Result<Self> {
        let ids: HashSet<&str> = new.iter().map(|order| order.id.as_str()).collect();
        let mut latest: HashMap<&str, i64> = HashMap::new();
        for row in old.iter().filter(|row| ids.contains(row[0].as_str())) {
            let version = instant(&row[2])?;
            let known = latest.entry(&row[0]).or_insert(version);
            *known = version.max(*known);
        }
        let mut current = HashMap::new();
        let mut latest: HashMap<String, i64> = latest.into_iter().map(|(id, at)| (id.to_owned(), at)).collect();
        for order in new {
            let version = order.rows.get(&Table::Orders).and_then(|rows| rows.first());
            let version = instant(version.map_or("", |row| &row[2]))?;
            let known = latest.entry(order.id.clone()).or_insert(version);
            if version >= *known {
                *known = version;
                current.insert(order.id.as_str(), *order);
            }
        }
        Ok(Self(current))
    }
}

/// The rows of a table after some orders changed, in order of the orders.
fn merged(
    table: Table,
    old: Rows,
    new: &[&WholeOrder],
    gone: &BTreeSet<String>,
    current: &Current<'_>,
    erased: &Erased,
) -> Result<Rows> {
    let mut added: Rows = match table {
        // Versions and clicks add up; of two with the same key, the later says what it is.
        Table::Orders | Table::Clicks => {
            let all = new.iter().flat_map(|order| order.rows.get(&table).into_iter().flatten());
            let keyed: BTreeMap<_, _> = all.map(|row| (key(table, row), row)).collect();
            keyed.into_values().cloned().collect()
        }
        _ => {
            let last: BTreeMap<_, _> = current.0.iter().map(|(id, order)| (place(id), order)).collect();
            last.into_values().flat_map(|order| order.rows.get(&table).into_iter().flatten().cloned()).collect()
        }
    };
    if !erased.mark(table).is_empty() {
        added = rows_in(&erased.redact(table, frame(table, &added)?)?)?;
    }
    let keys: HashSet<(String, String)> = added.iter().map(|row| key(table, row)).collect();
    let stays = |row: &Vec<String>| match table {
        Table::Clicks => !keys.contains(&key(table, row)),
        Table::Orders => !gone.contains(&row[0]) && !keys.contains(&key(table, row)),
        _ => !gone.contains(order_of(table, row)) && !current.0.contains_key(order_of(table, row)),
    };
    let mut rows: Rows = old.into_iter().filter(stays).chain(added).collect();
    match table {
        Table::Orders => rows.sort_by_cached_key(|row| (row[0].len(), row[0].clone(), parse_time(&row[2]))),
        _ => rows.sort_by(|one, other| place(order_of(table, one)).cmp(&place(order_of(table, other)))),
    }
    Ok(rows)
}

/// What tells rows of versions and clicks apart.
fn key(table: Table, row: &[String]) -> (String, String) {
    let second = if table == Table::Orders { row[2].clone() } else { String::new() };
    (row[0].clone(), second)
}

fn instant(text: &str) -> Result<i64> {
    parse_time(text).with_context(|| format!("a kept order has the time \"{text}\""))
}

/// Keeps rows under the hash of their copy.
fn keep(table: Table, rows: &[Vec<String>], ground: Ground<'_>) -> Result<KeptFile> {
    keep_rows(table, &mut frame(table, rows)?, (ground.source, Format::Api), ground.data, ground.erased)
}

fn rows_of(file: &KeptFile, table: Table, data: &Path) -> Result<Rows> {
    in_columns(file, table, &schema(table).names(), data)
}

fn in_columns(file: &KeptFile, table: Table, columns: &[&str], data: &Path) -> Result<Rows> {
    rows_in(&as_text(&file.source, read(file, data, table, columns)?)?)
}

fn rows_in(frame: &DataFrame) -> Result<Rows> {
    let mut frame = frame.clone();
    frame.rechunk_mut();
    let columns = frame.columns().iter().map(Texts::of).collect::<Result<Vec<_>>>()?;
    Ok((0..frame.height()).map(|row| columns.iter().map(|column| column.get(row).to_owned()).collect()).collect())
}

fn frame(table: Table, rows: &[Vec<String>]) -> Result<DataFrame> {
    let names = schema(table).names();
    for row in rows {
        ensure!(row.len() == names.len(), "a row of {table} has {} values for {} columns", row.len(), names.len());
    }
    let column = |(place, name): (usize, &&str)| {
        let values: Vec<&str> = rows.iter().map(|row| row[place].as_str()).collect();
        Column::new((*name).into(), values)
    };
    Ok(DataFrame::new(rows.len(), names.iter().enumerate().map(column).collect())?)
}
