//! No ledger is ahead of the clock.

use anyhow::Result;

use super::check::Check;
use super::findings::{Findings, Found};
use super::shared::Audit;
use crate::calendar::{Month, format_time};
use crate::ledger::{Dated, entries_after};
use crate::store::Tx;

pub(super) async fn check(tx: &mut Tx, audit: &Audit<'_>) -> Found {
    let mut findings = Findings::default();
    let clock = audit.clock;
    let seen = ahead(tx, audit.program, clock).await.map(|ahead| {
        for Dated { what, at } in ahead {
            findings.add(|| {
                format!("{what} is dated {}, which is in the future (the clock says {})", format_time(at), format_time(clock))
            });
        }
        format!("up to {}", format_time(clock))
    });
    findings.end(audit.program, Check::Times, seen)
}

/// What of a program's records is dated after the clock (microseconds since 1970): entries, its last reconciliation, closed
/// months, the times for which jobs were started.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn ahead(tx: &mut Tx, program: &str, clock: i64) -> Result<Vec<Dated>> {
    let mut ahead = entries_after(tx, program, clock).await?;
    let parameters = [program.into(), clock.into()];
    for row in tx.rows("SELECT as_of FROM reconciled WHERE program = $1 AND as_of > $2", &parameters).await? {
        ahead.push(Dated { what: "the last reconciliation".to_owned(), at: row.int(0)? });
    }
    let sql = "SELECT month, built_at FROM statement_months WHERE program = $1 AND built_at > $2 ORDER BY month";
    for row in tx.rows(sql, &parameters).await? {
        let month = Month::from_number(row.int(0)?)?;
        ahead.push(Dated { what: format!("the closing of {}", month.label()), at: row.int(1)? });
    }
    for row in tx.rows("SELECT job, slot FROM slots WHERE program = $1 AND slot > $2 ORDER BY slot, job", &parameters).await? {
        ahead.push(Dated { what: format!("a scheduled time of {}", row.text(0)?), at: row.int(1)? });
    }
    Ok(ahead)
}
