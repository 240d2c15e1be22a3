//! The ledger: journal entries that own transfers, chained by hashes. Nothing posted is ever edited or deleted.
//!
//! A transfer moves a positive amount from one account to another, so every entry balances by construction. Its id is
//! its key and revision: whoever posts the same movement twice is refused by the database, reads again, and finds
//! nothing to do.

mod chain;
mod person;
mod post;
mod posted;
mod transfer;

pub use chain::{Head, head};
pub use person::{checked_name, checked_reason, is_same_person};
pub use post::{Entry, EntryKind, Posted, balances, check_currency, check_currency_shown, post, program_text};
pub use posted::{PostedTransfer, transfers_of_order};
pub use transfer::{Account, Balance, Transfer};
