//! The audit: whether everything that is kept is as it was written, and as the rules say.
//!
//! Nothing here is asked by those who post: what is posted is checked again from the outside, by other code, from the database
//! and the data folder alone. So it needs no program file, and does not repeat a mistake of the code that posts. Each [`Check`]
//! has a name and goes on to the end whatever it finds: an auditor wants all broken records, not the first. All checks see one
//! moment of the database, while jobs go on. The journal is read once, in pages, for all checks that need it (see [`journal`]).
//!
//! Triggers and constraints hold what a database can hold by itself; they stop mistakes, but not somebody with the database's
//! password. The chain shows that, if a head was noted elsewhere. Repairing what is found was rejected: what is right is for a
//! person to say, from a backup.
//!
//! To add a check: its promise in `ledger/INVARIANTS.md`; a variant of [`Check`] with its sentence and advice; a file here,
//! called in `run.rs` or, where it wants every transfer, a `JournalCheck` in `journal.rs`; and a test in `tamper` that breaks it.

mod approvals;
mod balanced;
mod balances;
mod batches;
mod chain;
mod check;
mod closings;
mod conversions;
mod currency;
mod facts;
mod findings;
mod journal;
mod journal_check;
mod names;
mod outbox;
mod outcomes;
mod payments;
mod program_texts;
mod proposals;
mod revisions;
mod run;
mod shared;
mod statements;
mod targets;
mod times;
mod users;
mod wanted;

pub use check::Check;
pub use findings::Found;
pub use run::audit;
pub use times::ahead;
pub use wanted::Wanted;
