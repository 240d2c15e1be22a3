//! Whether a batch is paid whole, and whether there is enough to pay it.

use super::batch_looked::Looked;
use super::table::Tone;
use super::words::money;
use crate::error::Invalid;
use crate::money::{Overflow, parse_minor};
use crate::vocabulary::counted;
use crate::web::Failure;

/// How a batch is paid, in words.
pub(super) struct Money {
    /// In a few words.
    pub answer: String,
    pub tone: Tone,
    /// A sentence each: what adds up, and what does not.
    pub sentences: Vec<(Tone, String)>,
}

/// Compares what rails carry with the batch, and the batch with what is available, where somebody typed that.
pub(super) fn money_of(looked: &Looked, available: &str) -> Result<Money, Failure> {
    let (batch, program) = (looked.batch(), &looked.room.program);
    let mut sentences = Vec::new();
    let (answer, tone) = match &looked.sheet.payees {
        Err(error) => {
            sentences.push((Tone::Bad, format!("The details of payees cannot be read: {error:#}")));
            ("payees cannot be read".to_owned(), Tone::Bad)
        }
        Ok(None) => {
            sentences.push((
                Tone::Plain,
                "The program names no payees: a batch is exported as a list of creators and amounts.".to_owned(),
            ));
            (money(batch.amount, program), Tone::Plain)
        }
        Ok(Some(payees)) if payees.left.is_empty() => {
            sentences.push((Tone::Good, "Everybody in the batch can be paid: the rails carry the whole of it.".to_owned()));
            (format!("all of {}", money(batch.amount, program)), Tone::Good)
        }
        Ok(Some(payees)) => {
            let left = counted(payees.left.len(), "creator", "creators");
            sentences.push((Tone::Bad, format!("{left} cannot be paid as things are, and would be in no payment file.")));
            (format!("{left} left out"), Tone::Bad)
        }
    };
    if !available.trim().is_empty() {
        let typed = available.trim().replace(',', "");
        let wrong = |why| anyhow::Error::from(Invalid(format!("what is available, \"{typed}\", {why}")));
        let minor = parse_minor(&typed, program.currency).map_err(wrong)?;
        let left = minor.checked_sub(batch.amount).ok_or_else(|| anyhow::Error::from(Overflow))?;
        sentences.push(if left < 0 {
            (Tone::Bad, format!("The account is short by {}.", money(left.saturating_neg(), program)))
        } else {
            (Tone::Good, format!("The account covers the batch; {} would be left.", money(left, program)))
        });
    }
    Ok(Money { answer, tone, sentences })
}
