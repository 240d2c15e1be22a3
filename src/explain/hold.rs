//! From when on money may be paid out.

use anyhow::{Context, Result};

use super::calendar::utc_text;
use super::notes::HoldNote;
use super::shop::Shop;

/// The instant from which on something that happened at `since` is payable.
fn end_of_hold(shop: &Shop<'_>, since: i64) -> Result<i64> {
    since.checked_add(shop.program.commission.hold).context("the end of a hold is out of range")
}

/// Whether the hold that began at `since` is over.
pub(super) fn is_payable(shop: &Shop<'_>, since: i64) -> Result<bool> {
    Ok(end_of_hold(shop, since)? <= shop.as_of)
}

/// `payable` or `pending`.
pub(super) fn state(payable: bool) -> &'static str {
    if payable { "payable" } else { "pending" }
}

/// The hold as an explanation tells it.
pub(super) fn note(shop: &Shop<'_>, since: i64) -> Result<HoldNote> {
    Ok(HoldNote { until: utc_text(end_of_hold(shop, since)?), state: state(is_payable(shop, since)?) })
}
