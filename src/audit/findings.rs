use serde::Serialize;

use super::check::Check;
use crate::money::{Currency, Money};

/// How many broken records of a check are listed.
const TOLD: usize = 5;

/// The result of one check.
#[derive(Debug, Clone, Serialize)]
pub struct Found {
    /// Whose records; empty for what belongs to no program.
    pub program: String,
    /// The check's name.
    pub check: &'static str,
    /// What was checked, in a few words.
    pub seen: String,
    /// How many records are broken.
    pub broken: usize,
    /// The first of them: which record, what was expected, what was found.
    pub records: Vec<String>,
    /// What to do about them; empty when none is broken.
    pub advice: &'static str,
}

/// The broken records of a check, as they are found.
#[derive(Default)]
pub(super) struct Findings {
    broken: usize,
    records: Vec<String>,
}

impl Findings {
    /// Adds a broken record; it is only put into words if it will be listed.
    pub(super) fn add(&mut self, record: impl FnOnce() -> String) {
        self.broken += 1;
        if self.is_telling() {
            self.records.push(record());
        }
    }

    /// Whether the next record would still be listed.
    pub(super) fn is_telling(&self) -> bool {
        self.records.len() < TOLD
    }

    /// Adds that a value is another than it should be.
    pub(super) fn differs<T: PartialEq + std::fmt::Display>(&mut self, record: impl FnOnce() -> String, found: T, expected: T) {
        if found != expected {
            self.add(|| format!("{} is {found}, expected {expected}", record()));
        }
    }

    /// Whether nothing is broken so far.
    pub(super) fn is_empty(&self) -> bool {
        self.broken == 0
    }

    /// The check is complete, or could not be completed.
    pub(super) fn end(self, program: &str, check: Check, seen: anyhow::Result<String>) -> Found {
        self.end_with(program, check, seen, check.advice())
    }

    /// As [`Findings::end`], with other advice than the check usually gives where something is broken.
    pub(super) fn end_with(mut self, program: &str, check: Check, seen: anyhow::Result<String>, advice: &'static str) -> Found {
        let seen = seen.unwrap_or_else(|error| {
            self.broken += 1;
            self.records.push(format!("the check could not be completed: {error:#}"));
            "incomplete".to_owned()
        });
        let advice = if self.broken == 0 { "" } else { advice };
        Found { program: program.to_owned(), check: check.name(), seen, broken: self.broken, records: self.records, advice }
    }
}

/// Writes amounts for people; in minor units where the ledger's currency is not known.
#[derive(Clone, Copy)]
pub(super) struct Figures(pub(super) Option<Currency>);

impl Figures {
    pub(super) fn show(self, minor: impl Into<i128>) -> String {
        let minor = minor.into();
        match (self.0, i64::try_from(minor)) {
            (Some(currency), Ok(minor)) => Money::from_minor(minor, currency).to_string(),
            _ => format!("{minor} minor units"),
        }
    }
}
