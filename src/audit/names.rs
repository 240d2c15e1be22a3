//! Which program file each ledger belongs to, and that what has ended has ended.

use anyhow::Result;

use super::check::Check;
use super::findings::{Findings, Found};
use super::shared::Audit;
use crate::store::Tx;

pub(super) async fn check(tx: &mut Tx, audit: &Audit<'_>) -> Found {
    let mut findings = Findings::default();
    let seen = read(tx, audit.program, &mut findings).await;
    findings.end(audit.program, Check::Names, seen)
}

async fn read(tx: &mut Tx, program: &str, findings: &mut Findings) -> Result<String> {
    let sql = "SELECT entry, kind, subject FROM entries WHERE program = $1 AND kind IN ('renamed', 'retired') ORDER BY entry";
    let mut file = program.to_owned();
    let mut retired = None;
    for row in &tx.rows(sql, &[program.into()]).await? {
        let (entry, kind, subject) = (row.int(0)?, row.text(1)?, row.text(2)?);
        if let Some(end) = retired {
            findings.add(|| format!("entry {entry}: {program} was {kind}, but entry {end} had retired it"));
        }
        match kind {
            "retired" => retired = Some(entry),
            _ if subject.is_empty() => findings.add(|| format!("entry {entry}: {program} was renamed to nothing")),
            _ => subject.clone_into(&mut file),
        }
    }
    if let Some(end) = retired {
        let sql = "SELECT entry FROM entries WHERE program = $1 AND entry > $2 AND kind = 'reconciled' ORDER BY entry LIMIT 1000";
        for row in tx.rows(sql, &[program.into(), end.into()]).await? {
            let entry = row.int(0)?;
            findings.add(|| format!("entry {entry}: {program} was reconciled, but entry {end} had retired it"));
        }
    }
    // Two ledgers of one file would pay everything twice.
    let sql = "SELECT p.program FROM programs p WHERE p.program <> $1 AND (p.program = $2 OR $2 = \
               (SELECT e.subject FROM entries e WHERE e.program = p.program AND e.kind = 'renamed' ORDER BY e.entry DESC LIMIT 1)) \
               ORDER BY p.program";
    for row in tx.rows(sql, &[program.into(), file.as_str().into()]).await? {
        let other = row.text(0)?;
        findings.add(|| format!("the program file {file} belongs to the ledgers {program} and {other}"));
    }
    Ok(if retired.is_some() { format!("{file}, retired") } else { file })
}
