use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use super::{Currency, Overflow, Rounding, parse_decimal};

/// An exact decimal that an amount is multiplied by: a percent, or an exchange rate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(Decimal);

/// Why a text is not a rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// It is not a plain decimal such as `12.5`.
    #[error("is not a plain decimal number such as 12.5")]
    NotANumber,
    /// It is below zero.
    #[error("is below zero")]
    Negative,
    /// It has more than 10 digits before the point or 12 behind it.
    #[error("has more digits than can be computed with exactly (10 before the point and 12 behind it)")]
    TooLong,
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let (negative, whole, fraction) = parse_decimal(text).ok_or(RateError::NotANumber)?;
        let fraction = fraction.trim_end_matches('0');
        let whole = whole.trim_start_matches('0');
        if whole.len() > 10 || fraction.len() > 12 {
            return Err(RateError::TooLong);
        }
        let digits = format!("0{whole}{fraction}");
        let mantissa: i128 = digits.parse().map_err(|_| RateError::TooLong)?;
        if negative && mantissa != 0 {
            return Err(RateError::Negative);
        }
        let scale = fraction.len() as u32;
        Ok(Self(Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| RateError::TooLong)?))
    }
}

impl Rate {
    /// The rate as `numerator / 10^scale`.
    pub fn fraction(self) -> (i128, u32) {
        (self.0.mantissa(), self.0.scale())
    }

    /// Whether it is zero.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// `minor` × this percent, rounded once.
    pub fn percent_of(self, minor: i64, rounding: Rounding) -> Result<i64, Overflow> {
        Self::percent_of_parts(&[(minor, self)], rounding)
    }

    /// `minor` units of `from`, converted at this rate (units of `to` for one unit of `from`), half even.
    pub fn convert(self, minor: i64, from: Currency, to: Currency) -> Result<i64, Overflow> {
        self.convert_rounded(minor, from, to, Rounding::HalfEven)
    }

    /// As [`Rate::convert`], rounded in another way.
    pub fn convert_rounded(self, minor: i64, from: Currency, to: Currency, rounding: Rounding) -> Result<i64, Overflow> {
        let (mantissa, scale) = self.fraction();
        let mut numerator = i128::from(minor).checked_mul(mantissa).ok_or(Overflow)?;
        let mut denominator = 10i128.pow(scale);
        let (from, to) = (from.exponent(), to.exponent());
        if to >= from {
            numerator = numerator.checked_mul(10i128.pow(to - from)).ok_or(Overflow)?;
        } else {
            denominator = denominator.checked_mul(10i128.pow(from - to)).ok_or(Overflow)?;
        }
        rounding.divide_to_minor(numerator, denominator)
    }

    /// The exact sum of several parts, each at its own percent, rounded once (`RULES.md`, section 7: Tiers).
    pub fn percent_of_parts(parts: &[(i64, Self)], rounding: Rounding) -> Result<i64, Overflow> {
        let scale = parts.iter().map(|(_, rate)| rate.fraction().1).max().unwrap_or(0);
        let mut numerator: i128 = 0;
        for (minor, rate) in parts {
            let (mantissa, own) = rate.fraction();
            let product = i128::from(*minor).checked_mul(mantissa * 10i128.pow(scale - own)).ok_or(Overflow)?;
            numerator = numerator.checked_add(product).ok_or(Overflow)?;
        }
        rounding.divide_to_minor(numerator, 100 * 10i128.pow(scale))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.normalize())
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
