//! The facts: what happened, as typed tables that were checked at the door.
//!
//! [`keep`] copies what the sources hold today into content-addressed Parquet files and lists them in a [`Manifest`];
//! [`load`] reads a manifest back, refuses whatever does not parse or contradicts itself, and gives [`Facts`].
//! Nothing here depends on the time of a run: what is visible when is a rule, and rules live in `reconcile`.

mod blocking;
mod checks;
mod click_counts;
mod clicks;
mod credits;
mod erased;
mod heights;
mod index;
mod keep;
mod manifests;
mod narrow;
mod person;
mod rows;
mod tables;
mod text;

use polars::prelude::DataFrame;

pub(crate) use blocking::blocking;
pub use click_counts::{ClickCount, ClickFigures, ClickPlace, count_clicks};
pub use credits::{Credit, Credits};
pub use erased::{Erased, Identity, Key, is_pseudonym};
pub(crate) use index::NO_NUMBER;
pub use keep::{KeptFile, Manifest, keep, keep_without};
pub use manifests::{latest_manifest, manifest, manifest_of_run, record_manifest};
pub use person::{Person, creator_with_email, find_creator, find_customer};
pub use rows::{Click, Code, Creator, Fee, FxRate, Line, Link, Order, Refund, Rows};
pub use tables::{load, load_creators};
pub(crate) use text::TextColumn;

/// Amounts of orders are kept in ten-thousandths of a major unit until the currency of the visible version is known:
/// no currency has more decimals, and versions of one order may disagree.
pub const AMOUNT_DECIMALS: u32 = 4;

/// All facts of a program, typed, without repeated rows, in no particular order.
///
/// Times are microseconds since 1970 (UTC), days are days since 1970. Text columns hold no nulls unless said.
/// An open start is `i64::MIN`, an open end `i64::MAX`.
#[derive(Debug, Clone)]
pub struct Facts {
    /// One row for each version: `order` u32 (the same number for all versions of an order), `order_id` str,
    /// `ordered_at` i64, `updated_at` i64, `status` str, `currency` str, `customer_id` str or null, `email` str or
    /// null (trimmed, lower case), `visitor` u32 (see [`Facts::visitors`]), `click_id` str or null, `codes` str or null
    /// (as entered).
    pub orders: DataFrame,
    /// Lines of known orders: `order` u32, `line_id` str, `sku` str, `category` str, `net_amount` i64 (see
    /// [`AMOUNT_DECIMALS`]).
    pub lines: DataFrame,
    /// `refund_id` str, `order` u32 or null (an unknown order), `line_id` str or null (the whole order),
    /// `refunded_at` i64, `amount` i64 (see [`AMOUNT_DECIMALS`]; zero where the order is unknown).
    pub refunds: DataFrame,
    /// Only the clicks that an order could point to, by visitor or click id: `click_id` str, `clicked_at` i64,
    /// `visitor` u32 (see [`Facts::visitors`]), `link` u32 (see [`Facts::link_keys`]).
    pub clicks: DataFrame,
    /// `visitor_id` str: what the numbers of visitors stand for. [`NO_NUMBER`] is nobody.
    pub visitors: DataFrame,
    /// `link_key` str: what the numbers of links stand for. [`NO_NUMBER`] is an empty key.
    pub link_keys: DataFrame,
    /// `creator_id` str, `name` str, `email` str or null (trimmed, lower case), `group` str, `active_from` i64,
    /// `active_to` i64.
    pub creators: DataFrame,
    /// `link_key` str, `creator_id` str, `active_from` i64, `active_to` i64.
    pub links: DataFrame,
    /// `code` str (trimmed, lower case), `creator_id` str, `active_from` i64, `active_to` i64.
    pub codes: DataFrame,
    /// `day` i32, `from` str, `to` str, `rate` str (a positive decimal).
    pub fx: DataFrame,
    /// `fee_id` str, `creator_id` str, `amount` i64 (minor units of the program's currency), `due_on` i32, `memo` str.
    pub fees: DataFrame,
}

/// The columns a table must have (`SPEC.md`, Facts).
pub fn columns_of(table: crate::program::Table) -> &'static [&'static str] {
    use crate::program::Table::*;
    match table {
        Orders => &[
            "order_id",
            "ordered_at",
            "updated_at",
            "status",
            "currency",
            "customer_id",
            "customer_email",
            "visitor_id",
            "click_id",
            "codes",
        ],
        OrderLines => &["order_id", "line_id", "sku", "category", "quantity", "net_amount"],
        Refunds => &["refund_id", "order_id", "line_id", "refunded_at", "amount"],
        Clicks => &["click_id", "clicked_at", "visitor_id", "link_key", "sub_id"],
        Creators => &["creator_id", "name", "email", "group", "active_from", "active_to"],
        Links => &["link_key", "creator_id", "active_from", "active_to"],
        Codes => &["code", "creator_id", "active_from", "active_to"],
        Fx => &["date", "from", "to", "rate"],
        Fees => &["fee_id", "creator_id", "amount", "due_on", "memo"],
    }
}
