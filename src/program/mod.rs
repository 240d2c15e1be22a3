//! The program file: what a brand decided, as types in which a contradictory decision cannot be built.
//!
//! 1. Each section has a file, which declares its keys, holds the types they fill, reads them, and refuses what contradicts
//!    itself: `commission.rs` for `[commission]`, `rates.rs` for `[[commission.rates]]`, `definition.rs` for `[program]`.
//! 2. `keys.rs` says what a key is: section, name, what it takes, default, meaning. The printed reference comes from it.
//! 3. `reader.rs` reads sections, notes mistakes with their lines, and refuses keys that are not declared; `values.rs` reads
//!    amounts, days and durations.
//! 4. `build.rs` has the order of the sections, and what one needs of another.
//!
//! [`Program::parse`] reports every mistake at once, each with its line: the file is edited by people who would otherwise run
//! it ten times. Deriving the reader from the types was rejected, as its errors name types and stop at the first.
//!
//! The types hold no rules: what a tier pays, [`crate::reconcile`] and [`crate::explain`] say. `schedule.rs` says when a job is
//! due.
//!
//! To add a key: declare it in its section's file, read it there into the type, and print `KEYS.md` anew with
//! `purser validate --keys`. Without the key, a program must mean what it meant before.

mod alerts;
mod approvals;
mod attribution;
mod bonuses;
mod books;
mod build;
mod campaigns;
mod commission;
mod definition;
mod elsewhere;
mod exchange_rates;
mod jobs;
mod keys;
mod load;
mod mailing;
mod micros;
mod mistakes;
mod payout;
mod query;
mod rails;
mod rate_name;
mod rates;
mod reader;
mod retention;
mod schedule;
mod secret;
mod source_kinds;
mod sources;
mod table;
mod values;
mod warnings;

pub use crate::calendar::Period;
pub use alerts::{LATE, Limits};
pub use approvals::{Approvals, Group, Level};
pub use attribution::{Attribution, Customers, Model, SelfPurchase, TouchKind};
pub use bonuses::Bonus;
pub use books::{Chart, Datev};
pub use build::key_reference;
pub use campaigns::Campaign;
pub use commission::Commission;
pub use definition::Program;
pub use elsewhere::{Elsewhere, Keeper, ending_of, is_this_machine};
pub use exchange_rates::{ExchangeRate, ExchangeRates};
pub use jobs::{Job, Step};
pub use load::find_files;
pub use mailing::{Help, LANGUAGES, Mailing};
pub use micros::Micros;
pub use mistakes::{Mistake, Mistakes};
pub use payout::Payout;
pub use query::Query;
pub use rails::{Ach, Bacs, Paypal, Rails, Sepa, Wise};
pub use rate_name::{rate_code, rate_name, what_it_pays};
pub use rates::{Buyer, Metric, Pays, RateRule, Tier, TierMode, Tiers, undeclared};
pub use retention::Retention;
pub use schedule::Schedule;
pub use secret::Secret;
pub use source_kinds::{AccessLog, CreatorSheet, GoAffPro, Postbacks, ShopApi, ShopifyExport, Slashes, SourceKind, Workbook};
pub use sources::Source;
pub use table::Table;
