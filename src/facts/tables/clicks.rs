//! Clicks are checked in passing, and only those are kept that an order could point to.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::{Result, anyhow};
use foldhash::fast::FixedState;
use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, Series, StringChunkedBuilder};

use crate::calendar::parse_time;
use crate::facts::bounds::Bounds;
use crate::facts::click_batches::for_each_batch;
use crate::facts::columns::{NO_TIME, bad_key};
use crate::facts::hashing::{Hashes, hash_key, repeated_hashes};
use crate::facts::manifest::{KeptFile, Manifest};
use crate::facts::numbering::{Index, Interned, NO_NUMBER, SparseIndex};
use crate::facts::parallel::in_parts;
use crate::facts::repeats::difference;
use crate::facts::row::each_row;
use crate::facts::schema::schema;
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

/// Which clicks an order could point to, and by which numbers.
pub(in crate::facts) struct Wanted {
    visitors: SparseIndex,
    visitor_texts: Column,
    click_ids: SparseIndex,
    click_texts: Column,
    links: Index,
    link_texts: Column,
}

/// The clicks that an order could point to.
pub(in crate::facts) struct Loaded {
    /// See [`crate::facts::Facts::clicks`].
    pub(in crate::facts) clicks: DataFrame,
    /// See [`crate::facts::Facts::visitors`].
    pub(in crate::facts) visitors: DataFrame,
    /// See [`crate::facts::Facts::link_keys`].
    pub(in crate::facts) link_keys: DataFrame,
}

/// What one part of a batch comes to.
#[derive(Default)]
struct Part {
    /// The hash of every click's id.
    hashes: Vec<u64>,
    kept: Vec<Kept>,
    mistakes: Mistakes,
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
    /// What is wrong with clicks, by their position among all.
    mistakes: Mistakes,
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
    pub(in crate::facts) fn new(visitors: Interned, click_ids: Interned, links: Interned) -> Self {
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

/// The columns that are read of every click. The others matter only where an id is repeated.
const FIRST_COLUMNS: [&str; 4] = ["click_id", "clicked_at", "visitor_id", "link_key"];

/// Reads and checks all clicks; returns those that an order could point to. Adds what is wrong.
pub(in crate::facts) fn load(
    manifest: &Manifest,
    data: &Path,
    wanted: Wanted,
    bounds: Bounds,
    wrong: &mut WrongFacts,
) -> Result<Loaded> {
    let wanted = Arc::new(wanted);
    let progress = Arc::new(Mutex::new(Progress::new()));
    let mut files = Vec::new();
    for file in manifest.files(Table::Clicks) {
        let start = locked(&progress)?.rows;
        let (wanted, shared) = (wanted.clone(), progress.clone());
        let read = for_each_batch(file, data, &FIRST_COLUMNS, move |file, batch| {
            take_batch(file, start, batch, &wanted, &bounds, &mut *locked(&shared)?)
        });
        match read {
            Ok(()) => files.push((file, start)),
            Err(error) => wrong.fail(Table::Clicks, error),
        }
    }
    let mut progress = std::mem::replace(&mut *locked(&progress)?, Progress::new());
    let suspects = repeated_hashes(&progress.hashes);
    let repeated = repeated_rows(&files, data, suspects, &mut progress.mistakes).unwrap_or_else(|error| {
        wrong.fail(Table::Clicks, error);
        HashSet::new()
    });
    wrong.add(Table::Clicks, std::mem::take(&mut progress.mistakes));
    progress.finish(&wanted, &repeated)
}

fn locked<T>(shared: &Mutex<T>) -> Result<MutexGuard<'_, T>> {
    shared.lock().map_err(|_| anyhow!("reading clicks failed"))
}

/// Checks one batch and keeps what may matter. `start` is the position of the file's first click among all.
fn take_batch(
    file: &KeptFile,
    start: usize,
    batch: &DataFrame,
    wanted: &Wanted,
    bounds: &Bounds,
    progress: &mut Progress,
) -> Result<()> {
    let first = progress.rows;
    let texts = |name: &str| Texts::of(batch.column(name)?);
    let (click_id, visitor_id, link_key) = (texts("click_id")?, texts("visitor_id")?, texts("link_key")?);
    for part in in_parts(batch.height(), |rows| take_part(file, start, first, batch, (wanted, bounds), rows))? {
        progress.hashes.push(part.hashes);
        progress.mistakes.merge(part.mistakes);
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
    done("rows checked", batch.height());
    Ok(())
}

/// Checks some rows of a batch, of which the first click has the position `first` among all.
fn take_part(
    file: &KeptFile,
    start: usize,
    first: usize,
    batch: &DataFrame,
    (wanted, bounds): (&Wanted, &Bounds),
    rows: Range<usize>,
) -> Result<Part> {
    let texts = |name: &str| Texts::of(batch.column(name)?);
    let (click_id, clicked_at) = (texts("click_id")?, texts("clicked_at")?);
    let (visitor_id, link_key) = (texts("visitor_id")?, texts("link_key")?);
    let (known_visitors, known_clicks) = (Texts::of(&wanted.visitor_texts)?, Texts::of(&wanted.click_texts)?);
    let known_links = Texts::of(&wanted.link_texts)?;
    let ids: Vec<&str> = rows.clone().map(|row| click_id.get(row)).collect();
    let visitors: Vec<&str> = rows.clone().map(|row| visitor_id.get(row)).collect();
    let visitors = wanted.visitors.find_each(&visitors, |n| known_visitors.get(n as usize));
    let named = match wanted.click_ids.is_empty() {
        true => vec![NO_NUMBER; ids.len()],
        false => wanted.click_ids.find_each(&ids, |n| known_clicks.get(n as usize)),
    };
    let mut part = Part { hashes: Vec::with_capacity(rows.len()), ..Part::default() };
    let wrong = &mut part.mistakes;
    let mut refuse = |row: usize, why: String| {
        wrong.add(first + row, || format!("{}, {why}", file.place(first - start + row)));
    };
    for (((row, id), visitor), named) in rows.zip(ids).zip(visitors).zip(named) {
        let at = parse_time(clicked_at.get(row));
        if let Some(why) = at.map_or_else(|| Some(NO_TIME.to_owned()), |at| bounds.refuse_time(at)) {
            refuse(row, format!("clicked_at: \"{}\" {why}", clicked_at.get(row)));
        }
        let at = at.unwrap_or(0);
        if let Some(why) = bad_key("click_id", id) {
            refuse(row, why);
        }
        part.hashes.push(hash_key(id));
        if visitor != NO_NUMBER || named != NO_NUMBER {
            let link = wanted.links.find(link_key.get(row), |n| known_links.get(n as usize));
            part.kept.push(Kept { row, at, visitor, link });
        }
    }
    Ok(part)
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
            mistakes: Mistakes::default(),
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

/// The positions of clicks that repeat an earlier one. A repeated id with another content is a mistake. `files` are given
/// with the position of their first click.
fn repeated_rows(files: &[(&KeptFile, usize)], data: &Path, suspects: Hashes, mistakes: &mut Mistakes) -> Result<HashSet<u32>> {
    let mut repeated = HashSet::new();
    if suspects.is_empty() {
        return Ok(repeated);
    }
    let suspects = Arc::new(suspects);
    let mut first_of_id: HashMap<String, (String, Vec<String>)> = HashMap::new();
    for (file, start) in files {
        for (position, values) in read_rows(file, data, *start, &suspects)? {
            if mistakes.has(position) {
                continue;
            }
            let place = file.place(position - start);
            match first_of_id.get(&values[0]) {
                Some((first, known)) => {
                    let pairs: Vec<_> = known.iter().cloned().zip(values).collect();
                    let differs = if file.is_carried { None } else { difference(schema(Table::Clicks), &pairs) };
                    if let Some(what) = differs {
                        mistakes.add(position, || format!("{}: {first} and {place} {what}", Table::Clicks));
                    }
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
    for_each_batch(file, data, &schema(Table::Clicks).names(), move |_, batch| {
        let columns = batch.columns().iter().map(Texts::of).collect::<Result<Vec<_>>>()?;
        let mut found = locked(&shared)?;
        let first = found.0;
        let is_suspect = |row: &usize| suspects.contains(&hash_key(columns[0].get(*row)));
        for row in (0..batch.height()).filter(is_suspect) {
            found.1.push((first + row, columns.iter().map(|c| c.get(row).to_owned()).collect()));
        }
        found.0 += batch.height();
        Ok(())
    })?;
    Ok(std::mem::take(&mut locked(&found)?.1))
}

/// The clicks as plain values. `visitors` and `links` are what the numbers of visitors and links stand for.
pub(in crate::facts) fn rows(frame: &DataFrame, visitors: &DataFrame, links: &DataFrame) -> Result<Vec<Click>> {
    each_row(frame, |r| {
        Ok(Click {
            click_id: r.text("click_id")?,
            clicked_at: r.i64("clicked_at")?,
            visitor_id: r.numbered("visitor", visitors)?,
            link_key: r.numbered("link", links)?.unwrap_or_default(),
        })
    })
}
