//! Texts numbered by first sight. A hash leads to a number, but only the text itself decides: two texts may share a hash.

use anyhow::Result;
use hashbrown::HashTable;
use polars::prelude::{Column, IdxCa, IdxSize, IntoColumn, NewChunkedArray};

use super::hashing::hash_key;
use super::text_column::Texts;

/// The number of an empty text: none.
pub(crate) const NO_NUMBER: u32 = u32::MAX;

/// Numbers of distinct texts. The texts stay where they are: callers say which text a number stands for.
#[derive(Default)]
pub(super) struct Index(HashTable<(u64, u32)>);

impl Index {
    pub(super) fn with_capacity(texts: usize) -> Self {
        Self(HashTable::with_capacity(texts))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The number of a text.
    pub(super) fn find<'t>(&self, text: &str, text_of: impl Fn(u32) -> &'t str) -> Option<u32> {
        self.find_hashed(hash_key(text), text, text_of)
    }

    fn find_hashed<'t>(&self, hash: u64, text: &str, text_of: impl Fn(u32) -> &'t str) -> Option<u32> {
        self.0.find(hash, |(known, number)| *known == hash && text_of(*number) == text).map(|(_, number)| *number)
    }

    /// The number of a text, and whether it was given just now.
    pub(super) fn number<'t>(&mut self, text: &str, text_of: impl Fn(u32) -> &'t str) -> (u32, bool) {
        let hash = hash_key(text);
        if let Some(number) = self.find_hashed(hash, text, text_of) {
            return (number, false);
        }
        let number = self.0.len() as u32;
        self.0.insert_unique(hash, (hash, number), |(hash, _)| *hash);
        (number, true)
    }
}

/// An index that most lookups miss, with a bit for each hash in front: small enough for a processor's cache, it answers
/// most of them without touching the table.
pub(super) struct SparseIndex {
    index: Index,
    seen: Vec<u64>,
    shift: u32,
}

impl SparseIndex {
    pub(super) fn of(index: Index) -> Self {
        let bits = (index.len().max(64) * 16).next_power_of_two();
        let mut sparse = Self { seen: vec![0; bits / 64], shift: u64::BITS - bits.ilog2(), index };
        for (hash, _) in &sparse.index.0 {
            let bit = hash >> sparse.shift;
            sparse.seen[(bit / 64) as usize] |= 1 << (bit % 64);
        }
        sparse
    }

    pub(super) fn is_empty(&self) -> bool {
        self.index.len() == 0
    }

    /// The number of each text; [`NO_NUMBER`] where it has none.
    ///
    /// Each step is a loop of its own: a processor waits for memory in many turns of a short loop at once, but only in
    /// one turn of a long one.
    pub(super) fn find_each<'t>(&self, texts: &[&str], text_of: impl Fn(u32) -> &'t str) -> Vec<u32> {
        let mut numbers = vec![NO_NUMBER; texts.len()];
        let hashes: Vec<u64> = texts.iter().map(|text| hash_key(*text)).collect();
        let seen: Vec<usize> = (0..texts.len()).filter(|at| self.has_seen(hashes[*at])).collect();
        let table = &self.index.0;
        for at in &seen {
            let found = table.find(hashes[*at], |(known, _)| *known == hashes[*at]);
            numbers[*at] = found.map_or(NO_NUMBER, |(_, number)| *number);
        }
        for at in seen {
            if numbers[at] != NO_NUMBER && text_of(numbers[at]) != texts[at] {
                numbers[at] = self.index.find_hashed(hashes[at], texts[at], &text_of).unwrap_or(NO_NUMBER);
            }
        }
        numbers
    }

    fn has_seen(&self, hash: u64) -> bool {
        let bit = hash >> self.shift;
        self.seen[(bit / 64) as usize] & (1 << (bit % 64)) != 0
    }
}

/// The texts of a column, numbered by first sight.
pub(super) struct Interned {
    pub(super) index: Index,
    /// The text of each number.
    pub(super) texts: Column,
    /// The number of each row; [`NO_NUMBER`] where it is empty.
    pub(super) numbers: Vec<u32>,
}

impl Interned {
    pub(super) fn of(texts: Texts<'_>) -> Result<Self> {
        let mut index = Index::default();
        let (mut firsts, mut numbers) = (Vec::new(), Vec::new());
        for (row, text) in texts.iter().enumerate() {
            if text.is_empty() {
                numbers.push(NO_NUMBER);
                continue;
            }
            let (number, is_new) = index.number(text, |n| texts.get(firsts[n as usize] as usize));
            if is_new {
                firsts.push(row as u32);
            }
            numbers.push(number);
        }
        let all = texts.without_nulls("text").into_column();
        Ok(Self { index, texts: pick(&all, &firsts)?, numbers })
    }
}

/// The values of a column in these rows, in one piece.
pub(super) fn pick(column: &Column, rows: &[u32]) -> Result<Column> {
    let rows = IdxCa::from_iter_values("rows".into(), rows.iter().map(|row| *row as IdxSize));
    Ok(column.take(&rows)?.rechunk())
}
