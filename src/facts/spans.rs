//! Rows that hold for a span of time: creators, links and codes. Two that hold at one instant are refused.

use anyhow::Result;

use super::columns::{edges, refuse_bad_key};
use super::hashing::hash_key;
use super::repeats::distinct_rows;
use super::text_table::TextTable;
use crate::calendar::format_time;
use crate::sources::Mistakes;

/// Key, start and end of each row, and whether it remains.
pub(super) struct Spans {
    pub(super) keys: Vec<String>,
    pub(super) from: Vec<i64>,
    pub(super) to: Vec<i64>,
    pub(super) keep: Vec<bool>,
}

impl Spans {
    /// The spans of a table's rows; an empty side is open. `spell` makes the key that is compared of what the column `key` has.
    /// Rows of the key `passed_over` are neither checked nor kept.
    pub(super) fn read(
        table: &TextTable<'_>,
        key: &str,
        spell: impl Fn(&str) -> String,
        passed_over: Option<&str>,
        mistakes: &mut Mistakes,
    ) -> Result<Self> {
        let mut keys = Vec::new();
        for (row, text) in table.column(key)?.iter().enumerate() {
            refuse_bad_key(table, row, key, text, mistakes);
            keys.push(spell(text));
        }
        let counts = |row: usize| passed_over != Some(keys[row].as_str());
        let from = edges(table, "active_from", i64::MIN, counts, mistakes)?;
        let to = edges(table, "active_to", i64::MAX, counts, mistakes)?;
        // The same row, in all columns, counts once.
        let hashes: Vec<u64> = (0..table.height()).map(|row| hash_key((&keys[row], from[row], to[row]))).collect();
        let mut keep = distinct_rows(table, &hashes, mistakes)?;
        keep.iter_mut().enumerate().for_each(|(row, keep)| *keep &= counts(row));
        let spans = Self { keys, from, to, keep };
        spans.refuse_overlaps(table, mistakes)?;
        Ok(spans)
    }

    /// Refuses two rows of one key that hold at one instant.
    fn refuse_overlaps(&self, table: &TextTable<'_>, mistakes: &mut Mistakes) -> Result<()> {
        let Self { keys, from, to, keep } = self;
        let owner = table.column("creator_id")?;
        // A repeated row overlaps its twin, but does not remain.
        let mut order: Vec<usize> = (0..keys.len()).filter(|row| keep[*row] && from[*row] < to[*row]).collect();
        order.sort_by(|a, b| (&keys[*a], from[*a], *a).cmp(&(&keys[*b], from[*b], *b)));
        for pair in order.windows(2) {
            let (first, second) = (pair[0], pair[1]);
            if keys[first] == keys[second] && from[second] < to[first] {
                let [a, b] = [first, second].map(|row| match owner.get(row) {
                    "" => "nobody",
                    id => id,
                });
                let since = match from[second] {
                    i64::MIN => "from the beginning".to_owned(),
                    from => format!("at {}", format_time(from)),
                };
                mistakes.add(second, || {
                    format!(
                        "{}: {} ({a}) and {} ({b}) are both active for \"{}\" {since}; end the one (active_to) where the other begins",
                        table.table,
                        table.place(first),
                        table.place(second),
                        keys[first]
                    )
                });
            }
        }
        Ok(())
    }
}
