//! Proposals: whoever made one never approves it. What their entries say is compared here too, once entries record them.

use anyhow::Result;

use super::findings::{Findings, Found};
use super::{Audit, Check};
use crate::store::Tx;

pub(super) async fn check(tx: &mut Tx, audit: &Audit<'_>) -> Found {
    let mut findings = Findings::default();
    let seen = read(tx, audit, &mut findings).await;
    findings.end(audit.program, Check::Proposals, seen)
}

async fn read(tx: &mut Tx, audit: &Audit<'_>, findings: &mut Findings) -> Result<String> {
    let sql = "SELECT proposal_id, state, proposed_by, decided_by FROM proposals WHERE program = $1 ORDER BY number";
    let rows = tx.rows(sql, &[audit.program.into()]).await?;
    for row in &rows {
        let (id, state, maker, checker) = (row.text(0)?, row.text(1)?, row.text(2)?, row.optional_text(3)?);
        if state == "approved" && checker == Some(maker) {
            findings.add(|| format!("the proposal {id} was approved by {maker}, who made it"));
        }
        if (state == "proposed") != checker.is_none() {
            let by = checker.unwrap_or("nobody");
            findings.add(|| format!("the proposal {id} is {state}, decided by {by}"));
        }
    }
    let sql = "SELECT DISTINCT l.proposal_id FROM proposal_lines l LEFT JOIN proposals p ON p.program = l.program AND p.proposal_id = l.proposal_id \
               WHERE l.program = $1 AND p.proposal_id IS NULL ORDER BY l.proposal_id LIMIT 1000";
    for row in tx.rows(sql, &[audit.program.into()]).await? {
        let id = row.text(0)?;
        findings.add(|| format!("lines of the proposal {id} are there, but no such proposal"));
    }
    Ok(format!("{} proposals", rows.len()))
}
