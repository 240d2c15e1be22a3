//! How numbers of one statement are written.

use super::layout::{WIDTH, spread};
use crate::money::Currency;
use crate::statement::words::Words;

/// A written amount.
#[derive(Debug, Clone)]
pub(in crate::statement) struct Amount(pub String);

impl Amount {
    /// For a page: with a real minus sign, and never broken.
    pub fn html(&self) -> String {
        self.0.replace('-', "\u{2212}").replace(' ', "\u{a0}")
    }

    /// For plain text.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// A label and what stands against it.
pub(in crate::statement) struct Figure {
    pub label: String,
    pub amount: Amount,
    /// What a page shows beside it, smaller; or nothing.
    pub note: String,
}

impl Figure {
    pub fn new(label: String, amount: String) -> Self {
        Self { label, amount: Amount(amount), note: String::new() }
    }

    /// Label to the left, amount to the right, set in; the note below.
    pub fn text(&self) -> String {
        let figure = spread(&format!("  {}", self.label), &self.amount.0, WIDTH);
        match self.note.is_empty() {
            true => figure,
            false => format!("{figure}\n      {}", self.note),
        }
    }
}

/// What turns numbers of one statement into words.
#[derive(Clone, Copy)]
pub(in crate::statement) struct Pen {
    pub words: Words,
    pub currency: Currency,
}

impl Pen {
    /// Minor units without their currency.
    pub fn number(self, minor: i64) -> String {
        self.words.number(minor, self.currency.exponent())
    }

    pub fn amount(self, minor: i64) -> Amount {
        Amount(self.number(minor))
    }

    /// Minor units with their currency.
    pub fn money(self, minor: i64) -> String {
        self.words.money(minor, self.currency)
    }
}
