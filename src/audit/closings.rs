//! The months whose books are closed: by two people, each later than the one before, and with nothing booked in them since.

use anyhow::Result;

use super::check::Check;
use super::findings::{Findings, Found};
use super::shared::Audit;
use crate::adjustments::content_digest;
use crate::calendar::{Month, day_of_epoch, format_time, parse_time};
use crate::store::{Row, Tx};
use crate::vocabulary::counted;

/// How far a month's end may lie from midnight in UTC (microseconds): no zone is further from it than this.
const FROM_UTC: i64 = 26 * 3_600_000_000;

/// A closing, and the entry before it, which says that it was approved.
const CLOSINGS: &str = "SELECT c.entry, c.subject, c.facts, c.booked_at, c.actor, b.kind, b.subject, b.reason, b.actor FROM entries c \
                        LEFT JOIN entries b ON b.program = c.program AND b.entry = c.entry - 1 \
                        WHERE c.program = $1 AND c.kind = 'closed' ORDER BY c.entry";

/// Approvals of closings after which none is recorded.
const UNRECORDED: &str = "SELECT p.proposal_id, p.subject FROM proposals p WHERE p.program = $1 AND p.kind = 'closing' AND p.state = 'approved' \
                          AND NOT EXISTS (SELECT 1 FROM entries c WHERE c.program = p.program AND c.kind = 'closed' AND c.subject = p.subject) \
                          ORDER BY p.number";

pub(super) async fn check(tx: &mut Tx, audit: &Audit<'_>) -> Found {
    let mut findings = Findings::default();
    let seen = read(tx, audit.program, &mut findings).await;
    findings.end(audit.program, Check::Closings, seen)
}

async fn read(tx: &mut Tx, program: &str, findings: &mut Findings) -> Result<String> {
    let mut last: Option<Month> = None;
    let rows = tx.rows(CLOSINGS, &[program.into()]).await?;
    for row in &rows {
        let (entry, label, ends) = (row.int(0)?, row.text(1)?, row.text(2)?);
        approved(row, findings)?;
        let (Some(month), Some(ends)) = (Month::parse(label), parse_time(ends)) else {
            findings.add(|| format!("entry {entry}: it closes the books of \"{label}\", which ended at \"{ends}\""));
            continue;
        };
        if let Some(before) = last.filter(|before| *before >= month) {
            findings
                .add(|| format!("entry {entry}: the books of {label} were closed, but those of {} were before", before.label()));
        }
        last = Some(month);
        let midnight =
            day_of_epoch(month.last_day() + 1).map_or(0, |day| day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros());
        if (ends - midnight).abs() > FROM_UTC || row.int(3)? < ends {
            findings.add(|| format!("entry {entry}: the books of {label} were closed as if it ended at {}", format_time(ends)));
        }
        let sql =
            "SELECT entry, booked_at FROM entries WHERE program = $1 AND entry > $2 AND booked_at < $3 ORDER BY entry LIMIT 1000";
        for late in tx.rows(sql, &[program.into(), entry.into(), ends.into()]).await? {
            let (number, at) = (late.int(0)?, late.int(1)?);
            findings.add(|| {
                format!("entry {number}: it is booked at {}, and entry {entry} had closed the books of {label}", format_time(at))
            });
        }
    }
    for row in tx.rows(UNRECORDED, &[program.into()]).await? {
        let (id, month) = (row.text(0)?, row.text(1)?);
        findings.add(|| format!("the proposal {id} to close the books of {month} was approved, but no entry closes them"));
    }
    Ok(counted(rows.len(), "closing", "closings"))
}

/// Whether the entry before approved a proposal of this content.
fn approved(row: &Row, findings: &mut Findings) -> Result<()> {
    let (entry, label, by) = (row.int(0)?, row.text(1)?, row.text(4)?);
    let is_approved = match (row.optional_text(5)?, row.optional_text(6)?, row.optional_text(7)?, row.optional_text(8)?) {
        (Some("accepted"), Some(proposal), Some(digest), Some(approver)) => {
            digest == content_digest(proposal, "closing", label, std::iter::empty()) && approver == by
        }
        _ => false,
    };
    if !is_approved {
        findings.add(|| {
            format!("entry {entry}: the books of {label} were closed by {by}, but the entry before does not approve that")
        });
    }
    Ok(())
}
