//! Clicks that were fetched once stay facts (`FACTS.md`, Rows that disappear): logs of clicks rotate, and are cut.
//!
//! What the sources of now do not have any more is carried on in copies of its own, which stand last in the list. Where a source has the
//! same click again, the source says what it is.

use std::path::Path;

use anyhow::{Context, Result};
use polars::prelude::{DataFrame, DataType, Engine, JoinArgs, JoinType, LazyFrame, UnionArgs, UniqueKeepStrategy, col, concat};

use super::as_text::as_text;
use super::made::keep_rows;
use super::manifest::{KeptFile, Manifest};
use super::parquet::{columns_in, guarded};
use super::pseudonyms::Erased;
use super::scan::{cannot_read, scan};
use super::schema::schema;
use crate::program::Table;
use crate::sources::Format;

/// What the copies are called where people read of them.
const CARRIED: &str = "clicks that were fetched before";

/// So many copies are put together into one.
const TOO_MANY: usize = 30;

/// The copies of clicks in the list `before` that the list `now` has not: only these may hold clicks that are gone.
pub fn replaced_clicks(now: &Manifest, before: &Manifest) -> Manifest {
    let clicks = Table::Clicks;
    let has = |old: &&KeptFile| !now.files(clicks).iter().any(|new| new.content == old.content);
    let files = before.files(clicks).iter().filter(has).cloned().collect();
    Manifest { tables: [(clicks.name().to_owned(), files)].into(), ..Manifest::default() }
}

/// The list `now` with those of the `replaced` clicks that it lacks. Nobody who was erased is named by a copy.
///
/// # Errors
///
/// When a kept copy is missing or cannot be read, or one cannot be written.
pub fn carry_clicks(mut now: Manifest, replaced: Manifest, data: &Path, erased: &Erased) -> Result<Manifest> {
    let clicks = Table::Clicks;
    let (mut carried, replaced): (Vec<KeptFile>, Vec<KeptFile>) =
        replaced.files(clicks).iter().cloned().partition(|old| old.is_carried);
    if !replaced.is_empty() {
        let gone = query(&replaced, data, &columns_there(&replaced, data)?)?;
        let there = query(now.files(clicks), data, &["click_id"])?;
        let gone = gone.join(there, [col("click_id")], [col("click_id")], JoinArgs::new(JoinType::Anti));
        // What was there last comes first: of several copies of a click the first counts.
        let newest = keep(gone, data, erased)?;
        carried.retain(|old| newest.as_ref().is_none_or(|newest| newest.content != old.content));
        carried.splice(0..0, newest);
    }
    if carried.len() > TOO_MANY {
        let all = query(&carried, data, &columns_there(&carried, data)?)?;
        let id = Some(vec![col("click_id")]);
        carried = keep(all.unique_stable_generic(id, UniqueKeepStrategy::First), data, erased)?.into_iter().collect();
    }
    now.tables.entry(clicks.name().to_owned()).or_default().extend(carried);
    Ok(now)
}

/// The declared columns that any of these copies has: what none has need not be carried.
fn columns_there(files: &[KeptFile], data: &Path) -> Result<Vec<&'static str>> {
    let clicks = Table::Clicks;
    let mut columns = schema(clicks).required();
    for name in schema(clicks).optional() {
        for file in files {
            if columns_in(&file.path(data, clicks)).with_context(|| cannot_read(file, data, clicks))?.contains(name) {
                columns.push(name);
                break;
            }
        }
    }
    Ok(columns)
}

/// The clicks of these copies, as text.
fn query(files: &[KeptFile], data: &Path, columns: &[&str]) -> Result<LazyFrame> {
    let text = |name: &&str| col(*name).cast(DataType::String);
    let scan =
        |file: &KeptFile| Ok(scan(file, data, Table::Clicks, columns)?.select(columns.iter().map(text).collect::<Vec<_>>()));
    Ok(concat(files.iter().map(scan).collect::<Result<Vec<_>>>()?, UnionArgs::default())?)
}

/// Keeps clicks under the hash of their content; nothing where there are none.
fn keep(clicks: LazyFrame, data: &Path, erased: &Erased) -> Result<Option<KeptFile>> {
    let rows = guarded(|| Ok(clicks.collect_with_engine(Engine::Streaming)?.unwrap_single()))?;
    if rows.height() == 0 {
        return Ok(None);
    }
    // The engine gives them in any order; the same clicks are one copy.
    let rows = rows.sort(["click_id"], Default::default())?;
    let mut rows: DataFrame = erased.redact(Table::Clicks, as_text(CARRIED, rows)?)?;
    let file = keep_rows(Table::Clicks, &mut rows, (CARRIED, Format::Parquet), data, erased)?;
    Ok(Some(KeptFile { is_carried: true, ..file }))
}
