use std::collections::BTreeMap;

use anyhow::{Result, bail};

use crate::store::Row;

/// Where the money of a batch's line is, as the line's transfers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineState {
    /// Set aside for the payment.
    Reserved,
    /// Paid.
    Paid,
    /// The payment failed; the money went back to payable.
    Failed,
    /// The payment was made and came back; so did the money, to payable.
    Returned,
    /// The batch was rejected or voided; the money went back to payable.
    Released,
}

impl LineState {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Returned => "returned",
            Self::Released => "released",
        }
    }

    fn after(source: &str, target: &str, why: &str) -> Result<Self> {
        Ok(match (source, target, why) {
            ("payable", "reserved", _) => Self::Reserved,
            ("clearing", "cash", _) => Self::Paid,
            ("clearing", "payable", _) => Self::Returned,
            ("reserved", "payable", "failed") => Self::Failed,
            ("reserved", "payable", _) => Self::Released,
            _ => bail!("the last transfer of a batch's line goes from {source} to {target}, which none does; verify the ledger"),
        })
    }
}

/// The transfers of a batch, by creator and revision.
pub(super) const TRANSFERS: &str = "SELECT creator_id, source, target, why FROM transfers \
     WHERE program = $1 AND kind = 'batch' AND order_id = $2 ORDER BY creator_id, revision";

/// The state of each creator's line, from the rows of [`TRANSFERS`]: what the last one of each says.
pub(super) fn line_states(rows: &[Row]) -> Result<BTreeMap<String, LineState>> {
    let mut last: BTreeMap<&str, &Row> = BTreeMap::new();
    for row in rows {
        last.insert(row.text(0)?, row);
    }
    let state =
        |(creator, row): (&str, &Row)| Ok((creator.to_owned(), LineState::after(row.text(1)?, row.text(2)?, row.text(3)?)?));
    last.into_iter().map(state).collect()
}
