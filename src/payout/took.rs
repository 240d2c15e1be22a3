//! How long payouts took from the draft to the payment.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::money::Overflow;
use crate::store::Tx;

/// Lines of batches by creator: when they were reserved, and when they were paid for good. What was rejected or voided is left out.
const LINES: &str = "SELECT d.amount, d.effective_day, (SELECT MAX(p.effective_day) FROM transfers p WHERE p.program = d.program \
                     AND p.kind = 'batch' AND p.order_id = d.order_id AND p.creator_id = d.creator_id AND p.target = 'cash' AND NOT EXISTS \
                     (SELECT 1 FROM transfers r WHERE r.program = p.program AND r.kind = 'batch' AND r.order_id = p.order_id \
                     AND r.creator_id = p.creator_id AND r.source = 'cash')) FROM transfers d \
                     WHERE d.program = $1 AND d.kind = 'batch' AND d.target = 'reserved' AND NOT EXISTS (SELECT 1 FROM transfers x \
                     WHERE x.program = d.program AND x.kind = 'batch' AND x.order_id = d.order_id AND x.creator_id = d.creator_id \
                     AND x.why IN ('rejected', 'voided'))";

/// How much money was paid by how many days after its draft, in minor units; under none, what was not.
///
/// # Errors
///
/// When the database cannot be read, or a sum cannot be kept exactly.
pub async fn payouts_by_days(tx: &mut Tx, program: &str) -> Result<BTreeMap<Option<i64>, i64>> {
    let mut by_days: BTreeMap<Option<i64>, i64> = BTreeMap::new();
    for row in tx.rows(LINES, &[program.into()]).await? {
        let drafted = row.int(1)?;
        let sum = by_days.entry(row.optional_int(2)?.map(|paid| paid - drafted)).or_default();
        *sum = sum.checked_add(row.int(0)?).ok_or(Overflow)?;
    }
    Ok(by_days)
}
