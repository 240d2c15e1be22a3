//! Rates that pay a fixed amount once for each order (`RULES.md`, section 7).

use anyhow::{Context, Result};

use super::paid::Paid;
use super::shares::{Share, Shared};
use super::shop::Shop;
use super::trace::Trace;
use crate::money::split_equally;
use crate::program::{Pays, what_it_pays};

/// The fixed amounts: for each creator the sum over the rates under which that creator has base left.
pub(super) fn per_order<'a>(shop: &Shop<'a>, shared: &Shared<'a>, trace: &mut Trace) -> Result<Vec<Paid<'a>>> {
    let mut rows = Vec::new();
    for (index, credit) in shared.win.credits.iter().enumerate() {
        let mut sum: i64 = 0;
        let mut rules: Vec<&str> = Vec::new();
        let mut parts: Vec<String> = Vec::new();
        for (position, rate) in shop.program.commission.rates.iter().enumerate() {
            let Pays::PerOrder { amount, .. } = rate.pays else { continue };
            let applies = |share: &Share<'_>| share.credit == index && share.rate == Some(position) && share.base > 0;
            if !shared.shares.iter().any(applies) {
                continue;
            }
            let part = split_equally(amount, shared.win.credits.len())[index];
            sum = sum.checked_add(part).context("the fixed amounts of an order are too large")?;
            rules.push(&shop.rate_names[position]);
            parts.push(format!("{} of {}", shop.plain(part), what_it_pays(rate, shop.program.currency)));
        }
        if rules.is_empty() {
            continue;
        }
        let rule = rules.join(" + ");
        if let Some(note) = trace.earning(shared.order.version.order, "", &credit.creator.creator_id) {
            note.base = shop.plain(0);
            note.rule.clone_from(&rule);
            note.pays = parts.join(" + ");
            note.fixed = true;
            (note.exact, note.rounding, note.rounded) = (shop.plain(sum), "not rounded", shop.plain(sum));
        }
        rows.push(Paid { line_id: "", credit: *credit, base: 0, commission: sum, rule });
    }
    Ok(rows)
}
