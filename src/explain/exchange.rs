//! What an order's currency is worth in the program's, on the order's local day (`RULES.md`, section 6).

use anyhow::Result;
use chrono::NaiveDate;

use super::notes::ExchangeNote;
use super::shop::Shop;
use super::trace::Trace;
use super::visible::Visible;
use crate::money::{Currency, Rate};

/// How many days a rate may be older than the order's local day.
const OLDEST_DAYS: i64 = 7;

/// How an order's amounts become program currency.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exchange {
    /// None if the order is in the program's currency.
    rate: Option<Rate>,
}

impl Exchange {
    /// Converts minor units of `from`, half even.
    pub fn convert(&self, minor: i64, from: Currency, to: Currency) -> Result<i64> {
        match self.rate {
            None => Ok(minor),
            Some(rate) => Ok(rate.convert(minor, from, to)?),
        }
    }
}

/// The exchange of an order; none if there is no rate of use.
pub(super) fn exchange(shop: &Shop<'_>, order: &Visible<'_>, trace: &mut Trace) -> Option<Exchange> {
    let (from, to) = (order.version.currency, shop.program.currency);
    if from == to {
        return Some(Exchange { rate: None });
    }
    let latest = shop.latest_rate(from.code(), order.day);
    let usable = latest.filter(|(dated, _)| age_in_days(*dated, order.day) <= OLDEST_DAYS);
    if let Some(note) = trace.of(order.version.order) {
        let why = match (usable, latest) {
            (Some((dated, _)), _) => format!("the latest dated on or before {}, it is dated {dated}", order.day),
            (None, Some((dated, _))) => {
                format!("the latest before {} is dated {dated}, more than {OLDEST_DAYS} days before", order.day)
            }
            (None, None) => format!("none is dated on or before {}", order.day),
        };
        note.exchange = Some(ExchangeNote {
            from: from.code(),
            to: to.code(),
            rate: usable.map(|(_, rate)| rate.to_string()),
            dated: usable.map(|(dated, _)| dated.to_string()),
            why,
        });
    }
    usable.map(|(_, rate)| Exchange { rate: Some(rate) })
}

fn age_in_days(dated: NaiveDate, day: NaiveDate) -> i64 {
    day.signed_duration_since(dated).num_days()
}
