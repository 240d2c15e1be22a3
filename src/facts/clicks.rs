//! Clicks are the one table that may not fit in memory: they are checked in passing, and only those are kept that an
//! order could point to.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, anyhow, bail};
use foldhash::fast::FixedState;
use polars::prelude::{Column, DataFrame, Engine, IntoColumn, NamedFrom, PlanCallback, Series, StringChunkedBuilder};

use super::checks::{hash_key, in_parts, is_blank, refuse_difference, repeated_hashes};
use super::columns_of;
use super::index::{Index, Interned, NO_NUMBER, SparseIndex};
use super::keep::{KeptFile, Manifest};
use super::text::{Texts, as_text, guarded, scan};
use crate::calendar::parse_time;
use crate::program::Table;

type Hashes = HashSet<u64, FixedState>;

/// Which clicks an order could point to, and by which numbers.
pub(super) struct Wanted {
    visitors: SparseIndex,
    visitor_texts: Column,
    click_ids: SparseIndex,
    click_texts: Column,
    links: Index,
    link_texts: Column,
}

/// The clicks that an order could point to.
pub(super) struct Loaded {
    /// See [`super::Facts::clicks`].
    pub(super) clicks: DataFrame,
    /// See [`super::Facts::visitors`].
    pub(super) visitors: DataFrame,
    /// See [`super::Facts::link_keys`].
    pub(super) link_keys: DataFrame,
}

/// What one part of a batch comes to.
#[derive(Default)]
struct Part {
    /// The hash of every click's id.
    hashes: Vec<u64>,
    kept: Vec<Kept>,
}

/// A click that may matter.
struct Kept {
    /// Its position within the batch.
    row: usize,
    at: i64,
    /// Their numbers, where they are known.
    visitor: u32,
    link: Option<u32>,
}

/// What has been read so far.
struct Progress {
    /// How many clicks.
    rows: usize,
    /// The hash of every click's id, in order of the rows.
    hashes: Vec<Vec<u64>>,
    /// Of each click that may matter its position among all clicks, its id, time, visitor and link.
    row: Vec<u32>,
    click_id: StringChunkedBuilder,
    at: Vec<i64>,
    visitor: Vec<u32>,
    link: Vec<u32>,
    /// Visitors and links that orders and the table of links do not have.
    more_visitors: More,
    more_links: More,
}

/// Texts beyond those that have numbers.
#[derive(Default)]
struct More {
    numbers: HashMap<String, u32, FixedState>,
    texts: Vec<String>,
}

impl More {
    /// The number of a text, counted from `first`; none if it is empty.
    fn number(&mut self, text: &str, first: usize) -> u32 {
        if text.is_empty() {
            return NO_NUMBER;
        }
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = (first + self.texts.len()) as u32;
        self.numbers.insert(text.to_owned(), number);
        self.texts.push(text.to_owned());
        number
    }

    /// A frame of the numbered texts, these last.
    fn after(self, name: &str, numbered: &Column) -> Result<DataFrame> {
        let mut texts = numbered.clone();
        texts.append(&Column::from(Series::new("more".into(), self.texts)))?;
        texts.rename(name.into());
        Ok(DataFrame::new_infer_height(vec![texts.rechunk()])?)
    }
}

impl Wanted {
    /// Clicks of these visitors or ids; `links` have numbers, whatever the clicks say.
    pub(super) fn new(visitors: Interned, click_ids: Interned, links: Interned) -> Self {
        Self {
            visitors: SparseIndex::of(visitors.index),
            visitor_texts: visitors.texts,
            click_ids: SparseIndex::of(click_ids.index),
            click_texts: click_ids.texts,
            links: links.index,
            link_texts: links.texts,
        }
    }
}

/// Reads and checks all clicks; returns those that an order could point to.
pub(super) fn load(manifest: &Manifest, data: &Path, wanted: Wanted) -> Result<Loaded> {
    let wanted = Arc::new(wanted);
    let progress = Arc::new(Mutex::new(Progress::new()));
    let mut starts = Vec::new();
    for file in manifest.files(Table::Clicks) {
        let start = progress.lock().map_err(|_| anyhow!("reading clicks failed"))?.rows;
        starts.push(start);
        let (wanted, progress) = (wanted.clone(), progress.clone());
        for_each_batch(file, data, &FIRST_COLUMNS, move |file, batch| {
            let mut progress = progress.lock().map_err(|_| anyhow!("reading clicks failed"))?;
            take_batch(file, start, batch, &wanted, &mut progress)
        })?;
    }
    let progress = std::mem::replace(&mut *progress.lock().map_err(|_| anyhow!("reading clicks failed"))?, Progress::new());
    let suspects = repeated_hashes(&progress.hashes);
    let repeated = repeated_rows(manifest, data, &starts, suspects)?;
    progress.finish(&wanted, &repeated)
}

/// The columns that are read of every click. The others matter only where an id is repeated.
const FIRST_COLUMNS: [&str; 4] = ["click_id", "clicked_at", "visitor_id", "link_key"];

/// Calls `take` with each batch of a kept file, as text, in order of the rows.
pub(super) fn for_each_batch(
    file: &KeptFile,
    data: &Path,
    columns: &[&str],
    take: impl Fn(&KeptFile, &DataFrame) -> Result<()> + Send + Sync + 'static,
) -> Result<()> {
    let failed: Arc<Mutex<Option<anyhow::Error>>> = Arc::default();
    let (shared_failed, shared_file) = (failed.clone(), file.clone());
    let callback = PlanCallback::new(move |batch: DataFrame| {
        let taken = as_text(&shared_file, batch).and_then(|mut batch| {
            batch.rechunk_mut();
            take(&shared_file, &batch)
        });
        let stop = taken.is_err();
        if let (Err(error), Ok(mut failed)) = (taken, shared_failed.lock()) {
            failed.get_or_insert(error);
        }
        Ok(stop)
    });
    let lazy = scan(file, data, Table::Clicks, columns)?;
    let ran = guarded(|| lazy.sink_batches(callback, true, None)?.collect_with_engine(Engine::Streaming));
    match failed.lock().ok().and_then(|mut failed| failed.take()) {
        Some(error) => Err(error),
        None => ran.map(|_| ()).with_context(|| format!("cannot read {}", file.source)),
    }
}

/// Checks one batch and keeps what may matter. `start` is the position of the file's first click among all.
fn take_batch(file: &KeptFile, start: usize, batch: &DataFrame, wanted: &Wanted, progress: &mut Progress) -> Result<()> {
    let first = progress.rows;
    let texts = |name: &str| Texts::of(batch.column(name)?);
    let (click_id, clicked_at) = (texts("click_id")?, texts("clicked_at")?);
    let (visitor_id, link_key) = (texts("visitor_id")?, texts("link_key")?);
    let (known_visitors, known_clicks) = (Texts::of(&wanted.visitor_texts)?, Texts::of(&wanted.click_texts)?);
    let known_links = Texts::of(&wanted.link_texts)?;
    let wrong = |row: usize, column: &str, value: &str, why: &str| {
        anyhow!("{}, {column}: \"{value}\" {why}", file.place(first - start + row))
    };
    let check = |rows: Range<usize>| -> Result<Part> {
        let ids: Vec<&str> = rows.clone().map(|row| click_id.get(row)).collect();
        let visitors: Vec<&str> = rows.clone().map(|row| visitor_id.get(row)).collect();
        let visitors = wanted.visitors.find_each(&visitors, |n| known_visitors.get(n as usize));
        let named = match wanted.click_ids.is_empty() {
            true => vec![NO_NUMBER; ids.len()],
            false => wanted.click_ids.find_each(&ids, |n| known_clicks.get(n as usize)),
        };
        let mut part = Part { hashes: Vec::with_capacity(rows.len()), kept: Vec::new() };
        for (((row, id), visitor), named) in rows.zip(ids).zip(visitors).zip(named) {
            let at = clicked_at.get(row);
            let at =
                parse_time(at).ok_or_else(|| wrong(row, "clicked_at", at, "is not a UTC time such as 2026-02-01T09:30:00Z"))?;
            if is_blank(id) {
                return Err(wrong(row, "click_id", id, "is empty, but every row needs one"));
            }
            part.hashes.push(hash_key(id));
            if visitor != NO_NUMBER || named != NO_NUMBER {
                let link = wanted.links.find(link_key.get(row), |n| known_links.get(n as usize));
                part.kept.push(Kept { row, at, visitor, link });
            }
        }
        Ok(part)
    };
    for part in in_parts(batch.height(), check)? {
        progress.hashes.push(part.hashes);
        for kept in part.kept {
            progress.row.push((first + kept.row) as u32);
            progress.click_id.append_value(click_id.get(kept.row));
            progress.at.push(kept.at);
            let (visitors, links) = (wanted.visitor_texts.len(), wanted.link_texts.len());
            let (visitor, link) = (visitor_id.get(kept.row), link_key.get(kept.row));
            progress.visitor.push(match kept.visitor {
                NO_NUMBER => progress.more_visitors.number(visitor, visitors),
                known => known,
            });
            progress.link.push(kept.link.unwrap_or_else(|| progress.more_links.number(link, links)));
        }
    }
    progress.rows += batch.height();
    Ok(())
}

impl Progress {
    fn new() -> Self {
        Self {
            rows: 0,
            hashes: Vec::new(),
            row: Vec::new(),
            click_id: StringChunkedBuilder::new("click_id".into(), 0),
            at: Vec::new(),
            visitor: Vec::new(),
            link: Vec::new(),
            more_visitors: More::default(),
            more_links: More::default(),
        }
    }

    /// All kept clicks, without the repeated ones.
    fn finish(self, wanted: &Wanted, repeated: &HashSet<u32>) -> Result<Loaded> {
        let mut clicks = DataFrame::new_infer_height(vec![
            self.click_id.finish().into_column(),
            Series::new("clicked_at".into(), self.at).into_column(),
            Series::new("visitor".into(), self.visitor).into_column(),
            Series::new("link".into(), self.link).into_column(),
        ])?;
        if !repeated.is_empty() {
            let mask = self.row.iter().map(|row| Some(!repeated.contains(row))).collect();
            clicks = clicks.filter(&mask)?;
        }
        clicks.rechunk_mut();
        Ok(Loaded {
            clicks,
            visitors: self.more_visitors.after("visitor_id", &wanted.visitor_texts)?,
            link_keys: self.more_links.after("link_key", &wanted.link_texts)?,
        })
    }
}

/// The positions of clicks that repeat an earlier one; an error where a repeated id has another content.
fn repeated_rows(manifest: &Manifest, data: &Path, starts: &[usize], suspects: Hashes) -> Result<HashSet<u32>> {
    let mut repeated = HashSet::new();
    if suspects.is_empty() {
        return Ok(repeated);
    }
    let suspects = Arc::new(suspects);
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

/// The rows of a file whose ids have one of these hashes, with their positions and all columns.
fn read_rows(file: &KeptFile, data: &Path, start: usize, suspects: &Arc<Hashes>) -> Result<Vec<(usize, Vec<String>)>> {
    let found = Arc::new(Mutex::new((start, Vec::<(usize, Vec<String>)>::new())));
    let (shared, suspects) = (found.clone(), suspects.clone());
    for_each_batch(file, data, columns_of(Table::Clicks), move |_, batch| {
        let columns = batch.columns().iter().map(Texts::of).collect::<Result<Vec<_>>>()?;
        let Ok(mut found) = shared.lock() else { bail!("reading clicks failed") };
        let first = found.0;
        let is_suspect = |row: &usize| suspects.contains(&hash_key(columns[0].get(*row)));
        for row in (0..batch.height()).filter(is_suspect) {
            found.1.push((first + row, columns.iter().map(|c| c.get(row).to_owned()).collect()));
        }
        found.0 += batch.height();
        Ok(())
    })?;
    let mut found = found.lock().map_err(|_| anyhow!("reading clicks failed"))?;
    Ok(std::mem::take(&mut found.1))
}
