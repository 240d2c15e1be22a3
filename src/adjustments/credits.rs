//! The orders that people gave to creators, for the reconciliation.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::facts::{Credit, Credits};
use crate::store::{Row, Store};

/// The credits of a program that were approved and booked by `as_of` (microseconds since 1970). Of several that give one
/// order, the one that was booked last counts.
pub async fn credits(store: &Store, program: &str, as_of: i64) -> Result<Credits> {
    let sql = "SELECT p.subject, l.creator_id, p.proposal_id FROM proposals p \
               JOIN proposal_lines l ON l.program = p.program AND l.proposal_id = p.proposal_id \
               JOIN entries e ON e.program = p.program AND e.subject = p.proposal_id AND e.kind = 'accepted' \
               WHERE p.program = $1 AND p.kind = 'credit' AND e.booked_at <= $2 ORDER BY e.booked_at, e.entry";
    let credit = |row: &Row| -> Result<(String, Credit)> {
        let [order_id, creator_id, credit_id] = [row.text(0)?, row.text(1)?, row.text(2)?].map(str::to_owned);
        Ok((order_id.clone(), Credit { order_id, creator_id, credit_id }))
    };
    let rows = store.rows(sql, &[program.into(), as_of.into()]).await?;
    let last: BTreeMap<String, Credit> = rows.iter().map(credit).collect::<Result<_>>()?;
    Credits::new(last.into_values().collect())
}
