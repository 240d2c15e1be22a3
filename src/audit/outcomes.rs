//! The outcome that the last reconciliation of a program kept.

use anyhow::{Context, Result};

use super::check::Check;
use super::findings::{Findings, Found};
use super::shared::Audit;
use crate::calendar::format_time;
use crate::facts::blocking;
use crate::posting::{KeptOutcome, last_in as last};
use crate::store::Tx;

pub(super) async fn check(tx: &mut Tx, audit: &Audit<'_>) -> Found {
    let mut findings = Findings::default();
    let seen = read(tx, audit, &mut findings).await;
    findings.end(audit.program, Check::Outcomes, seen)
}

async fn read(tx: &mut Tx, audit: &Audit<'_>, findings: &mut Findings) -> Result<String> {
    let sql = "SELECT r.outcome, r.run_id, r.as_of, r.manifest, u.as_of, u.manifest FROM reconciled r \
               LEFT JOIN runs u ON u.program = r.program AND u.run_id = r.run_id WHERE r.program = $1";
    let rows = tx.rows(sql, &[audit.program.into()]).await?;
    let Some(row) = rows.first() else {
        let posted = tx
            .rows("SELECT entry FROM entries WHERE program = $1 AND kind = 'reconciled' LIMIT 1", &[audit.program.into()])
            .await?;
        if !posted.is_empty() {
            findings.add(|| format!("{} has reconciliations in its journal, but the last one is not recorded", audit.program));
        }
        return Ok("never reconciled".to_owned());
    };
    let (run_id, as_of, manifest) = (row.int(1)?, row.int(2)?, row.text(3)?);
    match (row.optional_int(4)?, row.optional_text(5)?) {
        (Some(of_run), read) => {
            let record = |what: &str| format!("the {what} of the last reconciliation, by run {run_id},");
            findings.differs(|| record("time"), format_time(as_of), format_time(of_run));
            findings.differs(|| record("list of facts"), manifest, read.unwrap_or_default());
        }
        (None, _) => findings.add(|| format!("the last reconciliation was by run {run_id}, of which there is no record")),
    }
    let outcome: KeptOutcome =
        serde_json::from_str(row.text(0)?).context("the record of the last reconciliation cannot be read")?;
    if !last(tx, audit.program).await?.is_some_and(|last| last.is_sealed) {
        findings.add(|| format!("the record of the last reconciliation, by run {run_id}, is not the one that was written"));
    }
    let data = audit.data.to_owned();
    for broken in blocking(move || Ok(outcome.broken(&data))).await? {
        findings.add(|| format!("the outcome of run {run_id}: {broken}"));
    }
    Ok(format!("run {run_id}, as of {}", format_time(as_of)))
}
