//! All facts of a program as typed frames, which is what the rules read.

use anyhow::Result;
use polars::prelude::DataFrame;

use super::tables::rates;
use crate::program::Program;

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
    /// null (trimmed, without case), `visitor_id` str or null, `click_id` str or null, `codes` str or null (as entered), `visitor` u32 or
    /// null (a number for each visitor, in the order of their first rows).
    pub orders: DataFrame,
    /// Lines of known orders: `order` u32, `line_id` str, `sku` str, `category` str, `net_amount` i64 (see
    /// [`AMOUNT_DECIMALS`]).
    pub lines: DataFrame,
    /// `refund_id` str, `order` u32 or null (an unknown order), `line_id` str or null (the whole order),
    /// `refunded_at` i64, `amount` i64 (see [`AMOUNT_DECIMALS`]; zero where the order is unknown).
    pub refunds: DataFrame,
    /// Only the clicks that an order could point to, by visitor or click id: `click_id` str, `clicked_at` i64,
    /// `visitor` u32 or null (the number that the orders' visitor has), `link_key` str.
    pub clicks: DataFrame,
    /// `creator_id` str, `name` str, `email` str or null (all addresses, trimmed, without case,
    /// between vertical bars), `address` str or null (the first, as written), `group` str, `active_from` i64,
    /// `active_to` i64.
    pub creators: DataFrame,
    /// `link_key` str, `creator_id` str (empty where it is the campaign's own), `active_from` i64, `active_to` i64, `campaign` str.
    pub links: DataFrame,
    /// `code` str (trimmed, without case), `creator_id` str (empty where it is the campaign's own), `active_from` i64, `active_to`
    /// i64, `campaign` str. Reservations are left out.
    pub codes: DataFrame,
    /// `day` i32, `from` str, `to` str, `rate` str (a positive decimal).
    pub fx: DataFrame,
    /// `fee_id` str, `creator_id` str, `amount` i64 (minor units of the program's currency), `due_on` i32, `memo` str.
    pub fees: DataFrame,
    /// `creator_id` str, `campaign` str (empty for all), `percent` str, `from` i32, `until` i32 (days; an open start is
    /// `i32::MIN`, an open end `i32::MAX`).
    pub rates: DataFrame,
    /// `dispute_id` str, `order` u32 or null (an unknown order), `opened_at` i64, `closed_at` i64 (`i64::MAX` while it is open),
    /// `is_lost` bool, `amount` i64 (see [`AMOUNT_DECIMALS`]; zero where the order is unknown).
    pub disputes: DataFrame,
}

impl Facts {
    /// The program with the rates that were agreed with single creators.
    ///
    /// # Errors
    ///
    /// When the frame of rates lacks a column.
    pub fn with_agreed_rates(&self, program: &Program) -> Result<Program> {
        Ok(program.with_rates(rates::agreed_rules(&rates::rows(&self.rates)?)?))
    }
}
