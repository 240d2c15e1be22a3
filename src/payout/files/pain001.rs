//! ISO 20022, pain.001.001.09 or .03: SEPA credit transfers. Addresses are left out, which SEPA allows.

use std::fmt::Write;

use anyhow::{Context, Result};

use super::banking_days::{Banks, after};
use super::made::{Made, Occasion, sum_of};
use super::payment::{Payment, coded};
use crate::calendar::format_time;
use crate::money::{BankText, format_minor};
use crate::program::Sepa;

pub(super) fn files(sepa: &Sepa, occasion: &Occasion<'_>, parts: &[&[Payment]]) -> Result<Made> {
    let day = after(Banks::Euro, occasion.day, sepa.days).context("the calendar ends")?;
    let date = day.format("%Y-%m-%d").to_string();
    let file = |(at, part): (usize, &&[Payment])| file(sepa, occasion, &date, at, part);
    Ok(Made { texts: parts.iter().enumerate().map(file).collect::<Result<_>>()?, pays_on: Some(day) })
}

fn file(sepa: &Sepa, occasion: &Occasion<'_>, date: &str, at: usize, payments: &[Payment]) -> Result<String> {
    let (count, total) = (payments.len(), format_minor(sum_of(payments)?, 2));
    let message = coded('M', &[occasion.batch_id, "pain001", &at.to_string()]);
    let (version, is_new) = (sepa.version, sepa.version == "09");
    let execution = if is_new { format!("<Dt>{date}</Dt>") } else { date.to_owned() };
    let name = escaped(&sepa.company_name);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.{version}\">\n\
         <CstmrCdtTrfInitn>\n\
         <GrpHdr><MsgId>{message}</MsgId><CreDtTm>{}</CreDtTm><NbOfTxs>{count}</NbOfTxs><CtrlSum>{total}</CtrlSum>\
         <InitgPty><Nm>{name}</Nm></InitgPty></GrpHdr>\n\
         <PmtInf><PmtInfId>{message}</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>{count}</NbOfTxs><CtrlSum>{total}</CtrlSum>\
         <PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf><ReqdExctnDt>{execution}</ReqdExctnDt>\
         <Dbtr><Nm>{name}</Nm></Dbtr><DbtrAcct><Id><IBAN>{}</IBAN></Id></DbtrAcct><DbtrAgt>{}</DbtrAgt><ChrgBr>SLEV</ChrgBr>\n",
        format_time(occasion.as_of.div_euclid(1_000_000) * 1_000_000),
        sepa.iban,
        agent(&sepa.bic, is_new)
    );
    // What payees read is the batch, where it can be written; the payment's own id stands beside it anyway.
    let about = BankText::Sepa.fit(occasion.batch_id, 100).map_or_else(|_| message.clone(), |fitted| fitted.text);
    for payment in payments {
        let payee = &payment.payee;
        let bank = if payee.routing.is_empty() {
            String::new()
        } else {
            format!("<CdtrAgt>{}</CdtrAgt>", agent(&payee.routing, is_new))
        };
        writeln!(
            out,
            "<CdtTrfTxInf><PmtId><EndToEndId>{}</EndToEndId></PmtId><Amt><InstdAmt Ccy=\"EUR\">{}</InstdAmt></Amt>{bank}\
             <Cdtr><Nm>{}</Nm></Cdtr><CdtrAcct><Id><IBAN>{}</IBAN></Id></CdtrAcct><RmtInf><Ustrd>{} {}</Ustrd></RmtInf></CdtTrfTxInf>",
            payment.payment_id,
            format_minor(payment.paid(), 2),
            escaped(&payment.name),
            payee.account,
            escaped(&about),
            payment.payment_id
        )?;
    }
    out += "</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n";
    Ok(out)
}

fn agent(bic: &str, is_new: bool) -> String {
    match (bic, is_new) {
        ("", _) => "<FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId>".to_owned(),
        (bic, true) => format!("<FinInstnId><BICFI>{bic}</BICFI></FinInstnId>"),
        (bic, false) => format!("<FinInstnId><BIC>{bic}</BIC></FinInstnId>"),
    }
}

/// Of the characters that SEPA carries, none has to be written otherwise but the apostrophe within attributes, where none stands.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
