//! From when on earnings may be paid out (`RULES.md`, section 11).

use anyhow::{Context, Result};

use super::calendar::utc_text;
use super::notes::HoldNote;
use super::shop::Shop;
use crate::program::Micros;

/// The instant from which on something that happened at `since` (both microseconds since 1970) is payable.
pub fn payable_from(since: i64, hold: Micros) -> Result<i64> {
    since.checked_add(hold).context("the end of a hold is out of range")
}

/// Whether the hold that began at `since` is over.
pub(super) fn is_payable(shop: &Shop<'_>, since: i64) -> Result<bool> {
    Ok(payable_from(since, shop.program.commission.hold)? <= shop.as_of)
}

/// `payable` or `pending`.
pub(super) fn state(payable: bool) -> &'static str {
    if payable { "payable" } else { "pending" }
}

/// The hold as an explanation shows it.
pub(super) fn note(shop: &Shop<'_>, since: i64) -> Result<HoldNote> {
    Ok(HoldNote { until: utc_text(payable_from(since, shop.program.commission.hold)?), state: state(is_payable(shop, since)?) })
}
