//! What each share earns under its rate (`RULES.md`, section 7), before caps.

use anyhow::Result;

use super::credit::Attribution;
use super::per_order::{Applies, PerOrders};
use super::progress::Progresses;
use super::rates::NONE;
use super::shares::Shares;
use super::tiers;
use super::visible::Orders;
use crate::program::{Pays, Program};

/// What the shares earn.
pub(super) struct Earned {
    /// For each share, in minor units.
    pub per_line: Vec<i64>,
    /// The fixed amounts of orders.
    pub per_order: PerOrders,
}

/// What every share earns. `rates` names the rate of each.
pub(super) fn earned(
    program: &Program,
    orders: &Orders<'_>,
    attribution: &Attribution,
    shares: &Shares,
    rates: &[u32],
) -> Result<Earned> {
    let progresses = Progresses::of(program, orders, shares, rates)?;
    let rounding = program.commission.rounding;
    let mut per_line = Vec::with_capacity(shares.len());
    let mut fixed = Applies::default();
    for (r, rate) in rates.iter().enumerate() {
        let base = shares.base[r];
        let pays = (*rate != NONE).then(|| &program.commission.rates[*rate as usize].pays);
        per_line.push(match pays {
            None => 0,
            Some(Pays::Percent { percent, .. }) => percent.percent_of(base, rounding)?,
            Some(Pays::Tiers(tiers)) => {
                let progress = progresses.get(tiers.period, tiers.metric);
                tiers::earned(tiers, base, progress.before[r], || progress.total_at(shares, r), rounding)?
            }
            Some(Pays::PerOrder { .. }) => {
                if base > 0 {
                    fixed.add(shares.o[r], shares.c[r], *rate, shares.part[r]);
                }
                0
            }
        });
    }
    Ok(Earned { per_line, per_order: fixed.amounts(program, attribution)? })
}
