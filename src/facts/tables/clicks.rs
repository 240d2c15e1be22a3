//! Clicks: only those are kept in memory that an order could point to.

use std::path::Path;

use anyhow::{Context, Result};
use polars::prelude::{
    Column, DataFrame, DataType, Engine, IntoLazy, JoinArgs, JoinType, LazyFrame, TimeUnit, UnionArgs, UniqueKeepStrategy, col,
    concat, lit,
};

use crate::calendar::parse_time;
use crate::facts::bounds::Bounds;
use crate::facts::click_batches::SMALL;
use crate::facts::click_checks::{checked, refuse_times};
use crate::facts::click_repeats::{Placed, refuse_repeats};
use crate::facts::columns::{column, optional_text_column, text_column};
use crate::facts::manifest::{CheckedClicks, KeptFile, Manifest};
use crate::facts::parallel::in_parts;
use crate::facts::parquet::{guarded, rows_in};
use crate::facts::row::each_row;
use crate::facts::scan::{cannot_read, read, scan};
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
    let once = manifest.has_each_click_once;
    let has_repeats = !once
        && refuse_repeats(&files, data, &mut mistakes).unwrap_or_else(|error| {
            wrong.fail(Table::Clicks, error);
            false
        });
    let is_wrong = !mistakes.is_empty();
    wrong.add(Table::Clicks, mistakes);
    // What is wrong is not used.
    let files = if is_wrong { &[] } else { files.as_slice() };
    pointed_to(files, data, orders, start <= SMALL, has_repeats)
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

/// The clicks of the orders' visitors, and those that orders name. Few are read at once: to start a stream would take longer.
fn pointed_to(files: &[Placed<'_>], data: &Path, orders: &DataFrame, is_small: bool, has_repeats: bool) -> Result<DataFrame> {
    let visitors = distinct(orders, "visitor_id")?;
    let named = distinct(orders, "click_id")?;
    let (mut texts, mut times) = (Vec::new(), Vec::new());
    for (nth, (file, _)) in (0u32..).zip(files) {
        let mut clicks = match is_small {
            true => read(file, data, Table::Clicks, &COLUMNS)?.lazy(),
            false => scan(file, data, Table::Clicks, &COLUMNS)?,
        };
        let of_type = clicks.collect_schema()?.get("clicked_at").cloned();
        let kind = if let Some(DataType::Datetime(..)) = of_type { &mut times } else { &mut texts };
        kind.push(
            plain(clicks, of_type.filter(DataType::is_temporal)).with_column(lit(nth).cast(DataType::UInt32).alias("file")),
        );
    }
    let mut found = typed(DataFrame::new_infer_height(
        COLUMNS
            .map(|name| Column::new_empty(name.into(), &DataType::String))
            .into_iter()
            .chain([column("file", Vec::<u32>::new())])
            .collect(),
    )?)?;
    for kind in [texts, times].into_iter().filter(|kind| !kind.is_empty()) {
        let all = concat(kind, UnionArgs::default())?;
        let mut queries = vec![join(all.clone(), &visitors, "visitor_id", JoinType::Semi)];
        if named.height() > 0 {
            let others = join(all, &visitors, "visitor_id", JoinType::Anti);
            queries.push(join(others, &named, "click_id", JoinType::Semi));
        }
        let query = concat(queries, UnionArgs::default())?;
        let engine = if is_small { Engine::InMemory } else { Engine::Streaming };
        let rows = guarded(|| Ok(query.collect_with_engine(engine)?.unwrap_single()))?;
        found.vstack_mut_owned(typed(rows)?)?;
    }
    if has_repeats {
        // Of several copies of a click the first counts.
        found = found.sort(["file"], Default::default())?;
        found = found.unique_stable(Some(&["click_id".to_owned()]), UniqueKeepStrategy::First, None)?;
    }
    let mut found = found.drop("file")?;
    found.rechunk_mut();
    Ok(found)
}

/// The columns of clicks, as text but for times that have a type.
fn plain(clicks: LazyFrame, time: Option<DataType>) -> LazyFrame {
    let as_kept = |name: &str| match &time {
        Some(DataType::Datetime(_, zone)) if name == "clicked_at" => {
            col(name).cast(DataType::Datetime(TimeUnit::Microseconds, zone.clone()))
        }
        _ => col(name).cast(DataType::String),
    };
    clicks.select(COLUMNS.map(as_kept))
}

/// The distinct values of a column.
fn distinct(orders: &DataFrame, name: &str) -> Result<DataFrame> {
    let values = orders.select([name])?.lazy().filter(col(name).is_not_null()).unique_generic(None, UniqueKeepStrategy::Any);
    Ok(values.collect()?)
}

fn join(clicks: LazyFrame, wanted: &DataFrame, on: &str, how: JoinType) -> LazyFrame {
    clicks.join(wanted.clone().lazy(), [col(on)], [col(on)], JoinArgs::new(how))
}

/// The clicks with typed columns.
fn typed(mut rows: DataFrame) -> Result<DataFrame> {
    rows.rechunk_mut();
    let text = |name: &str| Texts::of(rows.column(name)?);
    let at = rows.column("clicked_at")?;
    let at = if at.dtype() == &DataType::String { parsed(Texts::of(at)?, rows.height())? } else { at.cast(&DataType::Int64)? };
    Ok(DataFrame::new(
        rows.height(),
        vec![
            text_column("click_id", text("click_id")?),
            at,
            optional_text_column("visitor_id", text("visitor_id")?),
            text_column("link_key", text("link_key")?),
            rows.column("file")?.clone(),
        ],
    )?)
}

/// Times that were checked.
fn parsed(texts: Texts<'_>, height: usize) -> Result<Column> {
    let parts =
        in_parts(height, |rows| Ok(rows.map(|row| parse_time(texts.get(row)).unwrap_or_default()).collect::<Vec<i64>>()))?;
    Ok(column("clicked_at", parts.concat()))
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
