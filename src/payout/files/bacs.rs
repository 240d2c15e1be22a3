//! BACS Standard 18: labels of 80 characters around payments of 100, all of one day.

use anyhow::{Context, Result, ensure};
use chrono::NaiveDate;

use super::banking_days::{Banks, after};
use super::made::{Made, Occasion, fixed, sum_of};
use super::payment::{Payment, coded};
use crate::program::Bacs;

pub(super) fn files(bacs: &Bacs, occasion: &Occasion<'_>, parts: &[&[Payment]]) -> Result<Made> {
    let day = after(Banks::England, occasion.day, bacs.days).context("the calendar ends")?;
    let file = |(at, part): (usize, &&[Payment])| file(bacs, occasion, day, at, part);
    Ok(Made { texts: parts.iter().enumerate().map(file).collect::<Result<_>>()?, pays_on: Some(day) })
}

fn file(bacs: &Bacs, occasion: &Occasion<'_>, day: NaiveDate, at: usize, payments: &[Payment]) -> Result<String> {
    let Bacs { company_name, service_user_number: user, sort_code, account, .. } = bacs;
    let serial = &coded('V', &[occasion.batch_id, "bacs", &at.to_string()])[..6];
    let (made, processed) = (occasion.local.date().format("%y%j"), day.format("%y%j"));
    // Until when the file is kept: a week after it is processed.
    let kept = day.checked_add_days(chrono::Days::new(7)).context("the calendar ends")?.format("%y%j").to_string();
    let total = sum_of(payments)?;
    let count = payments.len();
    let number = at + 1;
    let first = |label: &str, blocks: usize| {
        format!("{label}1A{user}S  1{user}{serial}00010001{:6} {made} {kept} {blocks:06}{:20}", "", "")
    };
    let second = |label: &str| format!("{label}2F0200000100{:35}00{:28}", "", "");
    // Twenty records of 100 characters to a block.
    let blocks = (count + 1).div_ceil(20);
    let mut labels = vec![
        format!("VOL1{serial}{:31}{user}{:32}1", "", ""),
        first("HDR", 0),
        second("HDR"),
        format!("UHL1 {processed}999999    000000001 DAILY  {number:03}{:40}", ""),
    ];
    let mut records = Vec::with_capacity(count + 1);
    for payment in payments {
        let (payee, amount) = (&payment.payee, payment.paid());
        records.push(format!(
            "{}{}099{sort_code}{account}    {amount:011}{}{}{}",
            payee.routing,
            payee.account,
            fixed(company_name, 18),
            fixed(&payment.payment_id, 18),
            fixed(&payment.name, 18)
        ));
    }
    // What takes the sum from the payer.
    records.push(format!(
        "{sort_code}{account}017{sort_code}{account}    {total:011}{}{}{}",
        fixed(&coded('B', &[occasion.batch_id]), 18),
        fixed("CONTRA", 18),
        fixed(company_name, 18)
    ));
    let ends = [first("EOF", blocks), second("EOF"), format!("UTL1{total:013}{total:013}{:07}{count:07}{:36}", 1, "")];
    for (record, length) in labels.iter().chain(&ends).map(|label| (label, 80)).chain(records.iter().map(|record| (record, 100)))
    {
        let is_sound = record.is_ascii() && record.len() == length;
        ensure!(is_sound, "a record of the BACS file has {} characters, not {length}", record.chars().count());
    }
    labels.extend(records);
    labels.extend(ends);
    Ok(labels.join("\r\n") + "\r\n")
}
