//! Targets and outcomes as rows, for exports and for comparing.

use anyhow::Result;
use polars::prelude::DataFrame;

use super::Reconciliation;
use super::frame::{i64s, texts};

/// One row of the export of commissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedTarget<'a> {
    /// The kind of target.
    pub kind: &'a str,
    /// Order, period or fee.
    pub order_id: &'a str,
    /// Line, or empty.
    pub line_id: &'a str,
    /// Whose it is.
    pub creator_id: &'a str,
    /// The evidence.
    pub touch: &'a str,
    /// The campaign of the credit, or empty.
    pub campaign: &'a str,
    /// Minor units of the program's currency.
    pub base: i64,
    /// Minor units of the program's currency.
    pub commission: i64,
    /// Payable, or still pending.
    pub payable: bool,
}

/// Calls `each` with the rows of a frame of targets for which `state` knows whether they are payable.
pub(crate) fn for_each_listed(
    frame: &DataFrame,
    state: impl Fn(usize) -> Option<bool>,
    mut each: impl FnMut(&ListedTarget<'_>) -> Result<()>,
) -> Result<()> {
    let names = ["kind", "order_id", "line_id", "creator_id", "touch", "campaign"];
    let [kind, order_id, line_id, creator_id, touch, campaign] = names.map(|name| texts(frame, name));
    let (kind, order_id, line_id, creator_id, touch, campaign) = (kind?, order_id?, line_id?, creator_id?, touch?, campaign?);
    let (base, commission) = (i64s(frame, "base")?, i64s(frame, "commission")?);
    for (row, payable) in (0..frame.height()).filter_map(|row| Some((row, state(row)?))) {
        each(&ListedTarget {
            kind: kind.get(row).unwrap_or_default(),
            order_id: order_id.get(row).unwrap_or_default(),
            line_id: line_id.get(row).unwrap_or_default(),
            creator_id: creator_id.get(row).unwrap_or_default(),
            touch: touch.get(row).unwrap_or_default(),
            campaign: campaign.get(row).unwrap_or_default(),
            base: base[row],
            commission: commission[row],
            payable,
        })?;
    }
    Ok(())
}

impl Reconciliation {
    /// Calls `each` with every target as it stands at `as_of`, in the order of the keys.
    pub fn for_each_target(&self, as_of: i64, each: impl FnMut(&ListedTarget<'_>) -> Result<()>) -> Result<()> {
        let payable_from = i64s(&self.targets, "payable_from")?;
        for_each_listed(&self.targets, |row| Some(payable_from[row] <= as_of), each)
    }

    /// Calls `each` with id, outcome and reason of every order, by id.
    pub fn for_each_order(&self, mut each: impl FnMut([&str; 3])) -> Result<()> {
        let columns = [texts(&self.orders, "order_id")?, texts(&self.orders, "outcome")?, texts(&self.orders, "reason")?];
        (0..self.orders.height()).for_each(|row| each(columns.map(|column| column.get(row).unwrap_or_default())));
        Ok(())
    }
}
