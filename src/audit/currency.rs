//! A ledger has one currency.

use anyhow::Result;

use super::check::Check;
use super::findings::{Findings, Found};
use super::shared::Audit;
use crate::money::Currency;
use crate::runs::reconciled;
use crate::store::Tx;

/// The code of the currency that the first posting fixed, as it stands there.
pub(super) async fn fixed(tx: &mut Tx, program: &str) -> Result<Option<String>> {
    let rows = tx.rows("SELECT currency FROM programs WHERE program = $1", &[program.into()]).await?;
    rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
}

pub(super) async fn check(tx: &mut Tx, audit: &Audit<'_>) -> Found {
    let mut findings = Findings::default();
    let seen = compare(tx, audit, &mut findings).await;
    findings.end(audit.program, Check::Currency, seen)
}

async fn compare(tx: &mut Tx, audit: &Audit<'_>, findings: &mut Findings) -> Result<String> {
    let program = audit.program;
    let posted = !tx.rows("SELECT entry FROM entries WHERE program = $1 LIMIT 1", &[program.into()]).await?.is_empty();
    let code = match (fixed(tx, program).await?, posted) {
        (None, false) => return Ok("nothing is posted".to_owned()),
        (None, true) => {
            findings.add(|| format!("entries of {program} are posted, but its currency is not recorded"));
            return Ok("no currency".to_owned());
        }
        (Some(code), true) => code,
        (Some(code), false) => {
            findings.add(|| format!("the currency of {program} is recorded, which its first entry does, but it has no entries"));
            code
        }
    };
    if let Err(error) = Currency::parse(&code) {
        findings.add(|| format!("the recorded currency: {error}"));
    }
    for (run_id, figures) in reconciled(tx, program).await? {
        // A program that has not posted may still change its currency.
        if figures.head_entry > 0 {
            findings.differs(|| format!("the currency in the report of run {run_id}"), figures.currency.as_str(), code.as_str());
        }
    }
    let sql = "SELECT creator_id, month FROM statements WHERE program = $1 AND REPLACE(body, $2, '') = body ORDER BY month, creator_id LIMIT 1000";
    for row in tx.rows(sql, &[program.into(), format!("\"currency\":\"{code}\"").into()]).await? {
        let creator = row.text(0)?;
        findings.add(|| format!("a statement of {creator} is not in {code}"));
    }
    Ok(code)
}
