//! The ledger: journal entries that own transfers, chained by hashes. Nothing posted is ever edited or deleted.
//!
//! A transfer moves a positive amount from one account to another, so every entry balances by construction. Its id is
//! its key and revision: whoever posts the same movement twice is refused by the database, reads again, and finds
//! nothing to do.
//!
//! `read_journal` shows what was posted, entry by entry; `books` writes it for accounting programs.

mod books;
mod chain;
mod journal;
mod paid;
mod person;
mod post;
mod posted;
mod transfer;

pub use books::{Books, write_books};
pub use chain::{EntryHash, Head, head};
pub use journal::{JournalEntry, JournalTransfer, JournalVisitor, read_journal};
pub use paid::{TakenBack, taken_from_paid};
pub use person::{checked_name, checked_reason, is_same_person};
pub use post::{
    Entry, EntryKind, Posted, balances, check_currency, check_currency_shown, keep_text, post, program_text, programs, totals,
};
pub use posted::{PostedTransfer, transfers_of_order};
pub use transfer::{Account, Balance, Transfer};
