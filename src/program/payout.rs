//! `[payout]`: what is paid out, who approves it, and who pays.

use std::path::{Path, PathBuf};

use super::approvals::{Approvals, Group};
use super::exchange_rates::ExchangeRates;
use super::keys::{Key, keys};
use super::rails::Rails;
use super::reader::Section;
use super::values::{amount, not_empty};
use crate::money::Currency;

keys! {
    MINIMUM = "payout" "minimum", "amount", "0", "Smaller payable balances wait for a later payout, unless the creator has left.";
    ANSWERS = "payout" "answers", "path", "none", "The folder in which your bank's answers appear, relative to this file: the step `answers` of a job imports each file there once. Nothing is moved or deleted.";
    GROUPS = "payout" "groups", "table of lists of names", "none", "Groups of people that levels of `[[payout.approvals]]` name: `directors = [\"ana\", \"bo\"]`. Names are compared as those after `--by` are.";
}

/// What is paid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// The least payable balance that is paid out, in minor units.
    pub minimum: i64,
    /// The folder in which banks' answers appear; none where nobody looks for them.
    pub answers: Option<PathBuf>,
    /// Who has to approve a batch, by its total.
    pub approvals: Approvals,
    /// At which rates payees are paid in other currencies.
    pub exchange_rates: ExchangeRates,
    /// Who pays, by rail.
    pub rails: Rails,
}

impl Payout {
    /// Reads the section.
    pub(super) fn read(section: &Section<'_>, folder: &Path, currency: Currency) -> Self {
        let groups = section.lists(&GROUPS).into_iter().map(|(name, people)| Group { name, people }).collect::<Vec<_>>();
        Self {
            minimum: section.read(&MINIMUM, amount(currency)).unwrap_or(0),
            answers: section.read(&ANSWERS, not_empty).map(|written| folder.join(written)),
            approvals: Approvals::read(section, &groups, currency),
            exchange_rates: ExchangeRates::read(section, currency),
            rails: Rails::read(section),
        }
    }
}
