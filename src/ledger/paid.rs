use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result};

use crate::money::Overflow;
use crate::store::Tx;
use crate::vocabulary::Reason;

/// What an entry takes back from a creator's commissions that were paid already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TakenBack {
    /// How many transfers.
    pub transfers: i64,
    /// Minor units of the program's currency.
    pub amount: i64,
}

/// What an entry takes back from commissions that were paid already, by creator and reason.
///
/// A batch pays the whole payable balance, so a commission is paid when it became payable before a batch was drafted whose
/// line of the creator settled and did not come back.
pub async fn taken_from_paid(tx: &mut Tx, program: &str, entry: i64) -> Result<BTreeMap<(String, Reason), TakenBack>> {
    let paid_through = paid_through(tx, program).await?;
    let mut taken: BTreeMap<(String, Reason), TakenBack> = BTreeMap::new();
    if paid_through.is_empty() {
        return Ok(taken);
    }
    let sql = "SELECT t.creator_id, t.why, t.amount, (SELECT MIN(p.entry) FROM transfers p WHERE p.program = t.program \
               AND p.kind = t.kind AND p.order_id = t.order_id AND p.line_id = t.line_id AND p.creator_id = t.creator_id \
               AND p.detail = t.detail AND p.target = 'payable') FROM transfers t \
               WHERE t.program = $1 AND t.entry = $2 AND t.source = 'payable' AND t.target = 'expense'";
    for row in &tx.rows(sql, &[program.into(), entry.into()]).await? {
        let (creator, payable_since) = (row.text(0)?, row.optional_int(3)?);
        let paid = paid_through.get(creator).is_some_and(|through| payable_since.is_some_and(|since| since < *through));
        if paid {
            // A run's own entry has the latest form, which writes codes, and no person's words.
            let reason = row.text(1)?;
            let reason = Reason::parse(reason).with_context(|| format!("\"{reason}\" is no reason"))?;
            let sum = taken.entry((creator.to_owned(), reason)).or_default();
            sum.transfers += 1;
            sum.amount = sum.amount.checked_add(row.int(2)?).ok_or(Overflow)?;
        }
    }
    Ok(taken)
}

/// For each creator the entry that drafted the last batch whose payment arrived.
async fn paid_through(tx: &mut Tx, program: &str) -> Result<HashMap<String, i64>> {
    let sql = "SELECT t.creator_id, MAX(d.entry) FROM transfers t \
               JOIN transfers d ON d.program = t.program AND d.kind = 'batch' AND d.order_id = t.order_id AND d.line_id = '' \
               AND d.creator_id = t.creator_id AND d.detail = '' AND d.revision = 0 \
               WHERE t.program = $1 AND t.kind = 'batch' AND t.target = 'cash' AND NOT EXISTS \
               (SELECT 1 FROM transfers r WHERE r.program = t.program AND r.kind = 'batch' AND r.order_id = t.order_id \
               AND r.creator_id = t.creator_id AND r.source = 'cash') GROUP BY t.creator_id";
    tx.rows(sql, &[program.into()]).await?.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).collect()
}
