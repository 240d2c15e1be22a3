//! The facts: what happened, as typed tables that were checked on the way in.
//!
//! What a run pays must follow from what it read, and it must be possible to read the same again months later, when the shop
//! exports something else. So facts are taken in three steps, each with a file of its own:
//!
//! 1. [`keep()`] copies what the sources hold today into content-addressed Parquet files in the data folder, and lists them in a
//!    [`Manifest`]. Ledger entries name the manifest they rest on. A copy that is there already is used again.
//! 2. [`load()`] reads a manifest back, turns text into typed columns, refuses what does not parse or contradicts itself, and
//!    gives [`Facts`], the frames that the rules read. [`Facts::rows`] has the same as plain values, for `explain`.
//! 3. Clicks may not fit in memory. They are checked once, in batches, when a copy of them is new ([`check_clicks`]); a query keeps those that
//!    an order could point to (`tables/clicks.rs`, `pointers.rs`; a night only those that could count, [`load_recent`]), and another counts
//!    them for statements ([`count_clicks`]).
//!
//! [`validate()`] does the first two without keeping anything. Whatever is wrong is collected in [`WrongFacts`], the first
//! mistakes of each table, and stops a run before anything is posted.
//!
//! Nothing here depends on the time of a run: what is visible when is a rule, and rules live in `reconcile`. Only the bounds of
//! dates ([`Bounds`]) know the clock, which the caller hands in: they refuse, and change nothing. Copies hold what
//! their sources hold, as text or as a Parquet source has it. Typed copies would save parsing every night, but they would depend
//! on the rules of the version that made them, and a mistake could no longer be shown as it was written.
//!
//! Where to find what:
//!
//! - `schema.rs` declares the tables: columns, what they say, keys. `FACTS.md` is the same for people; a test compares them.
//! - `tables/` has a file for each table: what is refused, how it is typed, and its plain rows. `columns.rs`, `bounds.rs`,
//!   `spans.rs`, `owners.rs`, `repeats.rs` and `row.rs` hold what they share.
//! - `keep.rs` makes copies of sources, `made.rs` of what purser put together itself, `scan.rs` and `text_table.rs` read them, `parquet.rs` knows the format; `manifest.rs` lists them.
//! - `landing.rs` lets orders of an API take the place of their earlier versions; `cursors.rs` records how far each API was read.
//! - `numbering.rs`, `hashing.rs`, `parallel.rs` and `text_column.rs` are what makes it fast.
//! - `gone.rs` finds rows that were there and are not any more; `carried.rs` carries on clicks that are.
//! - `newest.rs` says how far they reach; `places.rs` finds single rows, and where they stand.
//! - `hints.rs` says what is allowed and probably not meant; `labels.rs` knows what people call orders and lines.
//! - `pseudonyms.rs` and `person.rs` serve erasure: who must not be named, and what a person is called in kept facts.
//!
//! To add a column: a line in `schema.rs`, one in `FACTS.md`, and, where the rules are to see it, the typed column in the
//! table's file and in [`Facts`]. Copies of CSV files made before are made again at the next fetch. An optional column that a copy
//! lacks reads as empty, whether its source had it or not (`parquet.rs` notes the latter), so that older lists still load; those whose sources are gone cannot be loaded with one more that is required.
//!
//! To add a table: a variant of [`Table`](crate::program::Table) with its key in the program file, a declaration, a file in
//! `tables/` with `load` and `rows`, and a line each in `load.rs`, `rows.rs` and `frames.rs`.

mod as_text;
mod blocking;
mod bounds;
mod carried;
mod click_batches;
mod click_checks;
mod click_counts;
mod click_query;
mod click_repeats;
mod columns;
mod credits;
mod cursors;
mod folding;
mod frames;
mod gone;
mod grown;
mod hashing;
mod hints;
mod keep;
mod labels;
mod landing;
mod load;
mod made;
mod manifest;
mod manifests;
mod newest;
mod numbering;
mod owners;
mod parallel;
mod parquet;
mod person;
mod places;
mod plain;
mod pointers;
mod pseudonyms;
mod repeats;
mod row;
mod rows;
mod scan;
mod schema;
mod spans;
mod tables;
mod text_column;
mod text_table;
mod validate;
mod whole;
mod wrong_facts;

pub(crate) use blocking::blocking;
pub use bounds::Bounds;
pub use carried::{carry_clicks, replaced_clicks};
pub use click_checks::check_clicks;
pub use click_counts::{ClickCount, ClickFigures, ClickPlace, count_clicks};
pub use credits::{Credit, Credits};
pub use cursors::{Compared, Progress, State, comparisons, progress, proofs, record_progress};
pub use folding::fold;
pub use frames::{AMOUNT_DECIMALS, Facts};
pub use gone::{Gone, Seen, gone};
pub use hints::{Hints, hints};
pub use keep::{keep, keep_without, kept_before};
pub use labels::{NamedOrder, fee_memos, find_order, lines_called, order_times, titles};
pub use landing::{Ground, Landed, Landing};
pub use load::{Edited, load, load_creators, load_edited, load_owners, load_recent, rows_of};
pub use manifest::{KeptFile, Manifest};
pub use manifests::{latest_manifest, manifest, manifest_of_run, record_manifest};
pub use newest::{Newest, newest};
pub use owners::Owner;
pub(crate) use parallel::both;
pub use person::{Person, creator_with_email, find_creator, find_customer};
pub use places::{FoundRow, find_rows};
pub use plain::read_plain;
pub use pseudonyms::{Erased, Identity, Key, is_pseudonym};
pub use rows::Rows;
pub use schema::{Column, Says, Schema, schema};
pub use tables::clicks::Click;
pub use tables::creators::Creator;
pub use tables::disputes::Dispute;
pub use tables::fees::Fee;
pub use tables::fx::FxRate;
pub use tables::order_lines::Line;
pub use tables::orders::Order;
pub use tables::rates::{AgreedRate, agreed_rules};
pub use tables::refunds::Refund;
pub(crate) use text_column::TextColumn;
pub use validate::{Sound, TableSize, validate};
pub use whole::refuse_changed;
pub use wrong_facts::WrongFacts;
