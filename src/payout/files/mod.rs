//! Payment files: what banks and payment providers take, made of a batch's lines and of payees.
//!
//! [`plan`] says whom a format pays, who is left out and why, and which names it has to rewrite. [`make`] makes the files: one function
//! for each format, of nothing but batch, payees and program file, in parts that keep the format's limits (`format.rs`). The day on
//! which banks pay is a banking day (`banking_days.rs`). What a payment is called at the bank derives from batch and creator
//! (`payment.rs`).
//!
//! To add a format: a variant of [`FileFormat`], its file here, its section in `program/rails.rs`; `PAYMENTS.md`.

mod bacs;
mod banking_days;
mod format;
mod made;
mod nacha;
mod pain001;
mod payment;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

pub use format::FileFormat;
pub use payment::{Payment, converted_sums, is_payment_id, payment_id};

use super::batch::BatchLine;
use super::conversion::{Conversion, Conversions};
use crate::calendar::{day_of, day_of_epoch};
use crate::error::Invalid;
use crate::money::{Currency, format_minor};
use crate::payees::{Payee, Payees};
use crate::program::{Program, Rails};
use made::{Made, Occasion};

/// A creator of a batch whom no payment file pays, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The creator.
    pub creator_id: String,
    /// What is missing or wrong, in words.
    pub why: String,
}

/// Whom a format pays of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The payments, by creator.
    pub payments: Vec<Payment>,
    /// What the format writes otherwise than it was given.
    pub notes: Vec<String>,
    /// Whom nobody can pay as things are.
    pub left: Vec<LeftOut>,
    /// How many are paid by other formats.
    pub elsewhere: BTreeMap<FileFormat, usize>,
}

/// Whom a format pays of these lines; creators whom an earlier file of the batch pays are nobody's concern. Without `conversions`, as
/// before there is a batch, it is not asked whether there are rates for payees in other currencies.
pub fn plan(
    program: &Program,
    batch_id: &str,
    lines: &[BatchLine],
    (payees, conversions): (&Payees, Option<&Conversions>),
    format: FileFormat,
    paid: &BTreeSet<String>,
) -> Plan {
    let mut plan = Plan::default();
    for line in lines.iter().filter(|line| !paid.contains(&line.creator_id)) {
        let creator_id = &line.creator_id;
        let conversion = conversions.and_then(|conversions| conversions.of(creator_id));
        let why = match payees.of(creator_id) {
            None => "there are no payment details".to_owned(),
            Some(payee) => match why_not(program.currency, payee, line.amount, conversion, conversions.is_some()) {
                Some(why) => why,
                None if FileFormat::of(payee.rail) != format => {
                    *plan.elsewhere.entry(FileFormat::of(payee.rail)).or_default() += 1;
                    continue;
                }
                None => match payee.rail.characters().fit(&payee.name, payee.rail.name_length()) {
                    Ok(fitted) => {
                        if fitted.is_changed {
                            plan.notes
                                .push(format!("{creator_id}: the name \"{}\" is written as \"{}\"", payee.name, fitted.text));
                        }
                        let payment_id = payment_id(batch_id, creator_id);
                        let (creator_id, payee, name) = (creator_id.clone(), payee.clone(), fitted.text);
                        let converted = conversion.map(|conversion| conversion.amount);
                        let amount = line.amount;
                        plan.payments.push(Payment { creator_id, payment_id, amount, converted, payee, name });
                        continue;
                    }
                    Err(why) => format!("the name {why}"),
                },
            },
        };
        plan.left.push(LeftOut { creator_id: creator_id.clone(), why });
    }
    plan
}

/// Why a payee cannot be paid this amount, if that is so.
fn why_not(own: Currency, payee: &Payee, amount: i64, conversion: Option<&Conversion>, asks_rates: bool) -> Option<String> {
    let most = FileFormat::of(payee.rail).most_each();
    let is_other = payee.currency != own.code();
    // Wise exchanges what leaves the account.
    let needs_rate = is_other && payee.rail != crate::payees::Rail::Wise;
    let (currency, amount) = conversion.map_or((own, amount), |conversion| (conversion.currency, conversion.amount));
    if needs_rate && conversion.is_none() {
        let why = || format!("their account is in {}, the program pays {own}, and there is no exchange rate", payee.currency);
        return asks_rates.then(why);
    }
    if amount == 0 {
        return Some(format!("what they are due comes to nothing in {currency}"));
    }
    (currency.exponent() == 2 && amount > most)
        .then(|| format!("{} carries at most {} in one payment", payee.rail, format_minor(most, 2)))
}

/// Makes the files of a format, and says on which day the bank pays, where they say so.
///
/// # Errors
///
/// When the program file does not say who pays, or a file cannot be made.
pub fn make(
    program: &Program,
    batch_id: &str,
    as_of: i64,
    format: FileFormat,
    payments: &[Payment],
) -> Result<(Vec<String>, Option<String>)> {
    let ids: BTreeSet<&str> = payments.iter().map(|payment| payment.payment_id.as_str()).collect();
    ensure!(ids.len() == payments.len(), "two payments of batch {batch_id} would be called the same at the bank");
    let day = day_of_epoch(day_of(program.time_zone, as_of)).context("the calendar ends")?;
    let time = chrono::DateTime::from_timestamp_micros(as_of).context("the calendar ends")?;
    let number = batch_id.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or(0);
    let local = time.with_timezone(&program.time_zone).naive_local();
    let occasion = Occasion { batch_id, number, as_of, local, day, currency: program.currency };
    let groups = match format {
        FileFormat::Wise => tables::by_currency(payments.to_vec(), |payment| payment.payee.currency.clone()),
        // Elsewhere a file is of one currency, too; only PayPal's may be of several.
        _ => tables::by_currency(payments.to_vec(), |payment| payment.currency(program.currency).code().to_owned()),
    };
    let parts: Vec<&[Payment]> = groups.iter().flat_map(|group| in_parts(format, group)).collect();
    let Rails { ach, sepa, bacs, paypal, wise } = &program.payout.rails;
    let Made { texts, pays_on } = match format {
        FileFormat::Nacha => {
            let needs = "company_name, company_id, originating_routing and destination_name";
            nacha::files(needed(ach.as_ref(), format, needs)?, &occasion, &parts)
        }
        FileFormat::Pain001 => pain001::files(needed(sepa.as_ref(), format, "company_name and iban")?, &occasion, &parts),
        FileFormat::Bacs => {
            let needs = "company_name, service_user_number, sort_code and account";
            bacs::files(needed(bacs.as_ref(), format, needs)?, &occasion, &parts)
        }
        FileFormat::Paypal => {
            let none = crate::program::Paypal { note: String::new() };
            tables::paypal(paypal.as_ref().unwrap_or(&none), program.currency, &parts)
        }
        FileFormat::Wise => tables::wise(needed(wise.as_ref(), format, "reference")?, &occasion, &parts),
    }?;
    Ok((texts, pays_on.map(|day| day.format("%Y-%m-%d").to_string())))
}

/// What the program file says of a rail.
fn needed<'a, T>(section: Option<&'a T>, format: FileFormat, keys: &str) -> Result<&'a T, Invalid> {
    let rail = format.rail();
    section.ok_or_else(|| {
        Invalid(format!(
            "the program file does not say who pays by {rail}: add [payout.{rail}] with {keys} (`purser validate --keys` explains them); \
             nothing was exported"
        ))
    })
}

/// Payments in parts that keep the limits of a file.
fn in_parts(format: FileFormat, payments: &[Payment]) -> Vec<&[Payment]> {
    let mut parts = Vec::new();
    let (mut start, mut sum) = (0, 0i64);
    for (at, payment) in payments.iter().enumerate() {
        let is_full = at - start == format.most_payments() || sum.saturating_add(payment.paid()) > format.most_together();
        if is_full && at > start {
            parts.push(&payments[start..at]);
            (start, sum) = (at, 0);
        }
        sum = sum.saturating_add(payment.paid());
    }
    parts.push(&payments[start..]);
    parts
}
