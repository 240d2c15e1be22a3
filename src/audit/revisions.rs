//! The ids of transfers: a key and how many transfers it had before.

use anyhow::Result;

use super::check::Check;
use super::findings::{Findings, Found};
use super::shared::Audit;
use crate::store::Tx;

/// The database walks along its index of the keys and shows only what does not follow.
const BROKEN: &str = "SELECT kind, order_id, line_id, creator_id, detail, revision, entry, position, before FROM ( \
     SELECT kind, order_id, line_id, creator_id, detail, revision, entry, position, \
     LAG(revision) OVER same_key AS before, LAG(entry) OVER same_key AS entry_before, LAG(position) OVER same_key AS position_before \
     FROM transfers WHERE program = $1 \
     WINDOW same_key AS (PARTITION BY kind, order_id, line_id, creator_id, detail ORDER BY revision)) AS followed \
     WHERE revision <> COALESCE(before + 1, 0) OR entry < entry_before OR (entry = entry_before AND position < position_before) \
     ORDER BY entry, position LIMIT 1000";

pub(super) async fn check(tx: &mut Tx, audit: &Audit<'_>) -> Found {
    let mut findings = Findings::default();
    let seen = follow(tx, audit, &mut findings).await;
    findings.end(audit.program, Check::Revisions, seen)
}

async fn follow(tx: &mut Tx, audit: &Audit<'_>, findings: &mut Findings) -> Result<String> {
    for row in tx.rows(BROKEN, &[audit.program.into()]).await? {
        let key: Vec<&str> = (0..5).map(|column| row.text(column)).collect::<Result<_>>()?;
        let key: Vec<&str> = key.into_iter().filter(|part| !part.is_empty()).collect();
        let (key, revision, entry, position) = (key.join(" "), row.int(5)?, row.int(6)?, row.int(7)?);
        let expected = row.optional_int(8)?.map_or(0, |before| before.saturating_add(1));
        findings.add(|| match revision == expected {
            true => {
                format!("entry {entry}, transfer {position} ({key}): its revision {revision} was posted before the one before it")
            }
            false => format!("entry {entry}, transfer {position} ({key}): its revision is {revision}, expected {expected}"),
        });
    }
    Ok("all keys".to_owned())
}
