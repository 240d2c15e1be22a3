//! Bonuses, which stand beside commissions and outside the caps (`RULES.md`, section 9).

use anyhow::{Context, Result};

use super::calendar::Span;
use super::customers::Ordinals;
use super::hold;
use super::notes::BonusNote;
use super::progress::{Progress, Tally};
use super::shares::Shared;
use super::shop::Shop;
use super::targets::Target;
use super::trace::Trace;
use crate::money::split_equally;
use crate::program::Bonus;
use crate::vocabulary::Kind;

/// The new-customer bonuses of an order, split equally among its creators.
pub(super) fn new_customer<'a>(
    shop: &Shop<'a>,
    shared: &Shared<'a>,
    ordinals: &Ordinals,
    targets: &mut Vec<Target>,
    trace: &mut Trace,
) -> Result<()> {
    let version = shared.order.version;
    let why = if version.customer.is_none() {
        "not paid: the customer is unknown"
    } else if ordinals.get(&shared.order) != Some(1) {
        "not paid: the customer has an earlier paid order"
    } else if shared.base <= 0 {
        "not paid: nothing is left of the order"
    } else {
        "paid: the customer's first paid order"
    };
    let paid = why.starts_with("paid");
    for (position, bonus) in shop.program.commission.bonuses.iter().enumerate() {
        let Bonus::NewCustomer { amount } = bonus else { continue };
        let name = format!("bonus {} (new_customer)", position + 1);
        for (credit, part) in shared.win.credits.iter().zip(split_equally(*amount, shared.win.credits.len())) {
            let part = if paid { part } else { 0 };
            if let Some(note) = trace.of(version.order) {
                note.bonuses.push(BonusNote {
                    bonus: name.clone(),
                    creator_id: credit.creator.creator_id.clone(),
                    amount: shop.plain(part),
                    why: why.to_owned(),
                });
            }
            if paid {
                targets.push(Target {
                    kind: Kind::BonusNewCustomer,
                    order_id: version.order_id.clone(),
                    line_id: String::new(),
                    creator_id: credit.creator.creator_id.clone(),
                    touch: String::new(),
                    base: 0,
                    commission: part,
                    payable: hold::is_order_payable(shop, version)?,
                    rule: name.clone(),
                });
            }
        }
    }
    Ok(())
}

/// The net-sales bonuses of all creators and periods.
pub(super) fn net_sales(shop: &Shop<'_>, total: &Tally<'_>, targets: &mut Vec<Target>) -> Result<()> {
    for (span, creator_id, progress) in total.iter() {
        for (position, bonus) in shop.program.commission.bonuses.iter().enumerate() {
            let Bonus::NetSales { over, period, amount } = *bonus else { continue };
            if period != span.kind || !is_reached(progress, over) {
                continue;
            }
            targets.push(Target {
                kind: Kind::BonusNetSales,
                order_id: span.label(),
                line_id: String::new(),
                creator_id: creator_id.to_owned(),
                touch: shop.plain(over),
                base: 0,
                commission: amount,
                payable: hold::is_payable(shop, end(shop, span)?)?,
                rule: format!("bonus {} (net_sales)", position + 1),
            });
        }
    }
    Ok(())
}

/// Notes which net-sales bonuses the order counts towards, and whether they were reached.
pub(super) fn note_net_sales(shop: &Shop<'_>, shared: &Shared<'_>, total: &Tally<'_>, trace: &mut Trace) -> Result<()> {
    let Some(note) = trace.of(shared.order.version.order) else { return Ok(()) };
    for (position, bonus) in shop.program.commission.bonuses.iter().enumerate() {
        let Bonus::NetSales { over, period, amount } = *bonus else { continue };
        let span = Span::holding(period, shared.order.day);
        for credit in &shared.win.credits {
            let progress = total.get(&credit.creator.creator_id, span);
            let reached = is_reached(progress, over);
            let (sales, label) = (shop.show(progress.sales), span.label());
            let why = if reached {
                let held = hold::note(shop, end(shop, span)?)?;
                format!(
                    "paid once for {label}: sales of {sales} reach {}; {} (hold until {})",
                    shop.show(over),
                    held.state,
                    held.until
                )
            } else {
                format!("not paid for {label}: sales of {sales} do not reach {}", shop.show(over))
            };
            note.bonuses.push(BonusNote {
                bonus: format!("bonus {} (net_sales)", position + 1),
                creator_id: credit.creator.creator_id.clone(),
                amount: shop.plain(if reached { amount } else { 0 }),
                why,
            });
        }
    }
    Ok(())
}

fn is_reached(progress: Progress, over: i64) -> bool {
    progress.sales > 0 && progress.sales >= over
}

fn end(shop: &Shop<'_>, span: Span) -> Result<i64> {
    span.end(shop.program.time_zone)?.context("a bonus has a period that ends")
}
