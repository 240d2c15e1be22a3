//! The frame of orders with their outcomes.

use anyhow::Result;
use polars::prelude::{DataFrame, LazyFrame, col};

use super::disputes::Disputes;
use super::frame::{column, left, query, sorted, with};
use super::refunds::Refunded;
use super::version_times::VersionTimes;
use crate::vocabulary::OutcomeReason;

/// The orders, by id (see [`super::reconciliation::Reconciliation::orders`]).
pub(super) fn order_frame(
    orders: &DataFrame,
    versions: VersionTimes,
    refunded: &Refunded,
    disputes: &Disputes,
) -> Result<LazyFrame> {
    let outcomes = DataFrame::new_infer_height(vec![
        column("reason", OutcomeReason::ALL.iter().map(|reason| reason.code()).collect::<Vec<_>>()),
        column("outcome", OutcomeReason::ALL.iter().map(|reason| reason.outcome().code()).collect::<Vec<_>>()),
    ])?;
    let orders = with(&orders.select(["o", "id_place", "order_id", "reason", "currency", "net"])?, &versions.frame()?)?;
    let refunds = query(&refunded.orders).select(["o", "refunds", "emptied_at"].map(col));
    let disputes = query(&disputes.orders).select(["o", "disputed_since", "undisputed_at"].map(col));
    let orders = left(left(left(query(&orders), query(&outcomes), ["reason"]), refunds, ["o"]), disputes, ["o"]);
    let columns = ["order_id", "outcome", "reason", "currency", "net", "version_at", "edited_at", "turned_at", "says"];
    let of_others = ["refunds", "emptied_at", "disputed_since", "undisputed_at"];
    Ok(sorted(orders, ["id_place"]).select(columns.into_iter().chain(of_others).map(col).collect::<Vec<_>>()))
}
