//! Amounts, rates, rounding and splits. Pure, exact, and known to nobody else's rules.
//!
//! An amount is an integer of the currency's minor unit; a rate is an exact decimal; every operation that could
//! overflow says so instead of wrapping, and no binary floating point appears anywhere (`RULES.md`, section 1: Amounts
//! are exact).

mod amount;
mod currency;
mod rate;
mod rounding;
mod split;

pub use amount::{AmountError, MAX_MINOR, Money, format_minor, parse_decimal, parse_minor};
pub use currency::{Currency, UnknownCurrency};
pub use rate::{Rate, RateError};
pub use rounding::Rounding;
pub use split::{split_equally, split_in_proportion};

/// An intermediate result left the range in which amounts are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is too large to be kept exactly")]
pub struct Overflow;
