//! pain.002 (the status of what was ordered) and camt.052 to 054 (what was booked).

use anyhow::{Context, Result, bail};

use super::answer::{Answer, Answers, BankAmount, Outcome, Problem, StatedBalance};
use super::xml::Element;
use crate::calendar::parse_day;
use crate::error::Invalid;
use crate::vocabulary::BankProblem;

pub(super) fn read(file: &Element) -> Result<Answers> {
    let document = file.at(&["Document"]).context(Invalid("the file is XML, but not an ISO 20022 message".to_owned()))?;
    if let Some(report) = document.at(&["CstmrPmtStsRpt"]) {
        return Ok(status_report(report));
    }
    let of_bookings = ["BkToCstmrDbtCdtNtfctn", "BkToCstmrStmt", "BkToCstmrAcctRpt"];
    match of_bookings.iter().find_map(|name| document.at(&[name])) {
        Some(message) => Ok(bookings(message)),
        None => bail!(Invalid("the file is neither pain.002 nor camt.052, 053 or 054; nothing was changed".to_owned())),
    }
}

/// What a status means. Accepted is not yet paid: only settled is.
fn meaning(status: &str, why: Option<&str>) -> Outcome {
    match status {
        "ACSC" | "ACCC" => Outcome::Paid,
        "RJCT" | "CANC" => Outcome::Failed(why.unwrap_or("no reason given").to_owned()),
        _ => Outcome::Open,
    }
}

fn status_report(report: &Element) -> Answers {
    let mut all = Answers::default();
    let mut payments = Vec::new();
    report.all("TxInfAndSts", &mut payments);
    for (at, payment) in payments.iter().enumerate() {
        let place = format!("payment {}", at + 1);
        let Some(id) = payment.said(&["OrgnlEndToEndId"]) else {
            let what = "it has no end-to-end id".to_owned();
            all.besides.push(Problem::new(BankProblem::NoPayment, "", &place, what));
            continue;
        };
        let outcome = meaning(payment.said(&["TxSts"]).unwrap_or_default(), payment.said(&["StsRsnInf", "Rsn"]));
        let amount = payment.at(&["OrgnlTxRef", "Amt", "InstdAmt"]).map(bank_amount);
        all.answers.push(Answer {
            payment_id: id.to_owned(),
            outcome,
            amount,
            fees: Vec::new(),
            fees_included: false,
            exchanged: None,
            place,
        });
    }
    if payments.is_empty() {
        let mut groups = Vec::new();
        report.all("OrgnlGrpInfAndSts", &mut groups);
        report.all("OrgnlPmtInfAndSts", &mut groups);
        for group in groups {
            let status = group.said(&["GrpSts"]).or(group.said(&["PmtInfSts"])).unwrap_or("no status");
            let message = group.said(&["OrgnlMsgId"]).or(group.said(&["OrgnlPmtInfId"])).unwrap_or("no id");
            let why = group.said(&["StsRsnInf", "Rsn"]).map(|why| format!(", {why}")).unwrap_or_default();
            let what = format!("the whole file {message} has the status {status}{why}; it names no single payment");
            all.besides.push(Problem::new(BankProblem::NoPayment, message, "", what));
        }
    }
    all
}

fn bookings(message: &Element) -> Answers {
    let mut all = Answers { balance: balance(message), ..Answers::default() };
    let mut entries = Vec::new();
    message.all("Ntry", &mut entries);
    for (at, entry) in entries.iter().enumerate() {
        let is_booked = entry.said(&["Sts"]).is_none_or(|status| status == "BOOK");
        let mut details = Vec::new();
        entry.all("TxDtls", &mut details);
        for (number, detail) in details.iter().enumerate() {
            let place = format!("entry {}, payment {}", at + 1, number + 1);
            let Some(id) = detail.said(&["Refs", "EndToEndId"]).filter(|id| *id != "NOTPROVIDED") else { continue };
            let side = detail.said(&["CdtDbtInd"]).or(entry.said(&["CdtDbtInd"])).unwrap_or_default();
            let returned = detail.at(&["RtrInf"]);
            let outcome = match (is_booked, returned, side) {
                (false, ..) => Outcome::Open,
                (true, Some(why), _) => Outcome::Failed(why.said(&["Rsn"]).unwrap_or("no reason given").to_owned()),
                (true, None, "CRDT") => Outcome::Failed("came back".to_owned()),
                (true, None, _) => Outcome::Paid,
            };
            let amount =
                detail.at(&["AmtDtls", "InstdAmt", "Amt"]).or(detail.at(&["AmtDtls", "TxAmt", "Amt"])).or(detail.at(&["Amt"]));
            let (fees, fees_included) = fees(detail, entry, details.len());
            all.answers.push(Answer {
                payment_id: id.to_owned(),
                outcome,
                amount: amount.map(bank_amount),
                fees,
                fees_included,
                exchanged: exchanged(detail),
                place,
            });
        }
    }
    all
}

fn bank_amount(element: &Element) -> BankAmount {
    BankAmount { amount: element.text.trim().to_owned(), currency: element.currency.clone() }
}

/// What was taken for a payment, and whether what was debited holds it; what stands beside a booking of one payment is that payment's.
fn fees(detail: &Element, entry: &Element, payments: usize) -> (Vec<BankAmount>, bool) {
    let beside = entry.at(&["Chrgs"]).filter(|_| payments == 1);
    let Some(charges) = detail.at(&["Chrgs"]).or(beside) else { return (Vec::new(), false) };
    let mut records = Vec::new();
    charges.all("Rcrd", &mut records);
    // Older messages have no records: there the element itself is one.
    let mut records = if records.is_empty() { vec![charges] } else { records };
    records.retain(|record| record.said(&["CdtDbtInd"]) != Some("CRDT"));
    let included = !records.is_empty() && records.iter().all(|record| record.said(&["ChrgInclInd"]) == Some("true"));
    let fees: Vec<BankAmount> = records.iter().filter_map(|record| record.at(&["Amt"])).map(bank_amount).collect();
    match charges.at(&["TtlChrgsAndTaxAmt"]) {
        Some(total) if fees.is_empty() => (vec![bank_amount(total)], included),
        _ => (fees, included),
    }
}

/// What was debited for a payment, where its amount was exchanged.
fn exchanged(detail: &Element) -> Option<BankAmount> {
    let amounts = detail.at(&["AmtDtls"])?;
    let is_exchanged = ["InstdAmt", "TxAmt", "CntrValAmt"].iter().any(|name| amounts.at(&[name, "CcyXchg"]).is_some());
    let debited = amounts.at(&["TxAmt", "Amt"]).or(detail.at(&["Amt"]))?;
    is_exchanged.then(|| bank_amount(debited))
}

/// What a statement or report says is in the account at its end: what is available rather than what is booked.
fn balance(message: &Element) -> Option<StatedBalance> {
    const KINDS: [&str; 4] = ["CLAV", "ITAV", "CLBD", "ITBD"];
    let statements = message.inside.iter().filter(|element| matches!(element.name.as_str(), "Stmt" | "Rpt"));
    let stated = statements.flat_map(|statement| {
        let iban = statement.said(&["Acct", "Id", "IBAN"]).map(str::to_owned);
        statement.inside.iter().filter(|element| element.name == "Bal").filter_map(move |balance| {
            let said = balance.said(&["Tp", "CdOrPrtry"])?;
            let kind = KINDS.iter().position(|kind| *kind == said)?;
            let day = balance.said(&["Dt", "Dt"]).or(balance.said(&["Dt", "DtTm"]))?;
            let (amount, is_debit) = (bank_amount(balance.at(&["Amt"])?), balance.said(&["CdtDbtInd"]) == Some("DBIT"));
            Some((kind, StatedBalance { amount, is_debit, day: parse_day(day.get(..10)?)?, iban: iban.clone() }))
        })
    });
    // The latest day; of one day, the first of the kinds.
    stated.min_by_key(|(kind, balance)| (std::cmp::Reverse(balance.day), *kind)).map(|(_, balance)| balance)
}
