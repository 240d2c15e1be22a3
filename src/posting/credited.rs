//! Which orders were credited to whom in a span of days: the basis of a creator's performance.

use std::path::Path;

use anyhow::Result;

use super::kept_outcome::KeptOutcome;
use crate::reconcile::frame::{i32s, i64s, texts};
use crate::vocabulary::Kind;

/// One credited line of an order, as the last reconciliation sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credit<'a> {
    /// `link`, `code` or `lock`, the kind of touch that won; `credit` for a manual attribution.
    pub kind: &'a str,
    /// The order.
    pub order_id: &'a str,
    /// The line; empty where the order as a whole is paid.
    pub line_id: &'a str,
    /// Who got credit.
    pub creator_id: &'a str,
    /// The click, the code, the order that locked the customer, or the credit's id.
    pub touch: &'a str,
    /// What it is paid under, as a code.
    pub rule: &'a str,
    /// The creator's share of what is left after refunds, in minor units of the program's currency.
    pub base: i64,
    /// What it earns, in minor units.
    pub commission: i64,
    /// The order's local day (days since 1970).
    pub day: i32,
    /// The local day of the order's latest refund.
    pub refund_day: Option<i32>,
}

impl KeptOutcome {
    /// Calls `each` with every credited line whose order, or whose order's latest refund, lies in these local days
    /// (days since 1970, both included), in the order of the targets.
    pub fn for_each_credit(
        &self,
        data: &Path,
        days: std::ops::RangeInclusive<i32>,
        mut each: impl FnMut(&Credit<'_>) -> Result<()>,
    ) -> Result<()> {
        let frame = &self.posted(data)?.0;
        let (kind, order_id) = (texts(frame, "kind")?, texts(frame, "order_id")?);
        let (line_id, rule) = (texts(frame, "line_id")?, texts(frame, "rule")?);
        let (creator_id, touch) = (texts(frame, "creator_id")?, texts(frame, "touch")?);
        let (base, commission, day) = (i64s(frame, "base")?, i64s(frame, "commission")?, i32s(frame, "day")?);
        let refund_day = frame.column("refund_day")?.as_materialized_series().i32()?;
        let listed = frame.column("listed")?.as_materialized_series().bool()?;
        for row in 0..frame.height() {
            let refund_day = refund_day.get(row);
            let is_within = days.contains(&day[row]) || refund_day.is_some_and(|day| days.contains(&day));
            let kind = kind.get(row).unwrap_or_default();
            if !is_within || listed.get(row) != Some(true) || !Kind::parse(kind).is_some_and(Kind::is_commission) {
                continue;
            }
            each(&Credit {
                kind,
                order_id: order_id.get(row).unwrap_or_default(),
                line_id: line_id.get(row).unwrap_or_default(),
                creator_id: creator_id.get(row).unwrap_or_default(),
                touch: touch.get(row).unwrap_or_default(),
                rule: rule.get(row).unwrap_or_default(),
                base: base[row],
                commission: commission[row],
                day: day[row],
                refund_day,
            })?;
        }
        Ok(())
    }
}
