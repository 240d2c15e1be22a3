//! The forms in which entries were written and hashed. An entry keeps the form it was posted in; a new one takes the latest.
//!
//! Form 1 wrote reasons as English words ("tiers or caps"), rules as sentences, on a transfer that two people agreed on what
//! the first of them had written, and hashed the reasons of entries as they stand. Form 2 writes codes, and hashes an entry's
//! reason by its digest, so that its text could be redacted without breaking the chain.
//!
//! To change what is hashed, add a form; never touch how an earlier one is read or spelled.

use anyhow::{Context, Result, bail};

use crate::vocabulary::{Kind, Reason};

/// The form of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// English words, until schema 5.
    One,
    /// Codes, from schema 6 on.
    Two,
}

impl Form {
    /// The form of new entries.
    pub const LATEST: Self = Self::Two;

    /// As it stands in the database.
    pub const fn number(self) -> i64 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }

    /// The form of this number.
    ///
    /// # Errors
    ///
    /// When this version does not know it.
    pub fn parse(number: i64) -> Result<Self> {
        match number {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            other => bail!("its form is {other}, which this version does not know"),
        }
    }
}

/// How a transfer's reason stands in the database and is hashed; `note` is what a person wrote, where one did.
pub(super) fn spelled(form: Form, reason: Reason, note: &str) -> &str {
    match (form, reason) {
        (Form::One, Reason::Adjusted | Reason::WrittenOff | Reason::TakenOver) => note,
        (Form::One, Reason::Progress) => "tiers or caps",
        (Form::One, Reason::OrderChanged) => "order changed",
        (Form::One, Reason::HeldAgain) => "held again",
        (_, reason) => reason.code(),
    }
}

/// The reason that stands in the database as this text, and what a person wrote where it holds that.
///
/// # Errors
///
/// When no version writes it.
pub fn read_reason(form: Form, kind: Kind, text: &str) -> Result<(Reason, String)> {
    if form == Form::One {
        let decided = match kind {
            Kind::Adjustment => Some(Reason::Adjusted),
            Kind::WriteOff => Some(Reason::WrittenOff),
            Kind::Opening => Some(Reason::TakenOver),
            _ => None,
        };
        if let Some(reason) = decided {
            return Ok((reason, text.to_owned()));
        }
    }
    let spells = |reason: &Reason| spelled(form, *reason, "") == text;
    let reason = Reason::ALL.iter().copied().find(spells).with_context(|| format!("\"{text}\" is no reason"))?;
    Ok((reason, String::new()))
}

/// What stands for an entry's reason in its hash from form 2 on; empty where there is none.
pub fn digest_of_reason(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { blake3::hash(reason.as_bytes()).to_hex().to_string() }
}
