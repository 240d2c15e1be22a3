//! One order, as rows of the tables.

use std::collections::BTreeMap;

use super::super::connector::WholeOrder;
use super::super::share::share;
use super::amounts::{LineSums, RefundSums, Sums};
use super::answers::{Amount, Dispute, Line, Order, Refund, Total};
use super::values::{Wrong, minor, number, time};
use super::visits::clicks;
use crate::calendar::format_time;
use crate::money::{Currency, format_minor};
use crate::program::{ShopApi, Table};

/// All that Shopify says of an order.
pub(super) struct Whole {
    pub order: Order,
    /// All of its lines.
    pub lines: Vec<Line>,
    /// All of its refunds, with their ids and all of their lines.
    pub refunds: Vec<(String, Refund)>,
    pub disputes: Vec<Dispute>,
}

impl Whole {
    /// Its rows, and how far its lines are from what Shopify says of its goods (minor units).
    pub(super) fn rows(&self, shop: &ShopApi) -> Result<(WholeOrder, i64), Wrong> {
        let order = &self.order;
        let id = number(&order.id).to_owned();
        let currency = Currency::parse(&order.currency_code).map_err(|_| format!("{} is no currency", order.currency_code))?;
        let sums = self.sums(currency)?;
        let nets = sums.nets();
        let written = |minor: i64| format_minor(minor, currency.exponent());
        let mut rows: BTreeMap<Table, Vec<Vec<String>>> = BTreeMap::new();
        for (line, net) in self.lines.iter().zip(&nets) {
            let Some((net, quantity)) = *net else { continue };
            let category = if line.is_gift_card { "gift_card" } else { "" }.to_owned();
            let (line_id, sku) = (number(&line.id).to_owned(), line.sku.clone().unwrap_or_default());
            let row = vec![id.clone(), line_id, sku, category, quantity.to_string(), written(net), line.name.clone()];
            rows.entry(Table::OrderLines).or_default().push(row);
        }
        for ((refund_id, refund), given_back) in self.refunds.iter().zip(sums.given_back()) {
            let at = format_time(time(&refund.processed_at, "refund processedAt")?);
            for back in given_back {
                let line = back.line.unwrap_or_default();
                let refund_id = format!("{}-{}", number(refund_id), if line.is_empty() { "amount" } else { &line });
                let row = vec![refund_id, id.clone(), line, at.clone(), written(back.amount)];
                rows.entry(Table::Refunds).or_default().push(row);
            }
        }
        let goods = nets.iter().flatten().map(|(net, _)| net).sum();
        for dispute in &self.disputes {
            rows.entry(Table::Disputes).or_default().extend(self.dispute(&id, dispute, goods, currency)?);
        }
        let noted = |name: &str| order.custom_attributes.iter().find(|attribute| attribute.key == name)?.value.clone();
        let noted = |name: &str| noted(name).map(|value| value.trim().to_owned()).unwrap_or_default();
        let (mut visitor, click) = (noted(&shop.visitor), noted(&shop.click));
        if let Some(journey) = &order.customer_journey_summary {
            let own = if visitor.is_empty() { format!("shopify-order-{id}") } else { visitor.clone() };
            let clicks = clicks(journey, &id, &own, shop)?;
            if !clicks.is_empty() {
                visitor = own;
                rows.insert(Table::Clicks, clicks);
            }
        }
        let customer = order.customer.as_ref().map(|customer| number(&customer.id).to_owned()).unwrap_or_default();
        let row = vec![
            id.clone(),
            format_time(time(&order.processed_at, "processedAt")?),
            format_time(time(&order.updated_at, "updatedAt")?),
            status(order)?.to_owned(),
            currency.code().to_owned(),
            customer,
            order.email.clone().unwrap_or_default(),
            visitor,
            click,
            order.discount_codes.join("|"),
            order.name.clone(),
            country(order),
        ];
        rows.insert(Table::Orders, vec![row]);
        Ok((WholeOrder { id, rows }, self.apart(&sums, currency)?))
    }

    fn sums(&self, currency: Currency) -> Result<Sums, Wrong> {
        let money = |amount: &Amount| minor(&amount.shop_money, currency);
        let line = |line: &Line| {
            let discounts = line.discount_allocations.iter().map(|allocation| money(&allocation.allocated_amount_set));
            let taxes = line.tax_lines.iter().map(|tax| money(&tax.price_set));
            Ok::<_, Wrong>(LineSums {
                id: number(&line.id).to_owned(),
                total: money(&line.original_total_set)?,
                discounts: discounts.sum::<Result<i64, _>>()?,
                taxes: taxes.sum::<Result<i64, _>>()?,
                quantity: line.quantity,
                current: line.current_quantity,
            })
        };
        let refund = |(_, refund): &(String, Refund)| {
            let lines = refund.refund_line_items.nodes.iter().map(|line| {
                let id = number(&line.line_item.id).to_owned();
                Ok((id, line.quantity, money(&line.subtotal_set)?, money(&line.total_tax_set)?))
            });
            // Money that is still on its way has been given back all the same.
            let adjustments = refund.order_adjustments.nodes.iter();
            let adjustments = adjustments.filter(|adjustment| adjustment.reason.as_deref() != Some("PENDING_REFUND_DISCREPANCY"));
            let adjustments =
                adjustments.map(|adjustment| Ok((money(&adjustment.amount_set)?, money(&adjustment.tax_amount_set)?)));
            Ok::<_, Wrong>(RefundSums {
                lines: lines.collect::<Result<_, Wrong>>()?,
                adjustments: adjustments.collect::<Result<_, Wrong>>()?,
                has_shipping: !refund.refund_shipping_lines.nodes.is_empty(),
                money: money(&refund.total_refunded_set)?,
            })
        };
        Ok(Sums {
            taxes_included: self.order.taxes_included,
            lines: self.lines.iter().map(line).collect::<Result<_, _>>()?,
            refunds: self.refunds.iter().map(refund).collect::<Result<_, _>>()?,
        })
    }

    /// How far the lines are from the subtotal that Shopify has of the order; after an edit that is another.
    fn apart(&self, sums: &Sums, currency: Currency) -> Result<i64, Wrong> {
        match &self.order.subtotal_price_set {
            Some(subtotal) if !self.order.edited => {
                let lines: i64 = sums.lines.iter().map(LineSums::price).sum();
                Ok((lines - minor(&subtotal.shop_money, currency)?).abs())
            }
            _ => Ok(0),
        }
    }

    /// The row of a dispute; none if it is about nothing that was sold. It is about a part of all that was paid, and goods bear that part
    /// of it that they are of the order.
    fn dispute(&self, order: &str, dispute: &Dispute, goods: i64, currency: Currency) -> Result<Option<Vec<String>>, Wrong> {
        let Total { shop_money, presentment_money } = &self.order.total_price_set;
        let paid = [shop_money, presentment_money].into_iter().find(|total| total.currency_code == dispute.amount.currency_code);
        let paid = paid.ok_or_else(|| {
            let code = &dispute.amount.currency_code;
            format!("the dispute {} is in {code}, and the order in none of its currencies is", number(&dispute.id))
        })?;
        let in_currency = Currency::parse(&paid.currency_code).map_err(|_| format!("{} is no currency", paid.currency_code))?;
        let (paid, disputed) = (minor(paid, in_currency)?, minor(&dispute.amount, in_currency)?);
        let amount = share(goods, disputed.min(paid), paid);
        if amount <= 0 {
            return Ok(None);
        }
        let opened = time(&dispute.initiated_at, "initiatedAt")?;
        let closed = dispute.finalized_on.as_deref().map(|at| time(at, "finalizedOn")).transpose()?;
        let outcome = outcome(&dispute.status)?;
        // What has an outcome has ended, whether or not Shopify says when.
        let closed = outcome.map(|_| closed.map_or(opened, |closed| closed.max(opened)));
        Ok(Some(vec![
            number(&dispute.id).to_owned(),
            order.to_owned(),
            format_time(opened),
            closed.map(format_time).unwrap_or_default(),
            outcome.unwrap_or_default().to_owned(),
            format_minor(amount, currency.exponent()),
        ]))
    }
}

/// How a dispute ended; none while it is open. One that led to a refund took nothing beside that refund.
fn outcome(status: &str) -> Result<Option<&'static str>, Wrong> {
    match status {
        "NEEDS_RESPONSE" | "UNDER_REVIEW" => Ok(None),
        "WON" | "PREVENTED" | "CHARGE_REFUNDED" => Ok(Some("won")),
        "LOST" | "ACCEPTED" => Ok(Some("lost")),
        other => Err(format!("{other} is no status of a dispute that is known")),
    }
}

/// Where it was sent, else where its buyer is.
fn country(order: &Order) -> String {
    let addresses = order.shipping_address.iter().chain(&order.billing_address);
    addresses.filter_map(|address| address.country_code_v2.clone()).next().unwrap_or_default()
}

fn status(order: &Order) -> Result<&'static str, Wrong> {
    if order.test {
        return Ok("test");
    }
    if order.cancelled_at.is_some() {
        return Ok("cancelled");
    }
    match order.display_financial_status.as_deref() {
        Some("PAID" | "PARTIALLY_REFUNDED" | "REFUNDED") => Ok("paid"),
        Some("PENDING" | "AUTHORIZED" | "PARTIALLY_PAID") | None => Ok("pending"),
        Some("VOIDED" | "EXPIRED") => Ok("cancelled"),
        Some(other) => Err(format!("{other} is no financial status that is known")),
    }
}
