//! The kept texts of program files.

use anyhow::Result;

use super::check::Check;
use super::findings::{Findings, Found};
use crate::store::Tx;

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
            return Ok(format!("{texts} texts"));
        }
    }
}
