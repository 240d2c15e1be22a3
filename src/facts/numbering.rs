//! Texts numbered by first sight. A hash leads to a number, but only the text itself decides: two texts may share a hash.

use anyhow::Result;
use hashbrown::HashTable;
use polars::prelude::{Column, IdxCa, IdxSize, NewChunkedArray};

use super::hashing::hash_key;

/// The number of an empty text: none.
pub(crate) const NO_NUMBER: u32 = u32::MAX;

/// Numbers of distinct texts. The texts stay where they are: callers say which text a number stands for.
#[derive(Default)]
pub(super) struct Index(HashTable<(u64, u32)>);

impl Index {
    pub(super) fn with_capacity(texts: usize) -> Self {
        Self(HashTable::with_capacity(texts))
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

/// The values of a column in these rows, in one piece.
pub(super) fn pick(column: &Column, rows: &[u32]) -> Result<Column> {
    let rows = IdxCa::from_iter_values("rows".into(), rows.iter().map(|row| *row as IdxSize));
    Ok(column.take(&rows)?.rechunk())
}
