//! Lines, refunds and disputes that were in their tables and are not any more. Tables are snapshots: one that was cut off looks as if
//! nothing of the rest had ever been.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use polars::prelude::{DataFrame, DataType, Engine, IntoLazy, JoinArgs, JoinType, NamedFrom, Series, col};

use super::as_text::as_text;
use super::manifest::Manifest;
use super::parquet::guarded;
use super::scan::scan;
use super::text_column::Texts;
use crate::calendar::parse_time;
use crate::program::Table;

/// A row that is gone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gone {
    /// Of which order.
    pub order_id: String,
    /// From which table.
    pub table: Table,
    /// Its id: of a line, a refund or a dispute.
    pub id: String,
}

/// A list of facts, and the time up to which it was looked at (microseconds since 1970).
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The list.
    pub manifest: &'a Manifest,
    /// What is not before it was not seen.
    pub as_of: i64,
}

/// The rows of these orders that were seen in `old` and are not in `now`. A line that is gone from an order which has a version later
/// than was seen then is an edit, and left out.
///
/// # Errors
///
/// When a kept file is missing or cannot be read.
pub fn gone(old: Seen<'_>, now: Seen<'_>, data: &Path, orders: &BTreeSet<&str>) -> Result<BTreeSet<Gone>> {
    let mut gone = BTreeSet::new();
    for (table, id, time) in [
        (Table::OrderLines, "line_id", None),
        (Table::Refunds, "refund_id", Some("refunded_at")),
        (Table::Disputes, "dispute_id", Some("opened_at")),
    ] {
        if orders.is_empty() || old.manifest.has_content_of(now.manifest, table) {
            continue;
        }
        let columns: Vec<&str> = ["order_id", id].into_iter().chain(time).collect();
        let is_seen = |row: &[&str]| row.get(2).is_none_or(|at| parse_time(at).is_some_and(|at| at < old.as_of));
        let key = |row: &[&str]| [row[0].to_owned(), row[1].to_owned()];
        let left: BTreeSet<[String; 2]> = rows(now.manifest, data, table, &columns, orders, |row| Some(key(row)))?;
        let known = rows(old.manifest, data, table, &columns, orders, |row| is_seen(row).then(|| key(row)))?;
        gone.extend(known.difference(&left).map(|[order_id, id]| Gone { order_id: order_id.clone(), table, id: id.clone() }));
    }
    let with_lines: BTreeSet<String> =
        gone.iter().filter(|gone| gone.table == Table::OrderLines).map(|gone| gone.order_id.clone()).collect();
    let edited = edited(old, now, data, &with_lines)?;
    gone.retain(|gone| gone.table != Table::OrderLines || !edited.contains(&gone.order_id));
    Ok(gone)
}

/// Those of the orders that have a later version now than was seen then.
fn edited(old: Seen<'_>, now: Seen<'_>, data: &Path, orders: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    let orders: BTreeSet<&str> = orders.iter().map(String::as_str).collect();
    if orders.is_empty() {
        return Ok(BTreeSet::new());
    }
    let latest = |seen: Seen<'_>| -> Result<BTreeMap<String, i64>> {
        let version = |row: &[&str]| {
            let at = parse_time(row[1]).filter(|at| *at < seen.as_of)?;
            Some((row[0].to_owned(), at))
        };
        // Of one order the latest comes last.
        Ok(rows(seen.manifest, data, Table::Orders, &["order_id", "updated_at"], &orders, version)?.into_iter().collect())
    };
    let (before, after) = (latest(old)?, latest(now)?);
    Ok(after.into_iter().filter(|(id, at)| before.get(id).is_some_and(|was| was < at)).map(|(id, _)| id).collect())
}

/// What `make` makes of the rows of a table that belong to these orders.
fn rows<T: Ord>(
    manifest: &Manifest,
    data: &Path,
    table: Table,
    columns: &[&str],
    orders: &BTreeSet<&str>,
    make: impl Fn(&[&str]) -> Option<T>,
) -> Result<BTreeSet<T>> {
    let wanted = Series::new("order_id".into(), orders.iter().copied().collect::<Vec<_>>());
    let wanted = DataFrame::new_infer_height(vec![wanted.into()])?.lazy();
    let mut made = BTreeSet::new();
    for file in manifest.files(table) {
        let all = scan(file, data, table, columns)?.with_column(col("order_id").cast(DataType::String));
        let own = all.join(wanted.clone(), [col("order_id")], [col("order_id")], JoinArgs::new(JoinType::Semi));
        let own = guarded(|| own.collect_with_engine(Engine::Streaming).map(|result| result.unwrap_single()))?;
        let mut own = as_text(&file.source, own)?;
        own.rechunk_mut();
        let texts = own.columns().iter().map(Texts::of).collect::<Result<Vec<_>>>()?;
        made.extend((0..own.height()).filter_map(|row| make(&texts.iter().map(|column| column.get(row)).collect::<Vec<_>>())));
    }
    Ok(made)
}
