//! The program file: what a brand decided, as types in which a contradictory decision cannot be built.
//!
//! 1. [`keys`] declares every key: section, name, what it takes, default, meaning. The printed reference comes from it.
//! 2. `reader.rs` reads sections and values, notes mistakes with their lines, and refuses keys that are not declared.
//! 3. `build.rs` makes the types of them, and refuses what contradicts itself.
//!
//! [`Program::parse`] reports every mistake at once, each with its line: the file is edited by people who would otherwise run
//! it ten times. Deriving the reader from the types was rejected, as its errors name types and stop at the first.
//!
//! The types hold no rules: what a tier pays, [`crate::reconcile`] and [`crate::explain`] say. `schedule.rs` says when a job is
//! due.
//!
//! To add a key: declare it in `keys.rs`, read it in `build.rs`, put it into the type of its section, and print `KEYS.md` anew
//! with `purser validate --keys`. Without the key, a program must mean what it meant before.

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
mod rate_name;
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
pub use rate_name::{rate_code, rate_name, what_it_pays};
pub use retention::Retention;
pub use schedule::Schedule;
pub use sources::{Source, Table};
