//! What each affiliate earned and was paid, to the cent, as the platform has it.

use std::collections::BTreeMap;

use anyhow::Result;
use rust_decimal::{Decimal, RoundingStrategy};

use super::lists::Lists;
use super::thing::{Thing, is_active, required, text};
use crate::error::Invalid;
use crate::money::{Currency, parse_minor};
use crate::program::GoAffPro;

/// An affiliate, and what stands for them on the platform (minor units).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affiliate {
    /// Their id, which is the creator's.
    pub creator_id: String,
    /// What people call them.
    pub name: String,
    /// Whether they are let in.
    pub is_active: bool,
    /// How many orders earned something.
    pub orders: usize,
    /// What was earned and approved.
    pub approved: i64,
    /// What was earned and waits to be approved.
    pub pending: i64,
    /// What was paid.
    pub paid: i64,
}

#[derive(Default)]
struct Sums {
    orders: usize,
    approved: Decimal,
    pending: Decimal,
    paid: Decimal,
}

const AFFILIATES: &str = "id,name,status";
const ORDERS: &str = "id,affiliate_id,commission,status,currency";
const PAYMENTS: &str = "id,affiliate_id,amount,status,currency";

/// What each affiliate earned and was paid.
///
/// # Errors
///
/// When the platform does not give all of it, or an amount is none, or is in another currency.
pub async fn worth_of_affiliates(platform: &GoAffPro, currency: Currency) -> Result<Vec<Affiliate>> {
    let lists = Lists::new(platform)?;
    let affiliates = lists.all("affiliates", AFFILIATES).await?;
    let mut sums: BTreeMap<String, Sums> = BTreeMap::new();
    for order in lists.all("orders", ORDERS).await? {
        // An order that nobody brought.
        if text(&order, "affiliate_id").is_empty() {
            continue;
        }
        let (amount, of) = (amount(&order, "commission", "the order", currency)?, text(&order, "affiliate_id"));
        let sums = sums.entry(of).or_default();
        match text(&order, "status").as_str() {
            "approved" | "paid" => (sums.approved, sums.orders) = (sums.approved + amount, sums.orders + 1),
            "pending" => (sums.pending, sums.orders) = (sums.pending + amount, sums.orders + 1),
            "rejected" | "cancelled" | "refunded" => {}
            other => return Err(unknown(&order, "the order", other)),
        }
    }
    for payment in lists.all("payments", PAYMENTS).await? {
        let paid = amount(&payment, "amount", "the payment", currency)?;
        let sums = sums.entry(required(&payment, "affiliate_id", "the payment")?).or_default();
        match text(&payment, "status").as_str() {
            // The platform lists what was paid.
            "" | "paid" | "completed" => sums.paid += paid,
            "pending" | "processing" | "failed" | "cancelled" => {}
            other => return Err(unknown(&payment, "the payment", other)),
        }
    }
    let mut all = Vec::new();
    for affiliate in &affiliates {
        let creator_id = required(affiliate, "id", "the affiliate")?;
        let Sums { orders, approved, pending, paid } = sums.remove(&creator_id).unwrap_or_default();
        let [approved, pending, paid] = [approved, pending, paid].map(|sum| minor(sum, currency));
        let (name, is_active) = (text(affiliate, "name"), is_active(affiliate));
        all.push(Affiliate { creator_id, name, is_active, orders, approved: approved?, pending: pending?, paid: paid? });
    }
    match sums.keys().next() {
        None => Ok(all),
        Some(id) => Err(Invalid(format!("GoAffPro has orders or payments of the affiliate {id}, and no such affiliate")).into()),
    }
}

fn unknown(thing: &Thing, what: &str, status: &str) -> anyhow::Error {
    Invalid(format!("{what} {} of GoAffPro has the status \"{status}\", which is not known", text(thing, "id"))).into()
}

/// An exact amount; one in another currency cannot be summed with the others.
fn amount(thing: &Thing, name: &str, what: &str, currency: Currency) -> Result<Decimal> {
    let (text_of, of) = (required(thing, name, what)?, text(thing, "currency"));
    if !of.is_empty() && of != currency.code() {
        return Err(Invalid(format!(
            "{what} {} of GoAffPro is in {of}, and the program in {}",
            text(thing, "id"),
            currency.code()
        ))
        .into());
    }
    let wrong = || Invalid(format!("{what} {} of GoAffPro has the {name} \"{text_of}\", which is no amount", text(thing, "id")));
    Ok(Decimal::from_str_exact(&text_of).map_err(|_| wrong())?)
}

/// A sum in minor units, half even.
fn minor(sum: Decimal, currency: Currency) -> Result<i64> {
    let rounded = sum.round_dp_with_strategy(currency.exponent(), RoundingStrategy::MidpointNearestEven);
    Ok(parse_minor(&rounded.to_string(), currency)?)
}
