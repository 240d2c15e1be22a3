//! Clicks: only those are kept in memory that an order could point to.

use std::path::Path;

use anyhow::{Context, Result};
use polars::prelude::{DataFrame, IntoLazy, JoinArgs, JoinType, LazyFrame, UnionArgs, UniqueKeepStrategy, col, concat};

use crate::facts::bounds::Bounds;
use crate::facts::click_checks::{checked, refuse_times};
use crate::facts::click_query::Clicks;
use crate::facts::click_repeats::refuse_repeats;
use crate::facts::columns::{optional_text_column, text_column};
use crate::facts::manifest::{CheckedClicks, KeptFile, Manifest};
use crate::facts::parquet::rows_in;
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
    /// Who clicked, if known.
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
    orders: &DataFrame,
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
    pointed_to(&Clicks { files, data, rows: start, has_each_once }, orders)
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

/// The clicks of the orders' visitors, and those that orders name.
fn pointed_to(clicks: &Clicks<'_>, orders: &DataFrame) -> Result<DataFrame> {
    let all = clicks.query(&COLUMNS)?;
    let visitors = distinct(orders, "visitor_id")?;
    let named = distinct(orders, "click_id")?;
    let mut found = vec![join(all.clone(), &visitors, "visitor_id", JoinType::Semi)];
    if named.height() > 0 {
        let others = join(all, &visitors, "visitor_id", JoinType::Anti);
        found.push(join(others, &named, "click_id", JoinType::Semi));
    }
    typed(&clicks.collect(clicks.once(concat(found, UnionArgs::default())?))?)
}

/// The distinct values of a column.
fn distinct(orders: &DataFrame, name: &str) -> Result<DataFrame> {
    let values = orders.select([name])?.lazy().filter(col(name).is_not_null()).unique_generic(None, UniqueKeepStrategy::Any);
    Ok(values.collect()?)
}

fn join(clicks: LazyFrame, wanted: &DataFrame, on: &str, how: JoinType) -> LazyFrame {
    clicks.join(wanted.clone().lazy(), [col(on)], [col(on)], JoinArgs::new(how))
}

/// The columns of [`Facts::clicks`](crate::facts::Facts::clicks).
fn typed(clicks: &DataFrame) -> Result<DataFrame> {
    let text = |name: &str| Texts::of(clicks.column(name)?);
    let columns = vec![
        text_column("click_id", text("click_id")?),
        clicks.column("clicked_at")?.clone(),
        optional_text_column("visitor_id", text("visitor_id")?),
        text_column("link_key", text("link_key")?),
    ];
    Ok(DataFrame::new(clicks.height(), columns)?)
}

/// The clicks as plain values.
pub(in crate::facts) fn rows(frame: &DataFrame) -> Result<Vec<Click>> {
    each_row(frame, |r| {
        Ok(Click {
            click_id: r.text("click_id")?,
            clicked_at: r.i64("clicked_at")?,
            visitor_id: r.optional("visitor_id")?,
            link_key: r.text("link_key")?,
        })
    })
}
