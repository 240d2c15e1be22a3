//! The frame of orders with their outcomes.

use anyhow::Result;
use polars::prelude::{DataFrame, col};

use super::disputes::Disputes;
use super::frame::{at_places, collect, column, left, query, take, u32s, with};
use super::refunds::Refunded;
use super::version_times::VersionTimes;
use crate::vocabulary::OutcomeReason;

/// The orders, by id (see [`super::reconciliation::Reconciliation::orders`]).
pub(super) fn order_frame(
    orders: &DataFrame,
    versions: VersionTimes,
    refunded: &Refunded,
    disputes: &Disputes,
) -> Result<DataFrame> {
    let outcomes = DataFrame::new_infer_height(vec![
        column("reason", OutcomeReason::ALL.iter().map(|reason| reason.code()).collect::<Vec<_>>()),
        column("outcome", OutcomeReason::ALL.iter().map(|reason| reason.outcome().code()).collect::<Vec<_>>()),
    ])?;
    let by_id = by_id(orders)?;
    let refunds = at_places(&refunded.orders, "o", orders.height(), &["refunds", "emptied_at"])?;
    let disputes = at_places(&disputes.orders, "o", orders.height(), &["disputed_since", "undisputed_at"])?;
    let outcomes = collect(left(query(&orders.select(["reason"])?), query(&outcomes), ["reason"]).select([col("outcome")]))?;
    let orders = with(&orders.select(["order_id", "reason", "currency", "net"])?, &outcomes)?;
    let orders = with(&with(&with(&orders, &versions.frame()?)?, &refunds)?, &disputes)?;
    let columns = ["order_id", "outcome", "reason", "currency", "net", "version_at", "edited_at", "turned_at", "says"];
    let of_others = ["refunds", "emptied_at", "disputed_since", "undisputed_at"];
    let mut orders = take(&orders.select(columns.into_iter().chain(of_others))?, &by_id)?;
    orders.rechunk_mut();
    Ok(orders)
}

/// The places in time of all orders, in byte order of their ids.
fn by_id(orders: &DataFrame) -> Result<Vec<u32>> {
    let mut by_id = vec![0; orders.height()];
    (0..).zip(u32s(orders, "id_place")?).for_each(|(o, id_place)| by_id[*id_place as usize] = o);
    Ok(by_id)
}
