//! Clicks: only those are kept in memory that an order could point to.

use std::path::Path;

use anyhow::{Context, Result};
use polars::prelude::{DataFrame, LazyFrame, col};

use crate::facts::bounds::Bounds;
use crate::facts::click_checks::{checked, refuse_times};
use crate::facts::click_query::Clicks;
use crate::facts::click_repeats::refuse_repeats;
use crate::facts::columns::text_column;
use crate::facts::manifest::{CheckedClicks, KeptFile, Manifest};
use crate::facts::parquet::rows_in;
use crate::facts::pointers::{Pointers, visitors_of};
use crate::facts::row::each_row;
use crate::facts::scan::cannot_read;
use crate::facts::text_column::Texts;
use crate::facts::wrong_facts::WrongFacts;
use crate::program::Table;
use crate::sources::Mistakes;
use crate::vocabulary::done;

/// A click that an order could point to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click {
    /// Unique.
    pub click_id: String,
    /// Microseconds since 1970.
    pub clicked_at: i64,
    /// Who clicked, if it is the visitor of an order.
    pub visitor_id: Option<String>,
    /// The link.
    pub link_key: String,
}

/// The columns that an order could point to. The others matter only where an id is repeated.
const COLUMNS: [&str; 4] = ["click_id", "clicked_at", "visitor_id", "link_key"];

/// Those of all clicks that an order could point to, by visitor or click id. What was not checked when it was kept is checked here.
/// Adds what is wrong.
pub(in crate::facts) fn load(
    manifest: &Manifest,
    data: &Path,
    pointers: &Pointers,
    bounds: &Bounds,
    wrong: &mut WrongFacts,
) -> Result<DataFrame> {
    let mut mistakes = Mistakes::default();
    let (mut files, mut start) = (Vec::new(), 0);
    for file in manifest.files(Table::Clicks) {
        match look(file, start, data, bounds, &mut mistakes) {
            Ok(rows) => {
                files.push((file, start));
                start += rows;
                done("rows checked", rows);
            }
            Err(error) => wrong.fail(Table::Clicks, error),
        }
    }
    let has_each_once = manifest.has_each_click_once
        || !refuse_repeats(&files, data, &mut mistakes).unwrap_or_else(|error| {
            wrong.fail(Table::Clicks, error);
            false
        });
    let is_wrong = !mistakes.is_empty();
    wrong.add(Table::Clicks, mistakes);
    // What is wrong is not used.
    let files = if is_wrong { Vec::new() } else { files.into_iter().map(|(file, _)| file).collect() };
    pointed_to(&Clicks { files, data, rows: start, has_each_once }, pointers)
}

/// Adds what is wrong with the clicks of a file; answers how many there are.
fn look(file: &KeptFile, start: usize, data: &Path, bounds: &Bounds, mistakes: &mut Mistakes) -> Result<usize> {
    let rows = rows_in(&file.path(data, Table::Clicks)).with_context(|| cannot_read(file, data, Table::Clicks))?;
    let CheckedClicks { first_at, last_at, .. } = checked(file, start, data, mistakes)?;
    let is_refused = |at: i64| bounds.refuse_time(at).is_some();
    if first_at <= last_at && (is_refused(first_at) || is_refused(last_at)) {
        refuse_times(file, start, data, *bounds, mistakes)?;
    }
    Ok(rows)
}

/// The clicks of the orders' visitors, and those that orders name. A click that is there again counts as in the first file.
fn pointed_to(clicks: &Clicks<'_>, pointers: &Pointers) -> Result<DataFrame> {
    let found = clicks.query_of(&COLUMNS, |all: LazyFrame| all.filter(pointers.may_point()))?;
    // Of a click that is there again, the copy that does not count may be the only one in a window.
    let found = if clicks.has_each_once { found.filter(pointers.may_be_in_window()) } else { found };
    let found = found.with_column(pointers.visitor()).filter(pointers.is_known());
    let found = found.select(["click_id", "clicked_at", "visitor", "link_key", "file"].map(col));
    // The first file says also when a click was.
    typed(&clicks.collect(clicks.once(found).filter(pointers.points()))?)
}

/// The columns of [`Facts::clicks`](crate::facts::Facts::clicks).
fn typed(clicks: &DataFrame) -> Result<DataFrame> {
    let text = |name: &str| Texts::of(clicks.column(name)?);
    let columns = vec![
        text_column("click_id", text("click_id")?),
        clicks.column("clicked_at")?.clone(),
        clicks.column("visitor")?.clone(),
        text_column("link_key", text("link_key")?),
    ];
    Ok(DataFrame::new(clicks.height(), columns)?)
}

/// The clicks as plain values. Who clicked stands with the orders.
pub(in crate::facts) fn rows(frame: &DataFrame, orders: &DataFrame) -> Result<Vec<Click>> {
    let visitors = visitors_of(orders)?;
    each_row(frame, |r| {
        Ok(Click {
            click_id: r.text("click_id")?,
            clicked_at: r.i64("clicked_at")?,
            visitor_id: r.optional_u32("visitor")?.map(|visitor| visitors[visitor as usize].to_owned()),
            link_key: r.text("link_key")?,
        })
    })
}
