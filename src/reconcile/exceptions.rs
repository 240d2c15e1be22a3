//! Exceptions: what couldn't be used as it is, and somebody can do something about (`RULES.md`, section 15).
//!
//! The steps that find exceptions return them beside their result; they are collected here.

use std::collections::BTreeSet;

use anyhow::Result;
use polars::prelude::{DataFrame, LazyFrame, col, lit};

use super::decided::Decided;
use super::fees::Fees;
use super::frame::{collect, inner, query, texts};
use super::refunds::Refunded;
use crate::vocabulary::{ExceptionKind, OutcomeReason};

/// Kind and subject of each, once. `unused` are manual credits that name no creator: `o` u32, `touch` str.
pub(super) fn exceptions(
    decided: &Decided<'_>,
    refunded: &Refunded,
    unused: LazyFrame,
    fees: &Fees,
) -> Result<BTreeSet<(ExceptionKind, String)>> {
    let mut exceptions = BTreeSet::new();
    let mut add = |kind, found: &DataFrame, name: &str| -> Result<()> {
        exceptions.extend(texts(found, name)?.iter().flatten().map(|id| (kind, id.to_owned())));
        Ok(())
    };
    let orders = || query(decided.orders).select([col("o"), col("order_id"), col("reason")]);
    for reason in OutcomeReason::ALL {
        let Some(kind) = reason.exception() else { continue };
        add(kind, &collect(orders().filter(col("reason").eq(lit(reason.code()))))?, "order_id")?;
    }
    // Nobody has to put right what earns nothing anyway.
    let that_matter = || orders().filter(col("reason").neq(lit(OutcomeReason::BeforeStart.code())));
    let over = query(&refunded.orders).filter(col("is_over"));
    add(ExceptionKind::OverRefund, &collect(inner(over, that_matter(), ["o"]))?, "order_id")?;
    add(ExceptionKind::CreditWithoutCreator, &collect(inner(unused, that_matter(), ["o"]))?, "touch")?;
    add(ExceptionKind::RefundWithoutOrder, &refunded.without_order, "refund_id")?;
    add(ExceptionKind::DisputeWithoutOrder, &decided.disputes.without_order, "dispute_id")?;
    exceptions.extend(fees.without_creator.iter().map(|id| (ExceptionKind::FeeWithoutCreator, id.clone())));
    Ok(exceptions)
}
