use anyhow::Result;
use chrono::{NaiveDate, NaiveDateTime};

use super::payment::Payment;
use crate::money::{Currency, Overflow};

/// Files that were made, as text.
pub(super) struct Made {
    /// One after the other.
    pub texts: Vec<String>,
    /// On which day the bank is told to pay; none where a page does at once.
    pub pays_on: Option<NaiveDate>,
}

/// What payments are made for, and when.
pub(super) struct Occasion<'a> {
    pub batch_id: &'a str,
    /// Which of the program's batches it is.
    pub number: usize,
    /// When the files are made (microseconds since 1970).
    pub as_of: i64,
    /// The same by the program's clock.
    pub local: NaiveDateTime,
    /// Its day.
    pub day: NaiveDate,
    pub currency: Currency,
}

/// A text in a field of so many characters.
pub(super) fn fixed(text: &str, width: usize) -> String {
    format!("{:<width$}", text.chars().take(width).collect::<String>())
}

/// What payments of one currency come to, in minor units of it.
pub(super) fn sum_of(payments: &[Payment]) -> Result<i64, Overflow> {
    payments.iter().try_fold(0i64, |sum, payment| sum.checked_add(payment.paid())).ok_or(Overflow)
}
