//! A table on its way to CSV.

use super::rng::Rng;
use crate::support::exports::csv_line;

pub struct Table {
    header: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(header: &'static [&'static str]) -> Self {
        Self { header, rows: Vec::new() }
    }

    pub fn push<const N: usize>(&mut self, row: [&str; N]) {
        assert_eq!(N, self.header.len());
        self.rows.push(row.iter().map(|value| (*value).to_owned()).collect());
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Has some rows twice, which must not matter.
    pub fn repeat_some(&mut self, rng: &mut Rng) {
        let again: Vec<_> = self.rows.iter().filter(|_| rng.chance(10)).cloned().collect();
        self.rows.extend(again);
    }

    pub fn shuffle(&mut self, rng: &mut Rng) {
        rng.shuffle(&mut self.rows);
    }

    pub fn text(&self) -> String {
        std::iter::once(csv_line(self.header)).chain(self.rows.iter().map(|row| csv_line(row))).collect()
    }
}
