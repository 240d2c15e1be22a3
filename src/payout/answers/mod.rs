//! What banks say became of payments: status reports, notifications of bookings, returns, tables of results. Read only; what follows from it,
//! the use case decides.
//!
//! Every file is from outside: it is bounded in size and depth, declares no entities, and nothing in it is believed but ids that this
//! program made.
//!
//! To add a kind of answer: a file here that finds [`Answer`]s in it, and how it is recognised, in [`read_answers`].

mod answer;
mod iso20022;
mod nacha;
mod table;
mod xml;

pub use answer::{Answer, Answers, BankAmount, Outcome, Problem, StatedBalance};

use anyhow::{Result, bail};

use crate::error::Invalid;

/// The largest file that is read (bytes): a hundred thousand payments need less.
pub const LARGEST_ANSWER: usize = 256 << 20;

/// Reads what a bank or a payment provider answered: pain.002, camt.052 to 054, ACH returns, or a table with a column `status`.
///
/// # Errors
///
/// When it is none of these, or damaged.
pub fn read_answers(text: &str) -> Result<Answers> {
    if text.len() > LARGEST_ANSWER {
        bail!(Invalid("the file is larger than 256 MB, so it is no bank's answer".to_owned()));
    }
    let text = text.trim_start_matches('\u{feff}');
    let begin = text.trim_start();
    if begin.starts_with('<') {
        return iso20022::read(&xml::parse(begin)?);
    }
    if begin.starts_with("101") && begin.lines().next().is_some_and(|line| line.trim_end_matches('\r').len() == 94) {
        return nacha::read(begin);
    }
    table::read(text)
}
