use std::fmt;

use super::{Currency, Overflow};

/// The largest amount accepted from outside, in minor units: ten trillion of them. A million such amounts still
/// add up within 64 bits, and every product with a rate fits in 128.
pub const MAX_MINOR: i64 = 10_000_000_000_000;

/// Why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// It is not a plain decimal such as `-12.50`.
    #[error("is not a plain decimal number such as 12.50")]
    NotANumber,
    /// It has more decimals than the currency.
    #[error("has more than the {exponent} decimals of {currency}")]
    TooManyDecimals {
        /// The currency's code.
        currency: &'static str,
        /// The currency's decimals.
        exponent: u32,
    },
    /// It is beyond [`MAX_MINOR`].
    #[error("is larger than any amount this program keeps (10^13 minor units)")]
    TooLarge,
}

/// An amount of one currency, in its minor units (cents, yen, fils).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// An amount from minor units.
    pub fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The minor units.
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The sum. Adding two currencies is a fault of the caller and panics; a sum out of range is an error.
    pub fn checked_add(self, other: Self) -> Result<Self, Overflow> {
        assert_eq!(self.currency, other.currency, "amounts of two currencies are never added");
        let minor = self.minor.checked_add(other.minor).ok_or(Overflow)?;
        Ok(Self { minor, ..self })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", format_minor(self.minor, self.currency.exponent()), self.currency))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Writes minor units as a decimal with exactly `exponent` decimals: `-305` and 2 give `-3.05`.
pub fn format_minor(minor: i64, exponent: u32) -> String {
    let digits = minor.unsigned_abs().to_string();
    let sign = if minor < 0 { "-" } else { "" };
    let decimals = exponent as usize;
    if decimals == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    format!("{sign}{whole}.{fraction}")
}

/// As [`format_minor`], with commas between thousands: `1,234.50`.
pub fn grouped(minor: i64, exponent: u32) -> String {
    let plain = format_minor(minor, exponent);
    let (sign, unsigned) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
    let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut text = sign.to_owned();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// Splits a plain decimal (`-12.50`) into sign, digits before and digits after the point; `None` for anything else.
pub fn parse_decimal(text: &str) -> Option<(bool, &str, &str)> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return None,
        None => (unsigned, ""),
    };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    (!whole.is_empty() && digits(whole) && digits(fraction)).then_some((negative, whole, fraction))
}

/// Reads decimal text as minor units of `currency`. Zeros beyond the currency's decimals are fine, digits are not.
pub fn parse_minor(text: &str, currency: Currency) -> Result<i64, AmountError> {
    let (negative, whole, fraction) = parse_decimal(text).ok_or(AmountError::NotANumber)?;
    let exponent = currency.exponent() as usize;
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > exponent {
        return Err(AmountError::TooManyDecimals { currency: currency.code(), exponent: currency.exponent() });
    }
    let mut minor: i64 = 0;
    let padding = exponent - fraction.len();
    for digit in whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', padding)) {
        minor = minor * 10 + i64::from(digit - b'0');
        if minor > MAX_MINOR {
            return Err(AmountError::TooLarge);
        }
    }
    Ok(if negative { -minor } else { minor })
}
