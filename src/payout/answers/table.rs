//! Tables of results, as PayPal's page of payouts exports them: a header with `status`, and a column that holds our ids.

use anyhow::{Context, Result, bail};

use super::answer::{Answer, Answers, BankAmount, Outcome};
use crate::error::Invalid;

/// What the column of our ids may be called.
const IDS: &[&str] =
    &["customer id", "customer_id", "unique id", "reference", "reference id", "sender item id", "sender_item_id", "payment id"];

pub(super) fn read(text: &str) -> Result<Answers> {
    let unknown = || {
        Invalid(
            "the file is neither XML, nor an ACH file, nor a table with the columns `status` and `customer id`; nothing was changed"
                .to_owned(),
        )
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().with_context(unknown)?.iter().map(|name| name.trim().to_lowercase()).collect();
    let place = |names: &[&str]| header.iter().position(|name| names.contains(&name.as_str()));
    let (Some(status), Some(id)) = (place(&["status", "transaction status", "payout status"]), place(IDS)) else {
        bail!(unknown())
    };
    let why = place(&["reason", "error", "error message", "failure reason"]);
    let amount = place(&["amount", "payment amount"]);
    let currency = place(&["currency", "currency code", "payment currency"]);
    let debited = place(&["source amount", "amount debited"]);
    let fee = place(&["fee", "fees", "fee amount", "paypal fee", "total fees", "payout fee"]);
    let fee_currency = place(&["fee currency", "source currency"]);
    let debited_in = place(&["source currency"]);
    let stated =
        |amount: &str, currency: Option<&str>| BankAmount { amount: amount.to_owned(), currency: currency.map(str::to_owned) };
    let mut all = Answers::default();
    for (at, row) in reader.records().enumerate() {
        let row = row.with_context(|| Invalid(format!("row {} is no row of a table", at + 2)))?;
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).map(str::trim).filter(|text| !text.is_empty());
        let Some(payment_id) = cell(Some(id)).map(str::to_owned) else { continue };
        let said = cell(Some(status)).unwrap_or_default().to_lowercase();
        let outcome = match said.as_str() {
            "completed" | "success" | "paid" => Outcome::Paid,
            "failed" | "denied" | "blocked" | "returned" | "refunded" | "reversed" | "canceled" | "cancelled" => {
                Outcome::Failed(cell(why).map_or(said, str::to_owned))
            }
            _ => Outcome::Open,
        };
        all.answers.push(Answer {
            payment_id,
            outcome,
            amount: cell(amount).map(|amount| stated(amount, cell(currency))),
            fees: cell(fee).map(|fee| stated(fee, cell(fee_currency))).into_iter().collect(),
            fees_included: false,
            exchanged: cell(debited).map(|debited| stated(debited, cell(debited_in))),
            place: format!("row {}", at + 2),
        });
    }
    Ok(all)
}
