//! What is wrong with a file: everything is counted, and the first few are told.

use std::collections::HashSet;
use std::fmt;

/// How many mistakes of one table are told.
const TOLD: usize = 5;

/// How many rows with mistakes are remembered, so that a large table that is wrong throughout does not fill the memory.
const ROWS: usize = 1_000_000;

/// The mistakes in one file or table. As an error it tells the first of them, a line each.
#[derive(Debug, Default)]
pub struct Mistakes {
    /// The first, by row, and the text of each.
    told: Vec<(usize, String)>,
    count: usize,
    rows: HashSet<usize>,
}

impl Mistakes {
    /// Notes what is wrong with a row. The text is made only if it will be told: a column that is wrong throughout has
    /// millions.
    pub fn add(&mut self, row: usize, text: impl FnOnce() -> String) {
        self.count += 1;
        if self.rows.len() < ROWS {
            self.rows.insert(row);
        }
        self.tell(row, text);
    }

    fn tell(&mut self, row: usize, text: impl FnOnce() -> String) {
        let place = self.told.partition_point(|(known, _)| *known <= row);
        if place < TOLD {
            self.told.insert(place, (row, text()));
            self.told.truncate(TOLD);
        }
    }

    /// Takes over what was found in another part of the same table.
    pub fn merge(&mut self, other: Self) {
        self.count += other.count;
        let room = ROWS.saturating_sub(self.rows.len());
        self.rows.extend(other.rows.into_iter().take(room));
        for (row, text) in other.told {
            self.tell(row, || text);
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether something is wrong with a row. Where too much is wrong to remember, every row counts as wrong.
    pub fn has(&self, row: usize) -> bool {
        self.rows.len() >= ROWS || self.rows.contains(&row)
    }

    /// The first mistakes, in the order of their rows.
    pub fn told(&self) -> impl Iterator<Item = &str> {
        self.told.iter().map(|(_, text)| text.as_str())
    }

    /// How many are not told.
    pub fn more(&self) -> usize {
        self.count - self.told.len()
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told().collect::<Vec<_>>().join("\n"))?;
        match self.more() {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl std::error::Error for Mistakes {}
