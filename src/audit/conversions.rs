//! What payees get in other currencies: as it was signed, at the rates that the program file had then, rounded as it said.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use super::approvals::People;
use super::findings::Findings;
use crate::money::{Currency, Rate};
use crate::program::Program;
use crate::store::Tx;

/// A row of the table, with the batch's line that it converts.
struct Kept {
    creator_id: String,
    currency: String,
    rate: String,
    source: String,
    amount: i64,
    line: Option<i64>,
}

/// Compares what is kept of each batch with its last signature, and computes it again.
pub(super) async fn compare<'a>(
    tx: &mut Tx,
    program: &str,
    batches: impl Iterator<Item = (&'a String, &'a People)>,
    findings: &mut Findings,
) -> Result<()> {
    let mut kept = read(tx, program).await?;
    for (batch, people) in batches {
        let rows = kept.remove(batch).unwrap_or_default();
        let signed = people.payees.split_once(' ').map_or("", |(_, rates)| rates);
        findings.differs(|| format!("batch {batch}: the exchange rates that were signed"), digest(&rows), signed.to_owned());
        if rows.is_empty() {
            continue;
        }
        let text = tx.rows("SELECT body FROM program_texts WHERE hash = $1", &[people.text.as_str().into()]).await?;
        let text = text.first().map(|row| row.text(0)).transpose()?;
        // A text that is gone, or another, is found by the check of these texts.
        let Some(rules) = text.and_then(|text| Program::parse(program, text, Path::new("/")).ok()) else { continue };
        for row in &rows {
            let expected = again(&rules, row);
            let shown = format!("{} minor units of {} at {} ({})", row.amount, row.currency, row.rate, row.source);
            let Some(expected) = expected else {
                findings.add(|| {
                    format!("batch {batch}: {} gets {shown}, which does not follow from the program file", row.creator_id)
                });
                continue;
            };
            findings.differs(|| format!("batch {batch}: what {} gets", row.creator_id), shown, expected);
        }
    }
    for batch in kept.keys() {
        findings.add(|| format!("exchange rates of batch {batch} are kept, but nobody signed any"));
    }
    Ok(())
}

async fn read(tx: &mut Tx, program: &str) -> Result<BTreeMap<String, Vec<Kept>>> {
    let sql = "SELECT c.batch_id, c.creator_id, c.currency, c.rate, c.source, c.amount, l.amount FROM batch_conversions c \
               LEFT JOIN batch_lines l ON l.program = c.program AND l.batch_id = c.batch_id AND l.creator_id = c.creator_id \
               WHERE c.program = $1 ORDER BY c.batch_id, c.creator_id";
    let mut kept: BTreeMap<String, Vec<Kept>> = BTreeMap::new();
    for row in tx.rows(sql, &[program.into()]).await? {
        let text = |column: usize| row.text(column).map(str::to_owned);
        let (creator_id, currency, rate, source) = (text(1)?, text(2)?, text(3)?, text(4)?);
        let one = Kept { creator_id, currency, rate, source, amount: row.int(5)?, line: row.optional_int(6)? };
        kept.entry(text(0)?).or_default().push(one);
    }
    Ok(kept)
}

/// The hash of what is kept of a batch, by creator; empty where that is nothing.
fn digest(rows: &[Kept]) -> String {
    let mut hasher = blake3::Hasher::new();
    for Kept { creator_id, currency, rate, source, amount, .. } in rows {
        for text in [creator_id, currency, rate, source, &amount.to_string()] {
            hasher.update(text.as_bytes()).update(b"\0");
        }
    }
    if rows.is_empty() { String::new() } else { hasher.finalize().to_hex().to_string() }
}

/// What a creator gets by the program file, in the words of what is kept; none where it has no such rate, or the batch no such line.
fn again(rules: &Program, row: &Kept) -> Option<String> {
    let currency = Currency::parse(&row.currency).ok()?;
    let known = rules.payout.exchange_rates.of(currency)?;
    let amount = converted(row.line?, known.rate, rules.currency, currency, rules)?;
    Some(format!("{amount} minor units of {currency} at {} ({})", known.rate, known.source))
}

/// An amount at a rate, as one fraction: minor units, times the rate, times ten for each decimal more.
fn converted(minor: i64, rate: Rate, from: Currency, to: Currency, rules: &Program) -> Option<i128> {
    let (numerator, scale) = rate.fraction();
    let product = i128::from(minor).checked_mul(numerator)?.checked_mul(10i128.checked_pow(to.exponent())?)?;
    let whole = 10i128.checked_pow(scale.checked_add(from.exponent())?)?;
    Some(rules.commission.rounding.divide(product, whole))
}
