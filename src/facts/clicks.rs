//! Clicks are the one table that may not fit in memory: they are checked in passing, and only those are kept that an
//! order could point to.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, anyhow, bail};
use foldhash::fast::FixedState;
use polars::prelude::{Column, DataFrame, DataType, Engine, IntoColumn, NamedFrom, PlanCallback, Series, StringChunkedBuilder};
use rayon::prelude::*;

use super::checks::{equal_hashes, hash_key, refuse_difference};
use super::columns_of;
use super::keep::{KeptFile, Manifest};
use super::parse::parse_time;
use super::text::{Texts, as_text, guarded, scan};
use crate::program::Table;

/// Rows of a batch that one thread checks at a time.
const PART_ROWS: usize = 32_768;

type IdSet = HashSet<Box<str>, FixedState>;

/// Which clicks an order could point to.
struct Wanted {
    visitors: IdSet,
    click_ids: IdSet,
}

/// What one part of a batch comes to.
struct Part {
    /// The hash of every click's id.
    hashes: Vec<u64>,
    /// The positions within the batch of the clicks that may matter, and their times.
    kept: Vec<(usize, i64)>,
}

/// What has been read so far.
#[derive(Default)]
struct Progress {
    /// The hash of every click's id, in order of the rows.
    hashes: Vec<u64>,
    /// The clicks that may matter: `row` u32 (the position among all clicks) and the columns of [`super::Facts::clicks`].
    kept: Vec<DataFrame>,
}

/// Reads and checks all clicks; returns those that an order could point to (see [`super::Facts::clicks`]).
pub(super) fn load(manifest: &Manifest, data: &Path, orders: &DataFrame) -> Result<DataFrame> {
    let ids = |name: &str| -> Result<IdSet> { Ok(orders.column(name)?.str()?.iter().flatten().map(Box::from).collect()) };
    let wanted = Arc::new(Wanted { visitors: ids("visitor_id")?, click_ids: ids("click_id")? });
    let progress = Arc::new(Mutex::new(Progress::default()));
    let mut starts = Vec::new();
    for file in manifest.files(Table::Clicks) {
        let start = progress.lock().map_err(|_| anyhow!("reading clicks failed"))?.hashes.len();
        starts.push(start);
        let (wanted, progress) = (wanted.clone(), progress.clone());
        for_each_batch(file, data, move |file, batch| {
            let mut progress = progress.lock().map_err(|_| anyhow!("reading clicks failed"))?;
            take_batch(file, start, batch, &wanted, &mut progress)
        })?;
    }
    let progress = std::mem::take(&mut *progress.lock().map_err(|_| anyhow!("reading clicks failed"))?);
    let repeated = repeated_rows(manifest, data, &starts, &progress.hashes)?;
    assemble(progress.kept, &repeated)
}

/// Calls `take` with each batch of a kept file, as text, in order of the rows.
fn for_each_batch(
    file: &KeptFile,
    data: &Path,
    take: impl Fn(&KeptFile, &DataFrame) -> Result<()> + Send + Sync + 'static,
) -> Result<()> {
    let failed: Arc<Mutex<Option<anyhow::Error>>> = Arc::default();
    let (shared_failed, shared_file) = (failed.clone(), file.clone());
    let callback = PlanCallback::new(move |batch: DataFrame| {
        let taken = as_text(&shared_file, batch).and_then(|batch| take(&shared_file, &batch));
        let stop = taken.is_err();
        if let (Err(error), Ok(mut failed)) = (taken, shared_failed.lock()) {
            failed.get_or_insert(error);
        }
        Ok(stop)
    });
    let lazy = scan(file, data, Table::Clicks)?;
    let ran = guarded(|| lazy.sink_batches(callback, true, None)?.collect_with_engine(Engine::Streaming));
    match failed.lock().ok().and_then(|mut failed| failed.take()) {
        Some(error) => Err(error),
        None => ran.map(|_| ()).with_context(|| format!("cannot read {}", file.source)),
    }
}

/// Checks one batch and keeps what may matter. `start` is the position of the file's first click among all.
fn take_batch(file: &KeptFile, start: usize, batch: &DataFrame, wanted: &Wanted, progress: &mut Progress) -> Result<()> {
    let first = progress.hashes.len();
    let texts = |name: &str| Texts::of(batch.column(name)?);
    let (click_id, clicked_at) = (texts("click_id")?, texts("clicked_at")?);
    let (visitor_id, link_key) = (texts("visitor_id")?, texts("link_key")?);
    let wrong = |row: usize, column: &str, value: &str, why: &str| {
        anyhow!("{}, {column}: \"{value}\" {why}", file.place(first - start + row))
    };
    let check = |from: usize| -> Result<Part> {
        let length = PART_ROWS.min(batch.height() - from);
        let mut part = Part { hashes: Vec::with_capacity(length), kept: Vec::new() };
        let rows = click_id.from(from, length).zip(clicked_at.from(from, length)).zip(visitor_id.from(from, length));
        for (row, ((id, at), visitor)) in (from..).zip(rows) {
            let time =
                parse_time(at).ok_or_else(|| wrong(row, "clicked_at", at, "is not a UTC time such as 2026-02-01T09:30:00Z"))?;
            if id.trim().is_empty() {
                return Err(wrong(row, "click_id", id, "is empty, but every row needs one"));
            }
            part.hashes.push(hash_key(id));
            let by_visitor = !visitor.is_empty() && wanted.visitors.contains(visitor);
            if by_visitor || (!wanted.click_ids.is_empty() && wanted.click_ids.contains(id)) {
                part.kept.push((row, time));
            }
        }
        Ok(part)
    };
    let starts: Vec<usize> = (0..batch.height()).step_by(PART_ROWS).collect();
    let parts = starts.into_par_iter().map(check).collect::<Result<Vec<Part>>>()?;
    let kept: Vec<(usize, i64)> = parts.iter().flat_map(|part| part.kept.iter().copied()).collect();
    let copy = |name: &str, texts: Texts<'_>| {
        let mut builder = StringChunkedBuilder::new(name.into(), kept.len());
        for (row, _) in &kept {
            builder.append_value(texts.get(*row));
        }
        builder.finish().into_column()
    };
    let visitors = Texts::empty_as_null_of(&copy("visitor_id", visitor_id))?;
    progress.kept.push(DataFrame::new_infer_height(vec![
        Column::from(Series::new("row".into(), kept.iter().map(|(row, _)| (first + row) as u32).collect::<Vec<_>>())),
        copy("click_id", click_id),
        Column::from(Series::new("clicked_at".into(), kept.iter().map(|(_, time)| *time).collect::<Vec<_>>())),
        visitors,
        copy("link_key", link_key),
    ])?);
    progress.hashes.extend(parts.iter().flat_map(|part| &part.hashes));
    Ok(())
}

/// The positions of clicks that repeat an earlier one; an error where a repeated id has another content.
fn repeated_rows(manifest: &Manifest, data: &Path, starts: &[usize], hashes: &[u64]) -> Result<HashSet<u32>> {
    let suspects: HashSet<usize> = equal_hashes(hashes).into_iter().flatten().collect();
    let mut repeated = HashSet::new();
    if suspects.is_empty() {
        return Ok(repeated);
    }
    let mut first_of_id: HashMap<String, (String, Vec<String>)> = HashMap::new();
    for (file, start) in manifest.files(Table::Clicks).iter().zip(starts) {
        for (position, values) in read_rows(file, data, *start, &suspects)? {
            let place = file.place(position - start);
            match first_of_id.get(&values[0]) {
                Some((first, known)) => {
                    let pairs: Vec<_> = known.iter().cloned().zip(values).collect();
                    let places = || (first.clone(), place);
                    refuse_difference(Table::Clicks, columns_of(Table::Clicks), &pairs, &["click_id"], places)?;
                    repeated.insert(position as u32);
                }
                None => {
                    first_of_id.insert(values[0].clone(), (place, values));
                }
            }
        }
    }
    Ok(repeated)
}

/// The rows of a file at these positions, all columns.
fn read_rows(file: &KeptFile, data: &Path, start: usize, positions: &HashSet<usize>) -> Result<Vec<(usize, Vec<String>)>> {
    let found: Arc<Mutex<(usize, Vec<(usize, Vec<String>)>)>> = Arc::new(Mutex::new((start, Vec::new())));
    let (shared, positions) = (found.clone(), positions.clone());
    for_each_batch(file, data, move |_, batch| {
        let columns = batch.columns().iter().map(Texts::of).collect::<Result<Vec<_>>>()?;
        let Ok(mut found) = shared.lock() else { bail!("reading clicks failed") };
        let first = found.0;
        for row in (0..batch.height()).filter(|row| positions.contains(&(first + row))) {
            found.1.push((first + row, columns.iter().map(|c| c.get(row).to_owned()).collect()));
        }
        found.0 += batch.height();
        Ok(())
    })?;
    let mut found = found.lock().map_err(|_| anyhow!("reading clicks failed"))?;
    Ok(std::mem::take(&mut found.1))
}

/// One frame of all kept batches, without the repeated clicks.
fn assemble(batches: Vec<DataFrame>, repeated: &HashSet<u32>) -> Result<DataFrame> {
    let empty = |name: &str, dtype: DataType| Column::new_empty(name.into(), &dtype);
    let mut frame = DataFrame::new_infer_height(vec![
        empty("row", DataType::UInt32),
        empty("click_id", DataType::String),
        empty("clicked_at", DataType::Int64),
        empty("visitor_id", DataType::String),
        empty("link_key", DataType::String),
    ])?;
    for batch in batches {
        frame.vstack_mut_owned(batch)?;
    }
    frame.rechunk_mut();
    if !repeated.is_empty() {
        let mask = frame.column("row")?.u32()?.iter().map(|row| row.is_some_and(|row| !repeated.contains(&row))).collect();
        frame = frame.filter(&mask)?;
    }
    Ok(frame.drop("row")?)
}
