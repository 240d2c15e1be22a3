//! Amounts, rates, rounding and splits. Pure, exact, and free of anybody's rules.
//!
//! An amount is an integer of the currency's minor unit; a rate is an exact decimal; every operation that could overflow says
//! so instead of wrapping, and no binary floating point appears anywhere (`RULES.md`, section 1: Amounts are exact).
//!
//! Decimals of any length for amounts were rejected: they are slow in columns of millions, and hide the places where something
//! is rounded. Here rounding is a call ([`Rounding::divide`]), so that each place can be found, and named in `RULES.md`.
//! Amounts from outside are bounded ([`MAX_MINOR`]), so that a million of them sum up in 64 bits, and products fit 128.
//!
//! Numbers of bank accounts, and the characters that banks take, stand here too (`bank_numbers.rs`, `bank_text.rs`): the program file
//! has them as well as payees.
//!
//! `reconcile` and `explain` share this module: it is tested against worked values. To add a rounding, add a variant in
//! `rounding.rs`, with its word; a way to split goes into `split.rs`.

mod amount;
mod bank_numbers;
mod bank_text;
mod currency;
mod rate;
mod rounding;
mod split;

pub use amount::{AmountError, MAX_MINOR, Money, format_minor, grouped, parse_decimal, parse_minor};
pub use bank_numbers::{aba, bic, careful, digits, email, iban, is_in_sepa, masked, us_account};
pub use bank_text::{BankText, Fitted};
pub use currency::{Currency, UnknownCurrency};
pub use rate::{Rate, RateError};
pub use rounding::Rounding;
pub use split::{equal_part, split_equally, split_in_proportion};

/// An intermediate result left the range in which amounts are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is too large to be kept exactly")]
pub struct Overflow;
