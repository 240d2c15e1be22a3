//! Housekeeping of what is not the ledger: what is old goes, by the program's retention; a person who asks for it is erased.
//!
//! The ledger is never touched. The database goes first, then the files: a process that is killed between them leaves only
//! files that no record names, and the next one finds those, as it lists the folders rather than remember what was left.

mod erase;
mod files;
mod tidy;

pub use erase::{Erasing, Erasure, Who, erase};
pub use files::Removed;
pub use tidy::{Tidied, tidy};
