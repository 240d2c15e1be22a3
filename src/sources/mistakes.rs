//! What is wrong with a file: everything is counted, and the first few are listed.

use std::collections::HashSet;
use std::fmt;

/// How many mistakes of one table are listed.
const LISTED: usize = 5;

/// How many rows with mistakes are remembered, so that a large table that is wrong throughout does not fill the memory.
const ROWS: usize = 1_000_000;

/// The mistakes in one file or table. As an error it tells the first of them, a line each.
#[derive(Debug, Default)]
pub struct Mistakes {
    /// The first, by row, and the text of each.
    listed: Vec<(usize, String)>,
    count: usize,
    rows: HashSet<usize>,
}

impl Mistakes {
    /// One mistake, in this row.
    pub fn one(row: usize, text: String) -> Self {
        let mut mistakes = Self::default();
        mistakes.add(row, || text);
        mistakes
    }

    /// Notes what is wrong with a row. The text is made only if it will be listed: a column that is wrong throughout has
    /// millions.
    pub fn add(&mut self, row: usize, text: impl FnOnce() -> String) {
        self.count += 1;
        if self.rows.len() < ROWS {
            self.rows.insert(row);
        }
        self.tell(row, text);
    }

    fn tell(&mut self, row: usize, text: impl FnOnce() -> String) {
        let place = self.listed.partition_point(|(known, _)| *known <= row);
        if place < LISTED {
            self.listed.insert(place, (row, text()));
            self.listed.truncate(LISTED);
        }
    }

    /// Takes over what was found in another part of the same table.
    pub fn merge(&mut self, other: Self) {
        self.count += other.count;
        let room = ROWS.saturating_sub(self.rows.len());
        self.rows.extend(other.rows.into_iter().take(room));
        for (row, text) in other.listed {
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
    pub fn listed(&self) -> impl Iterator<Item = &str> {
        self.listed.iter().map(|(_, text)| text.as_str())
    }

    /// How many are not listed.
    pub fn more(&self) -> usize {
        self.count - self.listed.len()
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.listed().collect::<Vec<_>>().join("\n"))?;
        match self.more() {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl std::error::Error for Mistakes {}
