use std::fmt;

use crate::money::{Currency, parse_minor};
use crate::vocabulary::BankProblem;

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
    /// Its amount as the file writes it; none where it says none.
    pub amount: Option<BankAmount>,
    /// What was taken for it.
    pub fees: Vec<BankAmount>,
    /// Whether what was debited holds the fees, too.
    pub fees_included: bool,
    /// What was debited for it, where it was exchanged.
    pub exchanged: Option<BankAmount>,
    /// Where in the file.
    pub place: String,
}

/// An amount as a file writes it, in major units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankAmount {
    /// The amount.
    pub amount: String,
    /// Its currency, where the file says it.
    pub currency: Option<String>,
}

impl BankAmount {
    /// Whether it is this many minor units of a currency. Where no currency is said, it is taken to be that one.
    pub fn is(&self, minor: i64, currency: Currency) -> bool {
        self.currency.as_deref().is_none_or(|said| said == currency.code())
            && parse_minor(&self.amount, currency).ok() == Some(minor)
    }
}

impl fmt::Display for BankAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.currency {
            Some(currency) => write!(f, "{} {currency}", self.amount),
            None => f.write_str(&self.amount),
        }
    }
}

/// What a statement says is in the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedBalance {
    /// How much.
    pub amount: BankAmount,
    /// Whether the account is overdrawn by it.
    pub is_debit: bool,
    /// On which day (days since 1970).
    pub day: i32,
    /// Of which account, where the statement says it.
    pub iban: Option<String>,
}

/// What a file says that somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is the matter.
    pub kind: BankProblem,
    /// The payment, or another record, by its id in the file; or empty.
    pub about: String,
    /// Whom it concerns, or empty.
    pub creator_id: String,
    /// The amount that the file says, or empty.
    pub amount: String,
    /// Where in the file, or empty.
    pub place: String,
    /// What it says, and why nothing followed from it.
    pub what: String,
}

impl Problem {
    /// About something in a file; whom it concerns is not known.
    pub fn new(kind: BankProblem, about: &str, place: &str, what: String) -> Self {
        let (about, place) = (about.to_owned(), place.to_owned());
        Self { kind, about, creator_id: String::new(), amount: String::new(), place, what }
    }

    /// About a creator's payment, for which the bank answers.
    pub fn of(kind: BankProblem, answer: &Answer, creator_id: &str, what: String) -> Self {
        let amount = answer.amount.as_ref().map(ToString::to_string).unwrap_or_default();
        let creator_id = creator_id.to_owned();
        Self { creator_id, amount, ..Self::new(kind, &answer.payment_id, &answer.place, what) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => f.write_str(&self.what),
            place => write!(f, "{place}: {}", self.what),
        }
    }
}

/// All that a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// Of single payments.
    pub answers: Vec<Answer>,
    /// What is in the account, where it is a statement.
    pub balance: Option<StatedBalance>,
    /// What it says besides, and somebody has to look at.
    pub besides: Vec<Problem>,
}
