//! The words that are stored, exported and compared: kinds of money, outcomes of orders, exceptions.
//!
//! Each list of words is one enum, and each variant has one spelling, its code. Frames, files and the database hold the
//! codes as text; everything else holds the enums. So a word is declared once, a misspelled one doesn't compile, and a
//! `match` that forgets a new one doesn't either.
//!
//! The module lies low in the layers, beside `money`, because words travel through all of them: `reconcile` and
//! `explain` compute with them, the ledger stores them, statements and exports render them. It knows nobody, and it
//! holds names only: what makes an order rejected, or a bonus due, is a rule and stands in `reconcile` and, a second
//! time, in `explain`. The two share these names so that their results can be compared, and nothing else.
//!
//! How far work has come (`progress.rs`) travels the same way.
//!
//! What people read isn't here either. A sentence in English about a code is written where it is rendered.
//!
//! # How to add one
//!
//! 1. Add the variant with its code to [`Kind`], [`OutcomeReason`] or [`ExceptionKind`]. A code is never changed once
//!    it was released: it stands in exports, in stored outcomes and in target keys.
//! 2. Follow the compiler: it names each `match` that has to say something about it.
//! 3. Describe it in `src/reconcile/RULES.md`; a test looks there for each code.
//!
//! # Alternatives
//!
//! With plain text nothing distinguishes a kind from a reason, and each reader has a list of its own. One big enum of all
//! words would let a fee be an outcome. Enums beside the code that computes them would make the ledger know the rules,
//! and `explain` know `reconcile`.

mod bank_problem;
mod closest;
mod coded;
mod counted;
mod event;
mod exception;
mod hex;
mod kind;
mod outcome;
mod progress;
mod reason;
mod rule;
mod seal;
mod spreadsheet;

pub use bank_problem::BankProblem;
pub use closest::closest;
pub(crate) use coded::coded;
pub use counted::counted;
pub use event::Event;
pub use exception::ExceptionKind;
pub use hex::{hex, of_hex};
pub use kind::Kind;
pub use outcome::{Outcome, OutcomeReason};
pub use progress::{PROGRESS, done, planned};
pub use reason::Reason;
pub use rule::{AGREED, BONUS_NET_SALES, BONUS_NEW_CUSTOMER, FEE, NO_RATE, place_of_rate, rate_code, rule_words};
pub use seal::seal_of;
pub use spreadsheet::without_formula;
