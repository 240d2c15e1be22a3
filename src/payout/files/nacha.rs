//! NACHA: records of 94 characters, in blocks of ten.

use anyhow::{Context, Result, ensure};
use chrono::NaiveDate;

use super::banking_days::{Banks, after};
use super::made::{Made, Occasion, fixed, sum_of};
use super::payment::Payment;
use crate::program::Ach;

/// The ids that tell files of one day apart.
const MODIFIERS: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

pub(super) fn files(ach: &Ach, occasion: &Occasion<'_>, parts: &[&[Payment]]) -> Result<Made> {
    let day = after(Banks::UnitedStates, occasion.day, ach.days).context("the calendar ends")?;
    let file = |(at, part): (usize, &&[Payment])| file(ach, occasion, day, at, part);
    Ok(Made { texts: parts.iter().enumerate().map(file).collect::<Result<_>>()?, pays_on: Some(day) })
}

fn file(ach: &Ach, occasion: &Occasion<'_>, day: NaiveDate, at: usize, payments: &[Payment]) -> Result<String> {
    let Ach { company_id, originating_routing, description, .. } = ach;
    let bank = &originating_routing[..8];
    let made = occasion.local.format("%y%m%d").to_string();
    let total = sum_of(payments)?;
    let hash = payments.iter().map(|payment| payment.payee.routing[..8].parse::<u64>()).sum::<Result<u64, _>>()?;
    let hash = hash % 10_000_000_000;
    let count = payments.len();
    let modifier = char::from(MODIFIERS[(occasion.number + at) % MODIFIERS.len()]);
    let mut records = vec![
        format!(
            "101{:>10}{:>10}{made}{}{modifier}094101{}{}{:8}",
            ach.destination_routing,
            ach.origin,
            occasion.local.format("%H%M"),
            fixed(&ach.destination_name, 23),
            fixed(&ach.company_name, 23),
            ""
        ),
        format!(
            "5220{}{}{}{}{}{made}{}   1{bank}0000001",
            fixed(&ach.company_name, 16),
            fixed(occasion.batch_id, 20),
            fixed(company_id, 10),
            ach.entry_class,
            fixed(description, 10),
            day.format("%y%m%d")
        ),
    ];
    for (number, payment) in payments.iter().enumerate() {
        let payee = &payment.payee;
        let code = if payee.is_savings { "32" } else { "22" };
        let (account, amount, id) = (fixed(&payee.account, 17), payment.paid(), fixed(&payment.payment_id, 15));
        let name = fixed(&payment.name, 22);
        records.push(format!("6{code}{}{account}{amount:010}{id}{name}  0{bank}{:07}", payee.routing, number + 1));
    }
    records.push(format!("8220{count:06}{hash:010}{:012}{total:012}{}{:19}{:6}{bank}0000001", 0, fixed(company_id, 10), "", ""));
    let blocks = (records.len() + 1).div_ceil(10);
    records.push(format!("9000001{blocks:06}{count:08}{hash:010}{:012}{total:012}{:39}", 0, ""));
    records.resize(blocks * 10, "9".repeat(94));
    for record in &records {
        ensure!(record.is_ascii() && record.len() == 94, "a record of the NACHA file has {} characters", record.chars().count());
    }
    Ok(records.join("\n") + "\n")
}
