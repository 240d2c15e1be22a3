//! The audit: whether everything that is kept is as it was written, and as the rules say.
//!
//! Nothing here is asked by those who post: what is posted is checked again from the outside, by other code, from the
//! database and the data folder alone. Each [`Check`] has a name and goes on to the end whatever it finds. All of them see
//! one moment of the database. The journal is read once, in pages, for all checks that need it (see [`journal`]).
//!
//! To add a check, add it to [`Check`] with its words, give it a file here, and call it in `run.rs`; one that looks at every
//! entry is a `JournalCheck`, and is called in `journal.rs`.

mod balanced;
mod balances;
mod batches;
mod chain;
mod check;
mod currency;
mod facts;
mod findings;
mod journal;
mod journal_check;
mod outcomes;
mod program_texts;
mod proposals;
mod revisions;
mod run;
mod shared;
mod statements;
mod targets;
mod wanted;

pub use check::Check;
pub use findings::Found;
pub use run::audit;
pub use wanted::Wanted;
