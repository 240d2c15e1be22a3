//! What an order's currency is worth in the program's, on the order's local day (`RULES.md`, section 6).

use std::collections::HashMap;

use anyhow::{Context, Result};

use super::frame::{i32s, texts};
use super::visible::Orders;
use crate::facts::Facts;
use crate::money::{Currency, Overflow, Rate};
use crate::program::Program;

/// A rate may be this many days old.
const DAYS_A_RATE_HOLDS: i32 = 7;

/// How an order's amounts become the program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exchange {
    /// They are the program's already.
    Same,
    /// At this rate.
    At(Rate),
    /// There is no rate.
    Missing,
}

impl Exchange {
    /// Minor units of `from` in minor units of `to`. Without a rate there is nothing to earn on.
    pub(super) fn convert(self, minor: i64, from: Currency, to: Currency) -> Result<i64, Overflow> {
        match self {
            Self::Same => Ok(minor),
            Self::At(rate) => rate.convert(minor, from, to),
            Self::Missing => Ok(0),
        }
    }
}

/// The exchange of each order: the latest rate from its currency to the program's dated on its local day or up to
/// seven days before. No inverse is taken.
pub(super) fn exchanges(program: &Program, facts: &Facts, orders: &Orders<'_>) -> Result<Vec<Exchange>> {
    let rates = rates_into(program.currency, facts)?;
    let find = |currency: &Currency, day: &i32| {
        if *currency == program.currency {
            return Exchange::Same;
        }
        let known = rates.get(currency.code()).map_or(&[][..], Vec::as_slice);
        let after = known.partition_point(|(dated, _)| dated <= day);
        match known[..after].last() {
            Some((dated, rate)) if day - dated <= DAYS_A_RATE_HOLDS => Exchange::At(*rate),
            _ => Exchange::Missing,
        }
    };
    Ok(orders.currency.iter().zip(&orders.day).map(|(currency, day)| find(currency, day)).collect())
}

/// From a currency's code to its rates into the program's, by day.
fn rates_into(currency: Currency, facts: &Facts) -> Result<HashMap<String, Vec<(i32, Rate)>>> {
    let (from, to, rate) = (texts(&facts.fx, "from")?, texts(&facts.fx, "to")?, texts(&facts.fx, "rate")?);
    let mut rates: HashMap<String, Vec<(i32, Rate)>> = HashMap::new();
    for (row, day) in i32s(&facts.fx, "day")?.iter().enumerate().filter(|(row, _)| to.get(*row) == Some(currency.code())) {
        let rate = rate.get(row).unwrap_or_default().parse().context("an exchange rate was checked when it was read")?;
        rates.entry(from.get(row).unwrap_or_default().to_owned()).or_default().push((*day, rate));
    }
    for known in rates.values_mut() {
        known.sort_by_key(|(day, _)| *day);
    }
    Ok(rates)
}
