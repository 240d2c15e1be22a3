//! The ledger: journal entries that own transfers, chained by hashes. Nothing posted is ever edited or deleted.
//!
//! It knows neither rules nor facts: what a transfer is about are ids, codes and numbers, and what it pays under is named by
//! code. Words for people are written where they are shown.
//!
//! A [`Transfer`] moves a positive amount from one account to another, so every entry balances by construction. Its id is
//! its key and revision: posting the same movement twice is refused by the database; the loser reads again, and finds
//! nothing to do. An entry may only move what its kind may move ([`EntryKind::may_move`]), and leaves nothing on a clearing
//! account.
//!
//! Each entry holds the hash of the one before, its own content, and its transfers in order ([`EntryHash`]). What is hashed
//! has a form with a number ([`Form`]); an entry keeps the form it was posted in, so a ledger of an older version still
//! verifies. Everything that reads the journal does so through [`read_journal`] and the functions beside it, but for the
//! audit's own SQL, which stays apart so that one mistake is not made twice.
//!
//! In which month's books a transfer stands follows from its day and from the closings before its entry ([`Closings`]); what is owed at the
//! end of a day, and since when, from the same ([`liability`]).
//!
//! To add a kind of entry, add it to [`EntryKind`], say what it may move, and follow the compiler; a kind of transfer, or a
//! reason, is a word of [`crate::vocabulary`]. `INVARIANTS.md` says what always holds; `books` writes the journal for
//! accounting programs, and `pages.rs` has it as people leaf through it.

mod account;
mod balance;
mod books;
mod chain;
mod closings;
mod currency;
mod entry;
mod form;
mod journal;
mod liability;
mod names;
mod pages;
mod paid;
mod person;
mod post;
mod registers;
mod texts;
mod times;
mod transfer;

pub use account::Account;
pub use balance::{Balance, Moved, balances, balances_at, balances_through, moves, reconciled_sums, summed_balances, totals};
pub use books::{Books, MonthBooks, write_books, write_month};
pub use chain::{EntryHash, Head, head};
pub use closings::{Closing, Closings, check_closable};
pub use currency::{check_currency, check_currency_shown, programs};
pub use entry::{Entry, EntryKind, JournalEntry};
pub use form::{Form, digest_of_reason, read_reason};
pub(crate) use journal::select_transfers;
pub use journal::{
    JournalVisitor, entries_of_batch, entries_of_holds, entries_of_kind, entries_of_proposals, entry_about, first_day,
    last_reconciled, read_journal, transfers, transfers_of_batch, transfers_of_order,
};
pub use liability::{Owed, Standing, liability};
pub use names::{Ledger, Ledgers};
pub use pages::{
    DayOf, MonthSums, OwedChange, journal_entries, journal_entry, month_sums, owed_changes, payable_between,
    transfers_of_creator, transfers_of_entry,
};
pub use paid::{TakenBack, taken_from_paid};
pub use person::{RUNNER, checked_actor, checked_name, checked_reason, is_same_person, reads_alike};
pub use post::{PostedEntry, post};
pub use registers::{Register, is_sealed, refuse_unsealed, seal_register};
pub use texts::{keep_text, program_text};
pub use times::{Dated, entries_after, last_booked, latest_entry, refuse_before_last};
pub use transfer::{Particulars, Posted, Transfer};
