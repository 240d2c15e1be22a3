//! The kept texts of program files.

use anyhow::Result;

use super::check::Check;
use super::findings::{Findings, Found};
use crate::store::Tx;
use crate::vocabulary::counted;

/// How many texts are in memory at a time.
const TEXTS_PER_PAGE: i64 = 100;

pub(super) async fn check(tx: &mut Tx) -> Found {
    let mut findings = Findings::default();
    let seen = read(tx, &mut findings).await;
    findings.end("", Check::ProgramTexts, seen)
}

async fn read(tx: &mut Tx, findings: &mut Findings) -> Result<String> {
    let sql = "SELECT hash, body FROM program_texts WHERE hash > $1 ORDER BY hash LIMIT $2";
    let (mut after, mut texts) = (String::new(), 0);
    loop {
        let rows = tx.rows(sql, &[after.as_str().into(), TEXTS_PER_PAGE.into()]).await?;
        for row in &rows {
            let (name, hash) = (row.text(0)?, blake3::hash(row.text(1)?.as_bytes()).to_hex());
            if hash.as_str() != name {
                findings.add(|| format!("the program text {name}: its text has the hash {hash}"));
            }
            texts += 1;
            after = name.to_owned();
        }
        if rows.is_empty() {
            break;
        }
    }
    missing(tx, findings).await?;
    Ok(counted(texts, "text", "texts"))
}

/// Texts that are named, but not there. Until schema 2 none was kept, so an entry of form 1 may name one that never was; so may
/// the record of the last reconciliation, until the next one.
async fn missing(tx: &mut Tx, findings: &mut Findings) -> Result<()> {
    let sql = "SELECT e.program, e.entry, e.program_text FROM entries e WHERE e.program_text <> '' AND e.form > 1 AND NOT EXISTS \
               (SELECT 1 FROM program_texts t WHERE t.hash = e.program_text) ORDER BY e.program, e.entry";
    for row in tx.rows(sql, &[]).await? {
        let (program, entry, hash) = (row.text(0)?, row.int(1)?, row.text(2)?);
        findings.add(|| format!("entry {entry} of {program} names the program text {hash}, which is not there"));
    }
    let sql = "SELECT r.program, r.program_text FROM reconciled r WHERE r.rules > 0 AND NOT EXISTS \
               (SELECT 1 FROM program_texts t WHERE t.hash = r.program_text) ORDER BY r.program";
    for row in tx.rows(sql, &[]).await? {
        let (program, hash) = (row.text(0)?, row.text(1)?);
        findings.add(|| format!("the last reconciliation of {program} names the program text {hash}, which is not there"));
    }
    Ok(())
}
