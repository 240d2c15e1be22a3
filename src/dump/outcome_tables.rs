//! The tables of the last reconciliation's outcome.

use super::tables::{CREATOR, PROGRAM, Table, amount, of, text};

/// The outcome of the last reconciliation: orders.
pub(super) const ORDERS: Table = of(
    "orders",
    &["program", "order_id"],
    "Every order of the last reconciliation, with what became of it.",
    &[
        PROGRAM,
        text("order_id", "The order."),
        text("outcome", "attributed, unattributed, excluded, rejected."),
        text("reason", "Why."),
    ],
);

/// The outcome of the last reconciliation: targets.
pub(super) const COMMISSIONS: Table = of(
    "commissions",
    &["program", "kind", "order_id", "line_id", "creator_id"],
    "What should have been earned, by the last reconciliation. The transfers of the same target come to the same.",
    &[
        PROGRAM,
        text("kind", "link, code, lock, credit, bonus_new_customer, bonus_net_sales, fee."),
        text("order_id", "The order; of a bonus_net_sales the period, of a fee its id."),
        text("line_id", "The order's line, or empty."),
        CREATOR,
        text("touch", "The evidence."),
        text("campaign", "The id of the campaign that brought it; empty for none, and where an older purser reconciled last."),
        amount("base", "What it is computed from."),
        amount("commission", "What it earns."),
        text("state", "pending, payable."),
    ],
);

/// The outcome of the last reconciliation: what could not be used.
pub(super) const EXCEPTIONS: Table = of(
    "exceptions",
    &["program", "kind", "subject"],
    "What the last reconciliation could not use, for somebody to act on.",
    &[PROGRAM, text("kind", "The kind of exception."), text("subject", "The order, refund, fee or credit.")],
);
