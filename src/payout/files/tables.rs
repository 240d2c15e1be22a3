//! The tables that the pages of PayPal and Wise take.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::made::{Made, Occasion};
use super::payment::Payment;
use crate::money::{Currency, format_minor};
use crate::program::{Paypal, Wise};

/// Without a header: email, amount, currency, our id, note, wallet.
pub(super) fn paypal(paypal: &Paypal, program: Currency, parts: &[&[Payment]]) -> Result<Made> {
    let file = |part: &&[Payment]| {
        let row = |payment: &Payment| {
            let currency = payment.currency(program);
            let amount = format_minor(payment.paid(), currency.exponent());
            let (email, id) = (payment.payee.account.clone(), payment.payment_id.clone());
            vec![email, amount, currency.code().to_owned(), id, paypal.note.clone(), "PAYPAL".to_owned()]
        };
        table(part.iter().map(row))
    };
    Ok(Made { texts: parts.iter().map(file).collect::<Result<_>>()?, pays_on: None })
}

/// Payments by currency: a table is of one, and Wise's have columns by it.
pub(super) fn by_currency(payments: Vec<Payment>, currency: impl Fn(&Payment) -> String) -> Vec<Vec<Payment>> {
    let mut groups: BTreeMap<String, Vec<Payment>> = BTreeMap::new();
    for payment in payments {
        groups.entry(currency(&payment)).or_default().push(payment);
    }
    groups.into_values().collect()
}

/// Where a rate was approved, the payee gets what that comes to. Else what leaves our account is what was approved, and Wise exchanges it.
pub(super) fn wise(wise: &Wise, occasion: &Occasion<'_>, parts: &[&[Payment]]) -> Result<Made> {
    let source = occasion.currency;
    let file = |part: &&[Payment]| {
        let target = part.first().map_or("", |payment| payment.payee.currency.as_str());
        let is_british = target == "GBP";
        let mut header = vec![
            "name",
            "recipientEmail",
            "paymentReference",
            "receiverType",
            "amountCurrency",
            "amount",
            "sourceCurrency",
            "targetCurrency",
        ];
        header.extend(if is_british { &["sortCode", "accountNumber"][..] } else { &["IBAN"] });
        let row = |payment: &Payment| {
            let which = if payment.converted.is_some() { "target" } else { "source" };
            let amount = format_minor(payment.paid(), payment.currency(source).exponent());
            let payee = &payment.payee;
            let mut row = vec![&payment.name, "", &wise.reference, wise.receiver, which, &amount, source.code(), target];
            row.extend(is_british.then_some(payee.routing.as_str()));
            row.push(&payee.account);
            row.into_iter().map(str::to_owned).collect()
        };
        table(std::iter::once(header.into_iter().map(str::to_owned).collect()).chain(part.iter().map(row)))
    };
    Ok(Made { texts: parts.iter().map(file).collect::<Result<_>>()?, pays_on: None })
}

fn table(rows: impl Iterator<Item = Vec<String>>) -> Result<String> {
    let mut out = csv::WriterBuilder::new().from_writer(Vec::new());
    for row in rows {
        out.write_record(row)?;
    }
    String::from_utf8(out.into_inner().context("the table cannot be written")?).context("a table is text")
}
