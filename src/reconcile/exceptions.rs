//! Exceptions: what couldn't be used as it is, and somebody can do something about (`RULES.md`, section 15).
//!
//! The steps that find exceptions return them beside their result; they are collected here.

use std::collections::BTreeSet;

use anyhow::Result;
use polars::prelude::{LazyFrame, col, lit};

use super::decided::Decided;
use super::fees::Fees;
use super::frame::{collect, inner, query, texts, union};
use super::refunds::Refunded;
use crate::vocabulary::{ExceptionKind, OutcomeReason};

/// Kind and subject of each, once. `unused` are manual credits that name no creator: `o` u32, `touch` str.
pub(super) fn exceptions(
    decided: &Decided<'_>,
    refunded: &Refunded,
    unused: LazyFrame,
    fees: &Fees,
) -> Result<BTreeSet<(ExceptionKind, String)>> {
    let of = |found: LazyFrame, kind: ExceptionKind, subject: &str| {
        found.select([lit(kind.code()).alias("kind"), col(subject).alias("subject")])
    };
    let orders = || query(decided.orders).select(["o", "order_id", "reason"].map(col));
    let rejected = OutcomeReason::ALL.iter().filter_map(|reason| Some((reason, reason.exception()?)));
    let rejected = rejected.map(|(reason, kind)| of(orders().filter(col("reason").eq(lit(reason.code()))), kind, "order_id"));
    // Nobody has to put right what earns nothing anyway.
    let that_matter = || orders().filter(col("reason").neq(lit(OutcomeReason::BeforeStart.code())));
    let over = query(&refunded.orders).filter(col("is_over"));
    let found = rejected.chain([
        of(inner(over, that_matter(), ["o"]), ExceptionKind::OverRefund, "order_id"),
        of(inner(unused, that_matter(), ["o"]), ExceptionKind::CreditWithoutCreator, "touch"),
        of(query(&refunded.without_order), ExceptionKind::RefundWithoutOrder, "refund_id"),
        of(query(&decided.disputes.without_order), ExceptionKind::DisputeWithoutOrder, "dispute_id"),
    ]);
    let found = collect(union(found.collect())?)?;
    let rows = texts(&found, "kind")?.iter().zip(texts(&found, "subject")?.iter());
    let found = rows.filter_map(|(kind, subject)| Some((ExceptionKind::parse(kind?)?, subject?.to_owned())));
    let fees = fees.without_creator.iter().map(|id| (ExceptionKind::FeeWithoutCreator, id.clone()));
    Ok(found.chain(fees).collect())
}
