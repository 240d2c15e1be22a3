//! What banks say became of payments: status reports, notifications of bookings, returns, tables of results. Read only; what follows from it,
//! the use case decides.
//!
//! Every file is from outside: it is bounded in size and depth, declares no entities, and nothing in it is believed but ids that this
//! program made.
//!
//! To add a kind of answer: a file here that finds [`Answer`]s in it, and how it is recognised, in [`read_answers`].

mod iso20022;
mod nacha;
mod table;
mod xml;

use anyhow::{Result, bail};

use crate::error::Invalid;

/// The largest file that is read (bytes): a hundred thousand payments need less.
const LARGEST: usize = 256 << 20;

/// What became of a payment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing final yet.
    Open,
    /// It was made.
    Paid,
    /// It was refused, or came back: the bank's code for why.
    Failed(String),
}

/// What a file says of one payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it is called at the bank.
    pub payment_id: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Its amount as the file writes it, in major units; none where it says none.
    pub amount: Option<String>,
    /// Where in the file.
    pub place: String,
}

/// All that a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// Of single payments.
    pub answers: Vec<Answer>,
    /// What it says besides, and somebody has to look at.
    pub besides: Vec<String>,
}

/// Reads what a bank or a payment provider answered: pain.002, camt.052 to 054, ACH returns, or a table with a column `status`.
///
/// # Errors
///
/// When it is none of these, or damaged.
pub fn read_answers(text: &str) -> Result<Answers> {
    if text.len() > LARGEST {
        bail!(Invalid("the file is larger than 256 MB, so it is no bank's answer".to_owned()));
    }
    let text = text.trim_start_matches('\u{feff}');
    let begin = text.trim_start();
    if begin.starts_with('<') {
        return iso20022::read(&xml::parse(begin)?);
    }
    if begin.starts_with("101") && begin.lines().next().is_some_and(|line| line.trim_end().len() == 94) {
        return nacha::read(begin);
    }
    table::read(text)
}
