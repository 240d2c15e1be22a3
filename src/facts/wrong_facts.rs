//! Everything that is wrong with the facts of a program, as one error.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Error, Result};

use crate::error::Transient;
use crate::program::Table;
use crate::sources::Mistakes;

/// What is wrong with the facts, table by table: of each table the first mistakes, and how many more there are.
#[derive(Debug, Default)]
pub struct WrongFacts {
    tables: BTreeMap<Table, Mistakes>,
    /// Sources that are not there.
    missing: Vec<Error>,
    /// What else kept a table from being read, such as a full disk.
    failures: Vec<Error>,
}

impl WrongFacts {
    /// Takes over what is wrong with the rows of a table.
    pub(super) fn add(&mut self, table: Table, mistakes: Mistakes) {
        if !mistakes.is_empty() {
            self.tables.entry(table).or_default().merge(mistakes);
        }
    }

    /// Takes over that a source is not there.
    pub(super) fn missing(&mut self, error: Error) {
        self.missing.push(error);
    }

    /// Takes over why a table could not be read: mistakes in a file, or something that is no mistake in the facts.
    pub(super) fn fail(&mut self, table: Table, error: Error) {
        match error.downcast::<Mistakes>() {
            Ok(mistakes) => self.add(table, mistakes),
            Err(error) => self.failures.push(error),
        }
    }

    /// Takes over what was found to be wrong with other tables.
    pub(super) fn take_over(&mut self, other: Self) {
        other.tables.into_iter().for_each(|(table, mistakes)| self.add(table, mistakes));
        self.missing.extend(other.missing);
        self.failures.extend(other.failures);
    }

    /// Whether nothing is wrong.
    ///
    /// # Errors
    ///
    /// Where facts are wrong, all of that. Otherwise the first failure, or the sources that are not there, so that it is still
    /// known whether it helps to try again.
    pub(super) fn into_result(mut self) -> Result<()> {
        if !self.tables.is_empty() {
            return Err(self.into());
        }
        if !self.failures.is_empty() {
            return Err(self.failures.remove(0));
        }
        match self.missing.len() {
            0 => Ok(()),
            1 => Err(self.missing.remove(0)),
            _ if self.missing.iter().all(|error| error.is::<Transient>()) => Err(Transient(self.to_string()).into()),
            _ => Err(self.into()),
        }
    }

    /// All that is wrong, a line each.
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (table, mistakes) in &self.tables {
            lines.extend(mistakes.listed().map(str::to_owned));
            lines.extend((mistakes.more() > 0).then(|| format!("{table}: and {} more", mistakes.more())));
        }
        lines.extend(self.missing.iter().chain(&self.failures).map(|error| format!("{error:#}")));
        lines
    }
}

impl fmt::Display for WrongFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.tables.values().map(Mistakes::count).sum::<usize>() + self.missing.len() + self.failures.len();
        match self.lines().as_slice() {
            [line] => f.write_str(line),
            lines => write!(f, "{count} errors in the facts\n  {}", lines.join("\n  ")),
        }
    }
}

impl std::error::Error for WrongFacts {}
