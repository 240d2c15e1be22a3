//! The database: connection, migrations, transactions and bulk loading. It knows nobody's tables.
//!
//! Statements are written once, in SQL that SQLite and PostgreSQL both understand: `$1` parameters, `ON CONFLICT`,
//! integers and text only. What differs between databases lives in a module of its own beside its migrations; the
//! versions of the two sets of migrations go together.
//!
//! Whoever writes begins with [`Store::begin`], one at a time for each program; so what a transaction reads stays true
//! until it commits, on either database.

mod address;
mod bulk;
mod database;
mod failure;
mod listing;
mod migrate;
mod postgres;
mod sqlite;
mod transaction;
mod value;

pub use address::{Address, secretless};
pub use database::{Hold, Store};
pub use listing::Listing;
pub use transaction::Tx;
pub use value::{Cell, Row, Value};
