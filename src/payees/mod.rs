//! Payees: whom and where to pay for each creator, as a source says that the program file names (`[sources] payees`).
//!
//! 1. [`read_payees`] reads the source whenever it is needed, and checks it: names in the characters that the rail carries, IBANs,
//!    routing numbers, sort codes, emails. Everything that is wrong is named with file, row and column, all at once.
//! 2. `payout` makes payment files of what it reads, and keeps those under a [`Keyring`], encrypted.
//!
//! Details are never kept with the facts: a night's commission does not depend on them, and a copy in the clear would be a list of
//! bank accounts on a disk. What is kept is what was exported, sealed. Nowhere else is an account shown but masked
//! ([`Payee::shown_account`]). The bank's own rules for numbers stand in `money`, as the program file has accounts too.
//!
//! A database of payees was rejected while there is one source: it would have to be kept equal to it, and guarded.
//!
//! To add a rail: a variant of [`Rail`], with its currency, characters and length of names; what its account and bank look like, in
//! `read.rs`; its section in `program/rails.rs` and its file in `payout/files`.

mod keyring;
mod payee;
mod rail;
mod read;

pub use keyring::Keyring;
pub use payee::Payee;
pub use rail::Rail;
pub use read::{Payees, read_payees};
