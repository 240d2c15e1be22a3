//! What people call orders and lines. It decides nothing, so it is read only where somebody looks.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher;
use std::path::Path;

use anyhow::Result;

use super::manifest::Manifest;
use super::person::each_row;
use crate::error::Conflict;
use crate::program::Table;

/// An order, and what people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedOrder {
    /// The shop's permanent id.
    pub order_id: String,
    /// What people call it, or empty.
    pub name: String,
}

/// The order that somebody wrote, by its id or else by its name; the id as written where no order has either.
///
/// # Errors
///
/// When several orders have the name, or a kept file is missing or cannot be read.
pub fn find_order(manifest: &Manifest, data: &Path, written: &str) -> Result<NamedOrder> {
    let mut name = None;
    let mut of_name = BTreeSet::new();
    each_row(std::slice::from_ref(manifest), data, Table::Orders, &["order_id", "order_name"], |row| {
        if row[0] == written {
            name = name.take().max(Some(row[1].to_owned()));
        } else if row[1] == written {
            of_name.insert(row[0].to_owned());
        }
    })?;
    if let Some(name) = name {
        return Ok(NamedOrder { order_id: written.to_owned(), name });
    }
    let ids: Vec<&str> = of_name.iter().map(String::as_str).collect();
    match ids[..] {
        [] => Ok(NamedOrder { order_id: written.to_owned(), name: String::new() }),
        [id] => Ok(NamedOrder { order_id: id.to_owned(), name: written.to_owned() }),
        _ => {
            Err(Conflict(format!("several orders are called {written}; give the id of the one you mean: {}", ids.join(", ")))
                .into())
        }
    }
}

/// What the lines of an order are called, by line_id; only those that have a title.
///
/// # Errors
///
/// When a kept file is missing or cannot be read.
pub fn titles(manifest: &Manifest, data: &Path, order_id: &str) -> Result<BTreeMap<String, String>> {
    let mut titles = BTreeMap::new();
    each_row(std::slice::from_ref(manifest), data, Table::OrderLines, &["order_id", "line_id", "title"], |row| {
        if row[0] == order_id && !row[2].is_empty() {
            titles.insert(row[1].to_owned(), row[2].to_owned());
        }
    })?;
    Ok(titles)
}

/// What the lines of many orders are called, by order_id and line_id: the title, else the sku; only those that have either.
///
/// # Errors
///
/// As [`titles`].
pub fn lines_called<S: BuildHasher>(
    manifest: &Manifest,
    data: &Path,
    orders: &HashSet<String, S>,
) -> Result<HashMap<(String, String), String>> {
    let mut called = HashMap::new();
    if orders.is_empty() {
        return Ok(called);
    }
    let columns = ["order_id", "line_id", "title", "sku"];
    each_row(std::slice::from_ref(manifest), data, Table::OrderLines, &columns, |row| {
        let name = if row[2].trim().is_empty() { row[3] } else { row[2].trim() };
        if !name.is_empty() && orders.contains(row[0]) {
            called.insert((row[0].to_owned(), row[1].to_owned()), name.to_owned());
        }
    })?;
    Ok(called)
}

/// When many orders were placed, as written, by order_id; of several versions, what the last of them says.
///
/// # Errors
///
/// As [`titles`].
pub fn order_times<S: BuildHasher>(
    manifest: &Manifest,
    data: &Path,
    orders: &HashSet<String, S>,
) -> Result<HashMap<String, String>> {
    let mut called = HashMap::new();
    if orders.is_empty() {
        return Ok(called);
    }
    each_row(std::slice::from_ref(manifest), data, Table::Orders, &["order_id", "ordered_at"], |row| {
        if orders.contains(row[0]) {
            called.insert(row[0].to_owned(), row[1].to_owned());
        }
    })?;
    Ok(called)
}

/// What fees are for, by fee_id; only those that say so.
///
/// # Errors
///
/// As [`titles`].
pub fn fee_memos(manifest: &Manifest, data: &Path) -> Result<HashMap<String, String>> {
    let mut memos = HashMap::new();
    each_row(std::slice::from_ref(manifest), data, Table::Fees, &["fee_id", "memo"], |row| {
        if !row[1].trim().is_empty() {
            memos.insert(row[0].to_owned(), row[1].trim().to_owned());
        }
    })?;
    Ok(memos)
}
