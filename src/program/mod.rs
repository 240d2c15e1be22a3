//! The program file: what a brand decided, as types in which a contradictory decision cannot be built.
//!
//! [`Program::parse`] reads the TOML text and reports every mistake at once, each with its line. The keys it knows are
//! declared once, in [`keys`], which is also where the printed reference comes from.
//!
//! Each section of the file has a file here that holds its types; `definition.rs` puts them together. `reader.rs` reads keys
//! and notes mistakes, `build.rs` makes the types from them. To add a key, declare it in `keys.rs`, add a field to the type of
//! its section, and read it in `build.rs`.

mod alerts;
mod attribution;
mod build;
mod commission;
mod definition;
mod jobs;
pub mod keys;
mod load;
mod micros;
mod mistakes;
mod reader;
mod retention;
mod schedule;
mod sources;

pub use crate::calendar::Period;
pub use alerts::{LATE, Limits};
pub use attribution::{Attribution, Customers, Model, TouchKind};
pub use commission::{Bonus, Commission, Metric, Pays, RateRule, Tier, TierMode, Tiers};
pub use definition::Program;
pub use jobs::{Job, Step};
pub use load::find_files;
pub use micros::Micros;
pub use mistakes::{Mistake, Mistakes};
pub use retention::Retention;
pub use schedule::Schedule;
pub use sources::{Source, Table};
