//! A part of an amount.

use crate::money::Rounding;

/// The part of an amount (minor units) that falls to `part` of `whole`, half even; none of it if the whole is nothing.
pub(super) fn share(amount: i64, part: i64, whole: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    let exact = i128::from(amount) * i128::from(part);
    i64::try_from(Rounding::HalfEven.divide(exact, i128::from(whole))).unwrap_or(amount)
}
