//! Whether an order's email is one of a creator's own (`RULES.md`, section 5).

use std::borrow::Cow;

use polars::prelude::{BooleanChunked, DataType, Expr, IntoColumn};

use super::frame::computed;
use crate::program::SelfPurchase;

/// Whether `email` is one of the addresses in `emails`, all trimmed and without case, which stand between vertical bars: `is_own` bool.
pub(super) fn is_own_purchase(rule: SelfPurchase) -> Expr {
    computed("is_own", ["email", "emails"], DataType::Boolean, move |columns| {
        let both = columns[0].str()?.iter().zip(columns[1].str()?.iter());
        let is_own: BooleanChunked =
            both.map(|(email, own)| Some(email.zip(own).is_some_and(|(email, own)| is_own(rule, own, email)))).collect();
        Ok(is_own.into_column())
    })
}

fn is_own(rule: SelfPurchase, addresses: &str, email: &str) -> bool {
    match rule {
        SelfPurchase::Exact => addresses.split('|').any(|own| own == email),
        SelfPurchase::Alias => {
            let bought = mailbox(email);
            addresses.split('|').any(|own| mailbox(own) == bought)
        }
    }
}

/// The mailbox that an address reaches: without what follows a `+`, and at Gmail, which has two names, without dots.
fn mailbox(address: &str) -> Cow<'_, str> {
    let Some((name, host)) = address.rsplit_once('@') else { return address.into() };
    let name = name.split('+').next().unwrap_or_default();
    match host {
        "gmail.com" | "googlemail.com" => format!("{}@gmail.com", name.replace('.', "")).into(),
        host => format!("{name}@{host}").into(),
    }
}
