//! The frame of orders with their outcomes.

use anyhow::Result;
use polars::prelude::{Column, DataFrame};

use super::frame::{column, take_column};
use super::lines::Lines;
use super::visible::Orders;
use crate::facts::Facts;
use crate::money::Overflow;
use crate::vocabulary::OutcomeReason;

/// The orders, by id (see [`super::reconciliation::Reconciliation::orders`]).
pub(super) fn order_frame(
    facts: &Facts,
    orders: &Orders<'_>,
    lines: &Lines<'_>,
    reasons: &[OutcomeReason],
    by_id: &[u32],
) -> Result<DataFrame> {
    let net = |o: &u32| {
        let lines = &lines.net[lines.of(*o as usize)];
        lines.iter().try_fold(0i64, |sum, net| sum.checked_add(*net)).ok_or(Overflow)
    };
    let nets: Vec<i64> = by_id.iter().map(net).collect::<Result<_, _>>()?;
    let codes = |name: &str, code: fn(OutcomeReason) -> &'static str| -> Column {
        column(name, by_id.iter().map(|o| code(reasons[*o as usize])).collect())
    };
    let rows: Vec<u32> = by_id.iter().map(|o| orders.row[*o as usize]).collect();
    Ok(DataFrame::new_infer_height(vec![
        take_column(&facts.orders, "order_id", &rows, "order_id")?,
        codes("outcome", |reason| reason.outcome().code()),
        codes("reason", OutcomeReason::code),
        take_column(&facts.orders, "currency", &rows, "currency")?,
        column("net", nets),
    ])?)
}
