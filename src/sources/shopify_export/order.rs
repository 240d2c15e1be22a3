//! One order of an export, from its rows.

use chrono::DateTime;

use super::amounts::{Amounts, Sums};
use crate::money::{Currency, format_minor, parse_minor};
use crate::program::ShopifyExport;

/// The columns that are looked at, in this order.
pub(super) const COLUMNS: [&str; 21] = [
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Code",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem sku",
    "Lineitem discount",
    "Note Attributes",
    "Cancelled at",
    "Payment Method",
    "Refunded Amount",
    "Id",
];

/// Columns that an export may lack: they are for reports.
pub(super) const OPTIONAL: [&str; 2] = ["Shipping Country", "Billing Country"];

/// The values of a row, by the places of [`COLUMNS`] and then of [`OPTIONAL`].
pub(super) struct OrderRow(Vec<String>);

impl OrderRow {
    pub(super) fn of(values: &[&str]) -> Self {
        Self(values.iter().map(|value| value.trim().to_owned()).collect())
    }

    fn get(&self, column: &str) -> &str {
        let place = COLUMNS.iter().chain(&OPTIONAL).position(|known| *known == column);
        place.map_or("", |place| self.0[place].as_str())
    }

    /// Whether it is the first of its order: only that one says how the order was paid.
    pub(super) fn begins_order(&self) -> bool {
        !self.get("Financial Status").is_empty() || !self.get("Id").is_empty()
    }
}

/// An order, as the tables have it.
pub(super) struct Order {
    pub id: String,
    pub name: String,
    pub country: String,
    pub ordered_at: i64,
    pub updated_at: i64,
    pub status: &'static str,
    pub currency: Currency,
    pub email: String,
    pub visitor: String,
    pub click: String,
    pub codes: String,
    pub lines: Vec<Line>,
    /// How much of the goods was given back (minor units).
    refunded: i64,
}

pub(super) struct Line {
    pub row: usize,
    pub sku: String,
    pub quantity: String,
    pub net: String,
    pub title: String,
}

/// A row, and what is wrong with it.
type Wrong = (usize, String);

impl Order {
    pub(super) fn of(rows: Vec<(usize, OrderRow)>, export: &ShopifyExport) -> Result<Self, Wrong> {
        let (first, head) = &rows[0];
        let wrong = |column: &str, why: &str| (*first, format!("{column}: \"{}\" {why}", head.get(column)));
        let id = head.get("Id");
        if id.is_empty() {
            return Err(wrong("Id", "is empty; export the orders again with all columns"));
        }
        let currency =
            Currency::parse(head.get("Currency")).map_err(|_| wrong("Currency", "is not an ISO 4217 code such as USD"))?;
        let time = |column: &str| match head.get(column) {
            "" => Ok(None),
            text => match DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z") {
                Ok(time) => Ok(Some(time.timestamp_micros())),
                Err(_) => Err(wrong(column, "is not a time such as 2026-02-01 09:30:00 -0500")),
            },
        };
        let (paid_at, cancelled_at) = (time("Paid at")?, time("Cancelled at")?);
        let ordered_at = time("Created at")?.ok_or_else(|| wrong("Created at", "is empty"))?;
        let (lines, refunded) = amounts(&rows, currency)?;
        Ok(Self {
            id: id.to_owned(),
            name: head.get("Name").to_owned(),
            country: OPTIONAL
                .map(|column| head.get(column))
                .into_iter()
                .find(|code| !code.is_empty())
                .unwrap_or_default()
                .to_owned(),
            ordered_at,
            updated_at: [paid_at, cancelled_at].into_iter().flatten().fold(ordered_at, i64::max),
            status: status(head, cancelled_at.is_some()).map_err(|why| wrong("Financial Status", why))?,
            currency,
            email: head.get("Email").to_owned(),
            visitor: note(head.get("Note Attributes"), &export.visitor),
            click: note(head.get("Note Attributes"), &export.click),
            codes: head.get("Discount Code").split(',').map(str::trim).collect::<Vec<_>>().join("|"),
            lines,
            refunded,
        })
    }

    /// What was refunded beyond what is known (amounts as the table has them); none if nothing was.
    pub(super) fn refunded_since<'a>(&self, known: impl Iterator<Item = &'a str>) -> Option<String> {
        let known: i64 = known.filter_map(|amount| parse_minor(amount, self.currency).ok()).sum();
        (self.refunded > known).then(|| format_minor(self.refunded - known, self.currency.exponent()))
    }
}

/// What the lines of an order come to, and how much of that was given back.
fn amounts(rows: &[(usize, OrderRow)], currency: Currency) -> Result<(Vec<Line>, i64), Wrong> {
    let money = |(row, values): &(usize, OrderRow), column: &str| match values.get(column) {
        "" => Ok(0),
        text => parse_minor(text, currency).map_err(|why| (*row, format!("{column}: \"{text}\" {why}"))),
    };
    let head = &rows[0];
    let goods = rows.iter().filter(|(_, row)| !row.get("Lineitem name").is_empty() || !row.get("Lineitem price").is_empty());
    let (mut prices, mut lines) = (Vec::new(), Vec::new());
    for row in goods {
        let quantity = row.1.get("Lineitem quantity");
        let count: i64 =
            quantity.parse().map_err(|_| (row.0, format!("Lineitem quantity: \"{quantity}\" is not a whole number")))?;
        let price = money(row, "Lineitem price")?;
        let price = price.checked_mul(count).filter(|price| *price >= 0);
        let price = price.ok_or_else(|| (row.0, "Lineitem price: is below zero, or too large".to_owned()))?;
        prices.push((price, price - money(row, "Lineitem discount")?));
        let [sku, title] = ["Lineitem sku", "Lineitem name"].map(|column| row.1.get(column).to_owned());
        lines.push(Line { row: row.0, sku, quantity: quantity.to_owned(), net: String::new(), title });
    }
    let sums = Sums {
        subtotal: money(head, "Subtotal")?,
        shipping: money(head, "Shipping")?,
        taxes: money(head, "Taxes")?,
        total: money(head, "Total")?,
        refunded: money(head, "Refunded Amount")?,
        is_refunded_whole: head.1.get("Financial Status") == "refunded",
    };
    let Amounts { nets, refunded } = Amounts::of(&prices, &sums).map_err(|why| (head.0, why))?;
    lines.iter_mut().zip(nets).for_each(|(line, net)| line.net = format_minor(net, currency.exponent()));
    Ok((lines, refunded))
}

fn status(head: &OrderRow, is_cancelled: bool) -> Result<&'static str, &'static str> {
    if head.get("Payment Method").to_ascii_lowercase().contains("bogus") {
        return Ok("test");
    }
    match head.get("Financial Status") {
        _ if is_cancelled => Ok("cancelled"),
        "paid" | "partially_refunded" | "refunded" => Ok("paid"),
        "pending" | "authorized" | "partially_paid" | "" => Ok("pending"),
        "voided" | "expired" => Ok("cancelled"),
        _ => Err("is no status that Shopify's export is known to have"),
    }
}

/// A note attribute: each stands on a line of its own, `name: value`.
fn note(attributes: &str, name: &str) -> String {
    let found = attributes.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| key.trim() == name);
    found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}
