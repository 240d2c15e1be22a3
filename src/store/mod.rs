//! The database: connection, migrations, transactions and bulk loading. It knows nobody's tables.
//!
//! Statements are written once, in SQL that SQLite and PostgreSQL both understand: `$1` parameters, `ON CONFLICT`, integers and
//! text only. What differs between databases lives in a module of its own beside its migrations; the versions of the two sets
//! of migrations go together.
//!
//! A writer begins with [`Store::begin`], one at a time for each program; so what a transaction reads stays true until it
//! commits, on either database. A reader takes [`Store::snapshot`], one moment of everything.
//!
//! Mapping rows to objects was rejected: the statements that matter move millions of rows, and an auditor can read SQL. Retries
//! inside were rejected too: a step is repeated as a whole. `failure.rs` says of the driver's errors what they mean, what to
//! do, and which are transient.
//!
//! `foreign` reads databases that are not purser's own, which facts may come from.
//!
//! To change a table: keep a ledger of today's version under `fixtures/upgrade`, then add a migration to each database, in
//! `migrations/` and among its steps. A migration that was released is never edited: databases remember its checksum.

mod address;
mod bulk;
mod database;
mod failure;
mod foreign;
mod guards;
mod listing;
mod migrate;
mod postgres;
mod seals;
mod sqlite;
mod transaction;
mod value;

pub use address::{Address, secretless};
pub use database::{Hold, Store};
pub use foreign::{Foreign, Holds};
pub use listing::Listing;
pub use transaction::Tx;
pub use value::{Cell, Row, Value};
