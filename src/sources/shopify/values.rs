//! Ids, times and amounts, as Shopify writes them.

use super::answers::Money;
use crate::calendar::parse_time;
use crate::money::{Currency, parse_minor};

/// What is wrong with what Shopify says of an order.
pub(super) type Wrong = String;

/// The number in one of Shopify's global ids, which its exports and its older API have too.
pub(super) fn number(id: &str) -> &str {
    let last = id.rsplit('/').next().unwrap_or(id);
    last.split('?').next().unwrap_or(last)
}

/// An instant (microseconds since 1970).
pub(super) fn time(text: &str, field: &str) -> Result<i64, Wrong> {
    parse_time(text).ok_or_else(|| format!("{field} is \"{text}\", which is no time"))
}

/// An amount in minor units.
pub(super) fn minor(money: &Money, currency: Currency) -> Result<i64, Wrong> {
    if money.currency_code != currency.code() {
        return Err(format!("an amount is in {}, and the order in {}", money.currency_code, currency.code()));
    }
    parse_minor(&money.amount, currency).map_err(|why| format!("the amount \"{}\" {why}", money.amount))
}
