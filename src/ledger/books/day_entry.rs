//! What an accounting program is given of a month.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::calendar::Month;
use crate::ledger::Closing;
use crate::money::Overflow;
use crate::program::Program;

/// The journal of a month.
pub(super) struct Journal<'a> {
    pub program: &'a Program,
    pub month: Month,
    pub closing: &'a Closing,
    /// In the order of their days, corrections first.
    pub entries: Vec<DayEntry<'a>>,
}

/// What moved on one day, as one journal entry.
pub(super) struct DayEntry<'a> {
    /// Its number: letters, digits and a dash, at most 21.
    pub number: String,
    /// The day it is dated: its own, or the month's first where it corrects an earlier month.
    pub day: NaiveDate,
    /// What it says.
    pub text: String,
    /// How much is debited to the first account and credited to the second: each pair once, above zero.
    pub moves: Vec<(&'a str, &'a str, i64)>,
}

impl DayEntry<'_> {
    /// What each account is debited, below zero credited; debits first.
    pub(super) fn by_account(&self) -> Result<Vec<(&str, i64)>, Overflow> {
        let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
        for (debit, credit, amount) in &self.moves {
            for (account, amount) in [(debit, *amount), (credit, -*amount)] {
                let sum = sums.entry(account).or_default();
                *sum = sum.checked_add(amount).ok_or(Overflow)?;
            }
        }
        let mut sums: Vec<(&str, i64)> = sums.into_iter().filter(|(_, sum)| *sum != 0).collect();
        sums.sort_by_key(|(account, sum)| (*sum < 0, *account));
        Ok(sums)
    }
}
