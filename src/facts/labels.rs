//! What people call orders and lines. It decides nothing, so it is read only where somebody looks.

use std::collections::{BTreeMap, BTreeSet};
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
