//! Clicks are checked once, when a copy of them is new. There may be many times as many as of everything else, so what was found is
//! remembered in the list of facts, beside the hash of the copy.

use std::path::Path;

use anyhow::Result;
use polars::prelude::DataFrame;

use super::bounds::Bounds;
use super::click_batches::of_batches;
use super::click_repeats::is_each_once;
use super::columns::{NO_TIME, bad_key};
use super::hashing::hash_key;
use super::manifest::{CheckedClicks, KeptFile, Manifest};
use super::parallel::in_parts;
use super::text_column::Texts;
use crate::calendar::parse_time;
use crate::program::Table;
use crate::sources::Mistakes;

/// The version of the checks: raised when clicks are refused that were not before, or the other way round.
const VERSION: u32 = 1;

/// The list with what is known of its clicks: what the list `before` knows of the same copies, and what is found in the others. Nothing
/// is known of copies with mistakes, which are for those who load them to refuse.
///
/// # Errors
///
/// When a kept copy cannot be read.
pub fn check_clicks(mut now: Manifest, before: Option<&Manifest>, data: &Path) -> Result<Manifest> {
    let mut ids = Vec::new();
    for file in now.files_mut(Table::Clicks) {
        let (mut mistakes, mut hashes) = (Mistakes::default(), None);
        let known = match known(file) {
            Some(known) => known.clone(),
            None => {
                let found = look_through(file, 0, data)?;
                mistakes = found.mistakes;
                hashes = Some(found.ids);
                found.known
            }
        };
        file.checked = Some(known).filter(|_| mistakes.is_empty());
        ids.push(hashes);
    }
    let is_sound = now.files(Table::Clicks).iter().all(|file| file.checked.is_some());
    now.has_each_click_once = is_sound && is_each_once(&now, before, data, ids)?;
    Ok(now)
}

/// What this version of the checks found in a copy before.
fn known(file: &KeptFile) -> Option<&CheckedClicks> {
    file.checked.as_ref().filter(|known| known.version == VERSION)
}

/// What was found in some of the clicks.
struct Found {
    known: CheckedClicks,
    mistakes: Mistakes,
    /// The hashes of their ids.
    ids: Vec<Vec<u64>>,
}

impl Default for Found {
    fn default() -> Self {
        let known = CheckedClicks { version: VERSION, first_at: i64::MAX, last_at: i64::MIN };
        Self { known, mistakes: Mistakes::default(), ids: Vec::new() }
    }
}

impl Found {
    fn with(mut self, other: Self) -> Self {
        self.mistakes.merge(other.mistakes);
        self.ids.extend(other.ids);
        let (first_at, last_at) = (self.known.first_at.min(other.known.first_at), self.known.last_at.max(other.known.last_at));
        Self { known: CheckedClicks { first_at, last_at, ..self.known }, ..self }
    }
}

/// What is known of a copy, or what is found in it; adds what is wrong. Its first click has the position `start` among all.
pub(super) fn checked(file: &KeptFile, start: usize, data: &Path, mistakes: &mut Mistakes) -> Result<CheckedClicks> {
    if let Some(known) = known(file) {
        return Ok(known.clone());
    }
    let found = look_through(file, start, data)?;
    mistakes.merge(found.mistakes);
    Ok(found.known)
}

/// Reads ids and times of a copy. Its first click has the position `start` among all.
fn look_through(file: &KeptFile, start: usize, data: &Path) -> Result<Found> {
    let check = move |file: &KeptFile, batch: &DataFrame, first: usize| {
        let (click_id, clicked_at) = (Texts::of(batch.column("click_id")?)?, Texts::of(batch.column("clicked_at")?)?);
        let parts = in_parts(batch.height(), |rows| {
            let mut found = Found::default();
            found.ids.push(rows.clone().map(|row| hash_key(click_id.get(row))).collect());
            for row in rows {
                let position = start + first + row;
                match parse_time(clicked_at.get(row)) {
                    Some(at) => {
                        found.known.first_at = found.known.first_at.min(at);
                        found.known.last_at = found.known.last_at.max(at);
                    }
                    None => found.mistakes.add(position, || wrong_time(file, first + row, clicked_at.get(row), NO_TIME)),
                }
                if let Some(why) = bad_key("click_id", click_id.get(row)) {
                    found.mistakes.add(position, || format!("{}, {why}", file.place(first + row)));
                }
            }
            Ok(found)
        })?;
        Ok(parts.into_iter().fold(Found::default(), Found::with))
    };
    Ok(of_batches(file, data, &["click_id", "clicked_at"], check)?.into_iter().fold(Found::default(), Found::with))
}

/// Adds the clicks whose times lie out of bounds.
pub(super) fn refuse_times(file: &KeptFile, start: usize, data: &Path, bounds: Bounds, mistakes: &mut Mistakes) -> Result<()> {
    let refuse = move |file: &KeptFile, batch: &DataFrame, first: usize| {
        let mut mistakes = Mistakes::default();
        for (row, text) in Texts::of(batch.column("clicked_at")?)?.iter().enumerate() {
            if let Some(why) = parse_time(text).and_then(|at| bounds.refuse_time(at)) {
                mistakes.add(start + first + row, || wrong_time(file, first + row, text, &why));
            }
        }
        Ok(mistakes)
    };
    of_batches(file, data, &["clicked_at"], refuse)?.into_iter().for_each(|wrong| mistakes.merge(wrong));
    Ok(())
}

fn wrong_time(file: &KeptFile, position: usize, text: &str, why: &str) -> String {
    format!("{}, clicked_at: \"{text}\" {why}", file.place(position))
}
