//! One order, as rows of the tables.

use std::collections::{BTreeMap, BTreeSet};

use super::super::click_labels::{ClickLabels, host_of};
use super::super::connector::WholeOrder;
use super::super::query::parameter;
use super::amounts::{RefundSums, Sums};
use super::answers::{Order, Refund, noted};
use crate::calendar::{format_time, parse_time};
use crate::money::{Currency, format_minor, parse_minor};
use crate::program::{ShopApi, Table};

/// What is wrong with what a store says of an order.
pub(super) type Wrong = String;

/// What WooCommerce itself notes of the visit in which an order was placed.
const ATTRIBUTION: &str = "_wc_order_attribution_";

/// The note that names the line of an order which a line of a refund is about.
const REFUNDED_LINE: &str = "_refunded_item_id";

/// All that a store says of an order.
pub(super) struct Whole {
    pub order: Order,
    /// All of its refunds.
    pub refunds: Vec<Refund>,
}

/// The rows of an order, and what somebody should know of it.
pub(super) struct Made {
    pub rows: WholeOrder,
    /// Whether a refund has parts that do not come to its amount.
    pub is_apart: bool,
    /// Whether its status is none that is known.
    pub is_strange: bool,
}

/// An instant (microseconds since 1970) of one of the dates in GMT, which are written without a zone.
pub(super) fn time(text: &str) -> Result<i64, Wrong> {
    let plain = text.strip_suffix('Z').unwrap_or(text).replace(' ', "T");
    parse_time(&format!("{plain}Z")).ok_or_else(|| format!("\"{text}\" is no time"))
}

/// When an order was placed, and when it last changed.
pub(super) fn times(created: Option<&str>, modified: Option<&str>) -> Result<(i64, i64), Wrong> {
    let (created, modified) = (created.or(modified), modified.or(created));
    let (Some(created), Some(modified)) = (created, modified) else { return Err("it has no date".to_owned()) };
    let created = time(created)?;
    Ok((created, time(modified)?.max(created)))
}

impl Order {
    /// When it was placed, and when it last changed.
    pub(super) fn times(&self) -> Result<(i64, i64), Wrong> {
        times(self.date_created_gmt.as_deref(), self.date_modified_gmt.as_deref())
    }

    /// Its status as purser has it; none if it is not known.
    fn status(&self) -> Option<&'static str> {
        match self.status.as_str() {
            "completed" | "processing" | "refunded" => Some("paid"),
            "pending" | "on-hold" | "checkout-draft" | "auto-draft" => Some("pending"),
            "cancelled" | "failed" | "trash" => Some("cancelled"),
            _ => None,
        }
    }
}

impl Whole {
    /// Its rows.
    pub(super) fn rows(&self, shop: &ShopApi) -> Result<Made, Wrong> {
        let order = &self.order;
        let id = order.id.to_string();
        let currency = Currency::parse(&order.currency).map_err(|_| format!("{} is no currency", order.currency))?;
        let (ordered_at, updated_at) = order.times()?;
        let mut rows: BTreeMap<Table, Vec<Vec<String>>> = BTreeMap::new();
        for line in &order.line_items {
            let net = format_minor(minor(&line.total, currency)?, currency.exponent());
            let (sku, title) = (line.sku.clone().unwrap_or_default(), line.name.clone().unwrap_or_default());
            let row = vec![id.clone(), line.id.to_string(), sku, String::new(), line.quantity.to_string(), net, title];
            rows.entry(Table::OrderLines).or_default().push(row);
        }
        let (refunds, is_apart) = self.refunds(currency)?;
        rows.insert(Table::Refunds, refunds);
        let noted = |name: &str| noted(&order.meta_data, name).unwrap_or_default();
        let (mut visitor, click) = (noted(&shop.visitor), noted(&shop.click));
        let own = if visitor.is_empty() { format!("woocommerce-order-{id}") } else { visitor.clone() };
        if let Some(row) = self.click(&own, ordered_at, shop) {
            visitor = own;
            rows.insert(Table::Clicks, vec![row]);
        }
        let codes: Vec<&str> = order.coupon_lines.iter().map(|coupon| coupon.code.as_str()).collect();
        let status = order.status();
        let row = vec![
            id.clone(),
            format_time(ordered_at),
            format_time(updated_at),
            // Who does not know what a word means does not pay by it.
            status.unwrap_or("pending").to_owned(),
            currency.code().to_owned(),
            if order.customer_id == 0 { String::new() } else { order.customer_id.to_string() },
            order.billing.email.clone().unwrap_or_default(),
            visitor,
            click,
            codes.join("|"),
            order.number.clone(),
            [&order.shipping, &order.billing]
                .into_iter()
                .filter_map(|address| address.country.clone())
                .find(|code| !code.is_empty())
                .unwrap_or_default(),
        ];
        rows.insert(Table::Orders, vec![row]);
        Ok(Made { rows: WholeOrder { id, rows }, is_apart, is_strange: status.is_none() })
    }

    /// The rows of refunds, and whether one has parts that do not come to its amount.
    fn refunds(&self, currency: Currency) -> Result<(Vec<Vec<String>>, bool), Wrong> {
        let sums = self.sums(currency)?;
        let mut rows = Vec::new();
        for (refund, back) in self.refunds.iter().zip(sums.given_back()) {
            let at = format_time(time(&refund.date_created_gmt)?);
            for (line, amount) in back {
                let line = line.map(|line| line.to_string()).unwrap_or_default();
                let refund_id = format!("{}-{}", refund.id, if line.is_empty() { "amount" } else { &line });
                let amount = format_minor(amount, currency.exponent());
                rows.push(vec![refund_id, self.order.id.to_string(), line, at.clone(), amount]);
            }
        }
        Ok((rows, sums.refunds.iter().any(RefundSums::is_apart)))
    }

    fn sums(&self, currency: Currency) -> Result<Sums, Wrong> {
        let order = &self.order;
        let lines: BTreeSet<u64> = order.line_items.iter().map(|line| line.id).collect();
        let sum = |amounts: &mut dyn Iterator<Item = &String>| amounts.map(|text| minor(text, currency)).sum::<Result<i64, _>>();
        let refund = |refund: &Refund| {
            let line = |line: &super::answers::RefundLine| {
                let of = noted(&line.meta_data, REFUNDED_LINE).and_then(|id| id.parse().ok()).filter(|id| lines.contains(id));
                Ok::<_, Wrong>((of, -minor(&line.total, currency)?, -minor(&line.total_tax, currency)?))
            };
            let beside = refund.shipping_lines.iter().chain(&refund.fee_lines);
            let amount = minor(&refund.amount, currency)?;
            if amount < 0 {
                return Err(format!("the refund {} has the amount {}, which is below zero", refund.id, refund.amount));
            }
            Ok(RefundSums {
                lines: refund.line_items.iter().map(line).collect::<Result<_, _>>()?,
                beside: -sum(&mut beside.flat_map(|beside| [&beside.total, &beside.total_tax]))?,
                amount,
            })
        };
        Ok(Sums {
            goods: sum(&mut order.line_items.iter().map(|line| &line.total))?,
            taxes: sum(&mut order.line_items.iter().map(|line| &line.total_tax))?,
            total: minor(&order.total, currency)?,
            refunds: self.refunds.iter().map(refund).collect::<Result<_, _>>()?,
        })
    }

    /// The visit in which the order was placed, as a click, if its first page has a link's key.
    fn click(&self, visitor: &str, ordered_at: i64, shop: &ShopApi) -> Option<Vec<String>> {
        let noted = |name: &str| noted(&self.order.meta_data, &format!("{ATTRIBUTION}{name}"));
        let page = noted("session_entry")?;
        let query = page.split_once('?')?.1.split('#').next().unwrap_or_default();
        let link = parameter(query, &shop.link).filter(|link| !link.is_empty())?;
        // In brackets stands what nobody said: `(none)`.
        let known = || noted(&shop.sub_id).filter(|value| !value.starts_with('('));
        let sub_id = parameter(query, &shop.sub_id).or_else(known).unwrap_or_default();
        // The browser's clock says when it began, in UTC; it began before the order all the same.
        let at = noted("session_start_time").and_then(|at| time(&at).ok()).map_or(ordered_at, |at| at.min(ordered_at));
        let referrer = noted("referrer").unwrap_or_default();
        let labels = ClickLabels { platform: host_of(&referrer).to_owned(), ..ClickLabels::of_page(&page) };
        let utm = ["source", "medium", "campaign", "content", "term"].map(|name| noted(&format!("utm_{name}")));
        let utm = utm.each_ref().map(|value| value.as_deref().filter(|value| !value.starts_with('(')));
        let own = [format!("{}/entry", self.order.id), format_time(at), visitor.to_owned(), link, sub_id];
        Some(own.into_iter().chain(labels.or_utm(utm).values()).collect())
    }
}

/// An amount in minor units; what is left out is nothing.
fn minor(text: &str, currency: Currency) -> Result<i64, Wrong> {
    if text.is_empty() {
        return Ok(0);
    }
    parse_minor(text, currency).map_err(|why| format!("the amount \"{text}\" {why}"))
}
