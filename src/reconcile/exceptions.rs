//! Exceptions: what couldn't be used as it is, and somebody can do something about (`RULES.md`, section 15).
//!
//! The steps that come upon something return it beside their result. Here all of it is put together.

use std::collections::BTreeSet;

use super::fees::Fees;
use super::manual::Manual;
use super::refunds::Refunded;
use super::visible::Orders;
use crate::vocabulary::{ExceptionKind, OutcomeReason};

/// Kind and subject of each, once.
pub(super) fn exceptions(
    orders: &Orders<'_>,
    reasons: &[OutcomeReason],
    refunded: &Refunded,
    manual: &Manual,
    fees: &Fees,
) -> BTreeSet<(ExceptionKind, String)> {
    let mut exceptions = BTreeSet::new();
    // Nobody has to put right what earns nothing anyway.
    let matters = |o: usize| reasons[o] != OutcomeReason::BeforeStart;
    for (o, reason) in reasons.iter().enumerate() {
        let over_refund = (refunded.over_refunded[o] && matters(o)).then_some(ExceptionKind::OverRefund);
        exceptions.extend(reason.exception().into_iter().chain(over_refund).map(|kind| (kind, orders.id(o).to_owned())));
    }
    let unused = manual.without_creator.iter().filter(|(o, _)| matters(*o)).map(|(_, id)| id);
    exceptions.extend(of_kind(ExceptionKind::CreditWithoutCreator, unused));
    exceptions.extend(of_kind(ExceptionKind::RefundWithoutOrder, &refunded.without_order));
    exceptions.extend(of_kind(ExceptionKind::FeeWithoutCreator, &fees.without_creator));
    exceptions
}

fn of_kind<'a>(kind: ExceptionKind, ids: impl IntoIterator<Item = &'a String>) -> impl Iterator<Item = (ExceptionKind, String)> {
    ids.into_iter().map(move |id| (kind, id.clone()))
}
