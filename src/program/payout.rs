//! `[payout]`: what is paid out, and who pays.

use super::keys::{Key, keys};
use super::rails::Rails;
use super::reader::Section;
use super::values::amount;
use crate::money::Currency;

keys! {
    MINIMUM = "payout" "minimum", "amount", "0", "Smaller payable balances wait for a later payout, unless the creator has left.";
}

/// What is paid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// The least payable balance that is paid out, in minor units.
    pub minimum: i64,
    /// Who pays, by rail.
    pub rails: Rails,
}

impl Payout {
    /// Reads the section.
    pub(super) fn read(section: &Section<'_>, currency: Currency) -> Self {
        Self { minimum: section.read(&MINIMUM, amount(currency)).unwrap_or(0), rails: Rails::read(section) }
    }
}
