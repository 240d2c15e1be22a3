//! The targets: what every creator should have earned (`RULES.md`, section 12).

use anyhow::{Context, Result};

use super::hold;
use super::paid::Paid;
use super::shares::Shared;
use super::shop::Shop;
use crate::vocabulary::Kind;

/// What a creator should have earned for one thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// What it is for.
    pub kind: Kind,
    /// The order; of a net-sales bonus the period, of a fee its id.
    pub order_id: String,
    /// The line; empty for what is not of a line.
    pub line_id: String,
    /// Who earns it.
    pub creator_id: String,
    /// The click, the code as entered, the lock's order, or the credit's id; of a net-sales bonus its threshold.
    pub touch: String,
    /// What it is paid on, minor units of the program's currency.
    pub base: i64,
    /// What it pays, minor units of the program's currency.
    pub commission: i64,
    /// Whether its hold is over.
    pub payable: bool,
    /// The rate, bonus or fee that pays it: `rate 2: group ambassador, 12%`; empty if no rate matches.
    pub rule: String,
}

/// The target of a row of an attributed order.
pub(super) fn of_order(shop: &Shop<'_>, shared: &Shared<'_>, paid: Paid<'_>) -> Result<Target> {
    let version = shared.order.version;
    Ok(Target {
        kind: shared.win.reason.commission().context("credit for an order pays commission")?,
        order_id: version.order_id.clone(),
        line_id: paid.line_id.to_owned(),
        creator_id: paid.credit.creator.creator_id.clone(),
        touch: paid.credit.touch.to_owned(),
        base: paid.base,
        commission: paid.commission,
        payable: hold::is_order_payable(shop, version)?,
        rule: paid.rule,
    })
}
