//! Clicks that stand in their table more than once: the same click counts once, and one id with two contents is refused.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use polars::prelude::DataFrame;

use super::click_batches::of_batches;
use super::hashing::{Hashes, hash_key, repeated_hashes};
use super::manifest::{KeptFile, Manifest};
use super::repeats::difference;
use super::schema::schema;
use super::text_column::Texts;
use crate::program::Table;
use crate::sources::Mistakes;

/// A kept file of clicks, and the position of its first click among all.
pub(super) type Placed<'a> = (&'a KeptFile, usize);

/// Whether no click stands in the files of a list twice. What the list `before` says of its own files is not looked at again. `ids` has for
/// each file the hashes of its ids, where they are known already.
pub(super) fn is_each_once(
    now: &Manifest,
    before: Option<&Manifest>,
    data: &Path,
    ids: Vec<Option<Vec<Vec<u64>>>>,
) -> Result<bool> {
    let known = before.filter(|before| before.has_each_click_once).map_or(&[][..], |before| before.files(Table::Clicks));
    let mut unknown: Vec<&KeptFile> = known.iter().collect();
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let mut added = Vec::new();
    for (file, ids) in now.files(Table::Clicks).iter().zip(ids) {
        // A file that is listed twice has each of its clicks twice.
        match unknown.iter().position(|known| (&known.content, &known.copy) == (&file.content, &file.copy)) {
            Some(place) => old.push(unknown.swap_remove(place)),
            None => {
                match ids {
                    Some(ids) => added.extend(ids),
                    None => added.extend(hashes(&[file], data)?),
                }
                new.push(file);
            }
        }
    }
    if !repeated_hashes(&added).is_empty() {
        return Ok(false);
    }
    if new.is_empty() || old.is_empty() {
        return Ok(true);
    }
    let added: Arc<Hashes> = Arc::new(added.into_iter().flatten().collect());
    for file in old {
        let added = added.clone();
        let has_added = move |_: &KeptFile, batch: &DataFrame, _| {
            Ok(Texts::of(batch.column("click_id")?)?.iter().any(|id| added.contains(&hash_key(id))))
        };
        if of_batches(file, data, &["click_id"], has_added)?.contains(&true) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The hash of every click's id.
fn hashes(files: &[&KeptFile], data: &Path) -> Result<Vec<Vec<u64>>> {
    let hash = |_: &KeptFile, batch: &DataFrame, _| Ok(Texts::of(batch.column("click_id")?)?.iter().map(hash_key).collect());
    let mut hashes = Vec::new();
    for file in files {
        hashes.extend(of_batches(file, data, &["click_id"], hash)?);
    }
    Ok(hashes)
}

/// Whether a click stands in the files twice. Adds those of which one id has two contents, unless something is wrong with them already.
pub(super) fn refuse_repeats(files: &[Placed<'_>], data: &Path, mistakes: &mut Mistakes) -> Result<bool> {
    let all: Vec<&KeptFile> = files.iter().map(|(file, _)| *file).collect();
    let suspects = repeated_hashes(&hashes(&all, data)?);
    if suspects.is_empty() {
        return Ok(false);
    }
    let suspects = Arc::new(suspects);
    let mut first_of_id: HashMap<String, (String, Vec<String>)> = HashMap::new();
    let mut has_repeats = false;
    for (file, start) in files {
        for (position, values) in suspected(file, data, &suspects)? {
            if mistakes.has(start + position) {
                continue;
            }
            let place = file.place(position);
            let Some((first, known)) = first_of_id.get(&values[0]) else {
                first_of_id.insert(values[0].clone(), (place, values));
                continue;
            };
            has_repeats = true;
            let pairs: Vec<_> = known.iter().cloned().zip(values).collect();
            let differs = if file.is_carried { None } else { difference(schema(Table::Clicks), &pairs) };
            if let Some(what) = differs {
                mistakes.add(start + position, || format!("{}: {first} and {place} {what}", Table::Clicks));
            }
        }
    }
    Ok(has_repeats)
}

/// The rows of a file whose ids have one of these hashes, with their positions and all columns.
fn suspected(file: &KeptFile, data: &Path, suspects: &Arc<Hashes>) -> Result<Vec<(usize, Vec<String>)>> {
    let suspects = suspects.clone();
    let find = move |_: &KeptFile, batch: &DataFrame, first: usize| {
        let columns = batch.columns().iter().map(Texts::of).collect::<Result<Vec<_>>>()?;
        let is_suspect = |row: &usize| suspects.contains(&hash_key(columns[0].get(*row)));
        let values = |row: usize| (first + row, columns.iter().map(|column| column.get(row).to_owned()).collect());
        Ok((0..batch.height()).filter(is_suspect).map(values).collect::<Vec<_>>())
    };
    Ok(of_batches(file, data, &schema(Table::Clicks).names(), find)?.concat())
}
