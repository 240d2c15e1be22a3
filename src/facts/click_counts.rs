//! Clicks as figures: how many each link had in a span of time, and where single clicks came from.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, anyhow};
use foldhash::fast::FixedState;
use polars::prelude::DataFrame;

use super::click_batches::for_each_batch;
use super::columns::edges;
use super::hashing::hash_key;
use super::manifest::{KeptFile, Manifest};
use super::text_column::Texts;
use super::text_table::TextTable;
use crate::calendar::parse_time;
use crate::program::Table;
use crate::sources::Mistakes;

/// How many clicks a creator's link had.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClickCount {
    /// Who owned the link at the clicks.
    pub creator_id: String,
    /// The link.
    pub link_key: String,
    /// Where it was placed (story, post, bio), or empty.
    pub sub_id: String,
    /// How many; never zero.
    pub clicks: i64,
}

/// Where one click came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClickPlace {
    /// The link.
    pub link_key: String,
    /// Where it was placed, or empty.
    pub sub_id: String,
}

/// What one pass over the clicks comes to.
#[derive(Debug, Clone, Default)]
pub struct ClickFigures {
    /// Clicks on links that had an owner at the time, by creator, link and sub-id.
    pub counts: Vec<ClickCount>,
    /// The clicks that were asked for by id, at any time.
    pub places: BTreeMap<String, ClickPlace>,
}

/// Counts the clicks with `from <= clicked_at < to` (microseconds since 1970) and finds those of the `wanted` ids, in one
/// pass that never holds more than a batch of them. A click that is listed twice counts once.
///
/// # Errors
///
/// When a kept file is missing or a time in it does not parse; names file, row and column.
pub fn count_clicks(
    manifest: &Manifest,
    data: &Path,
    from: i64,
    to: i64,
    wanted: HashSet<String, FixedState>,
) -> Result<ClickFigures> {
    let owners = owners(manifest, data)?;
    let shared = Arc::new(Mutex::new(Pass { span: from..to, owners, wanted, ..Pass::default() }));
    for file in manifest.files(Table::Clicks) {
        let pass = shared.clone();
        let rows = AtomicUsize::new(0);
        for_each_batch(file, data, &["click_id", "clicked_at", "link_key", "sub_id"], move |file, batch| {
            let mut pass = pass.lock().map_err(|_| anyhow!("counting clicks failed"))?;
            pass.take(file, rows.fetch_add(batch.height(), Ordering::Relaxed), batch)
        })?;
    }
    let mut pass = shared.lock().map_err(|_| anyhow!("counting clicks failed"))?;
    Ok(std::mem::take(&mut *pass).figures())
}

/// Spans of ownership of each link: from, until, creator.
type Owners = HashMap<String, Vec<(i64, i64, String)>, FixedState>;

fn owners(manifest: &Manifest, data: &Path) -> Result<Owners> {
    let table = TextTable::read(manifest, data, Table::Links)?;
    let (key, creator) = (table.column("link_key")?, table.column("creator_id")?);
    let mut mistakes = Mistakes::default();
    let from = edges(&table, "active_from", i64::MIN, |_| true, &mut mistakes)?;
    let to = edges(&table, "active_to", i64::MAX, |_| true, &mut mistakes)?;
    if !mistakes.is_empty() {
        return Err(mistakes.into());
    }
    let mut owners = Owners::default();
    // A link that is a campaign's own is nobody's.
    for row in (0..table.height()).filter(|row| !creator.get(*row).is_empty()) {
        let span = (from[row], to[row], creator.get(row).to_owned());
        owners.entry(key.get(row).to_owned()).or_default().push(span);
    }
    Ok(owners)
}

/// Counts by sub-id and creator.
type Counts = HashMap<String, Vec<(String, i64)>, FixedState>;

#[derive(Default)]
struct Pass {
    span: std::ops::Range<i64>,
    owners: Owners,
    wanted: HashSet<String, FixedState>,
    /// Hashes of the ids that were counted. Two ids with one hash among a month's clicks are as good as impossible, and
    /// would lose one click of a figure that no money depends on.
    seen: HashSet<u64, FixedState>,
    counts: HashMap<String, Counts, FixedState>,
    places: BTreeMap<String, ClickPlace>,
}

impl Pass {
    fn take(&mut self, file: &KeptFile, first: usize, batch: &DataFrame) -> Result<()> {
        let texts = |name: &str| Texts::of(batch.column(name)?);
        let (click_id, clicked_at) = (texts("click_id")?, texts("clicked_at")?);
        let (link_key, sub_id) = (texts("link_key")?, texts("sub_id")?);
        for row in 0..batch.height() {
            let (id, link, sub) = (click_id.get(row), link_key.get(row), sub_id.get(row));
            if !self.wanted.is_empty() && self.wanted.contains(id) {
                self.places.insert(id.to_owned(), ClickPlace { link_key: link.to_owned(), sub_id: sub.to_owned() });
            }
            let at = parse_time(clicked_at.get(row))
                .with_context(|| format!("{}, clicked_at: \"{}\" is not a time", file.place(first + row), clicked_at.get(row)))?;
            if self.span.contains(&at) && self.seen.insert(hash_key(id)) {
                self.count(link, sub, at);
            }
        }
        Ok(())
    }

    fn count(&mut self, link: &str, sub: &str, at: i64) {
        let Some((.., creator)) = self.owners.get(link).and_then(|spans| spans.iter().find(|(f, t, _)| *f <= at && at < *t))
        else {
            return;
        };
        // Looked up before they are inserted: most clicks are of links and sub-ids that are there.
        if !self.counts.contains_key(link) {
            self.counts.insert(link.to_owned(), Counts::default());
        }
        let Some(subs) = self.counts.get_mut(link) else { return };
        if !subs.contains_key(sub) {
            subs.insert(sub.to_owned(), Vec::new());
        }
        let Some(creators) = subs.get_mut(sub) else { return };
        match creators.iter_mut().find(|(known, _)| known == creator) {
            Some((_, clicks)) => *clicks += 1,
            None => creators.push((creator.clone(), 1)),
        }
    }

    fn figures(self) -> ClickFigures {
        let mut counts = Vec::new();
        for (link_key, subs) in self.counts {
            for (sub_id, creators) in subs {
                for (creator_id, clicks) in creators {
                    counts.push(ClickCount { creator_id, link_key: link_key.clone(), sub_id: sub_id.clone(), clicks });
                }
            }
        }
        counts.sort();
        ClickFigures { counts, places: self.places }
    }
}
