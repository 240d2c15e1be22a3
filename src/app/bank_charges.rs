//! What a bank's file says beside payments: fees, exchange differences, and what there is to pay from.

use std::collections::BTreeMap;

use anyhow::Result;

use super::door::admit;
use super::environment::Environment;
use crate::calendar::{day_of, format_day};
use crate::error::Invalid;
use crate::ledger::check_currency_shown;
use crate::money::{Money, parse_minor};
use crate::payout::{
    Answer, BankAmount, Charge, Charged, FundsAvailable, Outcome, Problem, StatedBalance, book_charges, note_funds, payment_id,
};
use crate::program::Program;
use crate::users::Act;
use crate::vocabulary::{BankProblem, Kind};

/// The payment that an answer is about, where it is one of ours and was sent: its batch, creator and amount in minor units.
pub(super) type Sent<'a> = (&'a str, &'a str, i64);

/// Books what the bank took for payments, by batch; what cannot be booked is added to the problems.
pub(super) async fn book<'a>(
    at: &Environment,
    program: &Program,
    who: (&str, i64),
    answers: &[Answer],
    sent: impl Fn(&Answer) -> Option<Sent<'a>>,
    problems: &mut Vec<Problem>,
) -> Result<Vec<(String, Charged)>> {
    let mut by_batch: BTreeMap<&str, Vec<Charge>> = BTreeMap::new();
    for answer in answers {
        let Some(payment) = sent(answer) else { continue };
        match charges(program, answer, payment) {
            Ok(charges) => {
                let known = by_batch.entry(payment.0).or_default();
                // A file may tell of one charge twice, as where it lists a booking and its details.
                charges.into_iter().for_each(|charge| {
                    if !known.contains(&charge) {
                        known.push(charge)
                    }
                });
            }
            Err(why) => problems.push(Problem::of(BankProblem::OtherCharge, answer, payment.1, why)),
        }
    }
    let mut booked = Vec::new();
    for (batch_id, charges) in by_batch.into_iter().filter(|(_, charges)| !charges.is_empty()) {
        let done = book_charges(&at.store, program, batch_id, &charges, who).await?;
        for (Charge { creator_id, kind, amount, .. }, before) in &done.differing {
            let [says, before] = [*amount, *before].map(|minor| Money::from_minor(minor, program.currency));
            let what = if *kind == Kind::BankFee { "the fee" } else { "the exchange difference" };
            let what =
                format!("{what} for {creator_id} in batch {batch_id} was booked as {before}, and the bank now says {says}");
            problems.push(Problem::new(BankProblem::OtherCharge, &payment_id(batch_id, creator_id), "", what));
        }
        booked.push((batch_id.to_owned(), done));
    }
    Ok(booked)
}

/// What an answer says was taken for its payment.
fn charges(program: &Program, answer: &Answer, (_, creator, amount): Sent<'_>) -> Result<Vec<Charge>, String> {
    let returned = match answer.outcome {
        Outcome::Open => return Ok(Vec::new()),
        Outcome::Paid => false,
        Outcome::Failed(_) => true,
    };
    let charge = |kind, amount| Charge { creator_id: creator.to_owned(), kind, returned, amount };
    let mut fees = 0i64;
    for fee in &answer.fees {
        fees = fees.checked_add(own(program, "fee", fee)?).ok_or("its fees come to more than can be kept")?;
    }
    let mut charges = Vec::new();
    match fees {
        0 => {}
        1.. => charges.push(charge(Kind::BankFee, fees)),
        _ => return Err(format!("the fee for {creator} is below zero; book what the bank gave back in your own accounts")),
    }
    if let (Some(debited), false) = (&answer.exchanged, returned) {
        let debited = own(program, "amount that was debited", debited)?;
        let included = if answer.fees_included { fees } else { 0 };
        let difference = debited.checked_sub(amount).and_then(|rest| rest.checked_sub(included));
        match difference.ok_or("its exchange difference is more than can be kept")? {
            0 => {}
            difference => charges.push(charge(Kind::ExchangeDifference, difference)),
        }
    }
    Ok(charges)
}

/// An amount in the program's currency; the sign by which some tables mark a cost is no part of it.
fn own(program: &Program, what: &str, said: &BankAmount) -> Result<i64, String> {
    let currency = program.currency;
    match &said.currency {
        Some(other) if other != currency.code() => {
            Err(format!("its {what} is {} {other}, and the ledger is in {currency}; book it in your own accounts", said.amount))
        }
        _ => parse_minor(said.amount.trim_start_matches('-'), currency)
            .map_err(|why| format!("its {what} \"{}\" {why}", said.amount)),
    }
}

/// Notes the balance that a statement says, where it is of the program's account and currency.
pub(super) async fn note_balance(
    at: &Environment,
    program: &Program,
    who: (&str, i64),
    stated: &StatedBalance,
    problems: &mut Vec<Problem>,
) -> Result<Option<FundsAvailable>> {
    let currency = program.currency;
    let account = program.payout.rails.sepa.as_ref().map(|sepa| sepa.iban.as_str());
    if let (Some(own), Some(other)) = (account, &stated.iban)
        && own != other
    {
        let day = format_day(stated.day);
        let what = format!("the balance of {day} is of another account than [payout.sepa] names; it was not noted");
        problems.push(Problem::new(BankProblem::OtherBalance, &day, "", what));
        return Ok(None);
    }
    let amount = match &stated.amount.currency {
        Some(other) if other != currency.code() => Err(format!("is in {other}, and the ledger is in {currency}")),
        _ => parse_minor(&stated.amount.amount, currency).map_err(|why| format!("\"{}\" {why}", stated.amount.amount)),
    };
    match amount {
        Ok(amount) => {
            let signed = if stated.is_debit { -amount } else { amount };
            note_funds(&at.store, program, (signed, stated.day), true, who).await.map(|(funds, is_new)| is_new.then_some(funds))
        }
        Err(why) => {
            let day = format_day(stated.day);
            let what = format!("the balance of {day} {why}; it was not noted");
            problems.push(Problem::new(BankProblem::OtherBalance, &day, "", what));
            Ok(None)
        }
    }
}

/// Notes the funds that somebody enters, as of a local day (days since 1970), by default that of `as_of` (microseconds since 1970). Answers
/// what is known then, and whether that was noted just now.
///
/// # Errors
///
/// When the amount cannot be read, the day lies after the clock, or nobody has that name; nothing is noted then.
pub async fn enter_funds(
    at: &Environment,
    program: &Program,
    by: &str,
    as_of: i64,
    amount: &str,
    day: Option<i32>,
) -> Result<(FundsAvailable, bool)> {
    let by = &admit(at, program, by, as_of, Act::Prepare).await?;
    check_currency_shown(&at.store, program).await?;
    let refused = |why| Invalid(format!("the amount \"{amount}\" {why}"));
    let amount = parse_minor(amount, program.currency).map_err(refused)?;
    let today = day_of(program.time_zone, as_of);
    let day = day.unwrap_or(today);
    if day > today {
        Err(Invalid(format!("{} is in the future; nothing was recorded", format_day(day))))?;
    }
    note_funds(&at.store, program, (amount, day), false, (by, as_of)).await
}
