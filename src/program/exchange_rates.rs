//! `[payout.exchange_rates.EUR]` and others: at which rates payees are paid whose account is in another currency.

use std::collections::BTreeMap;

use super::keys::{Key, keys};
use super::reader::Section;
use crate::money::{Currency, Rate};

keys! {
    RATE = "payout.exchange_rates.*" "rate", "decimal", "required", "What one unit of the program's currency is in the payee's, whose code is the section's name: `[payout.exchange_rates.EUR]`. The approval of a batch fixes it for that batch.";
    SOURCE = "payout.exchange_rates.*" "source", "text", "required", "Where the rate is from, and of which day, as approvers and payees read it: `ECB 2026-11-26`. Up to 60 characters.";
}

/// How long the source of a rate may be.
const LONGEST_SOURCE: usize = 60;

/// A rate at which payees are paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeRate {
    /// What one unit of the program's currency is in the payee's.
    pub rate: Rate,
    /// Where it is from.
    pub source: String,
}

/// Rates by the currency of payees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExchangeRates(BTreeMap<String, ExchangeRate>);

impl ExchangeRates {
    /// The rate for payees in a currency; none where the file has none.
    pub fn of(&self, currency: Currency) -> Option<&ExchangeRate> {
        self.0.get(currency.code())
    }

    /// Reads the sections within `[payout]`, of a program in a currency.
    pub(super) fn read(payout: &Section<'_>, own: Currency) -> Self {
        let mut rates = BTreeMap::new();
        for (_, section) in payout.each_nested(&["payout.exchange_rates"]) {
            for (code, section) in section.named("payout.exchange_rates.*") {
                match Currency::parse(&code) {
                    Err(why) => section.note(&why.to_string()),
                    Ok(currency) if currency == own => section.note("is the program's own currency, which is not exchanged"),
                    Ok(_) => {}
                }
                let (rate, source) = (section.required(&RATE, rate), section.required(&SOURCE, source));
                if let (Some(rate), Some(source)) = (rate, source) {
                    rates.insert(code, ExchangeRate { rate, source });
                }
            }
        }
        Self(rates)
    }
}

fn rate(text: &str) -> Result<Rate, String> {
    match text.parse::<Rate>() {
        Ok(rate) if rate.is_zero() => Err("is not above zero".to_owned()),
        other => other.map_err(|why| why.to_string()),
    }
}

fn source(text: &str) -> Result<String, String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err("must not be empty".to_owned()),
        ..=LONGEST_SOURCE if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        _ => Err(format!("is longer than {LONGEST_SOURCE} characters, or holds a line break")),
    }
}
