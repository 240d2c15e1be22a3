use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::error::NotFound;
use crate::program::Program;
use crate::store::Tx;

/// What the last posted reconciliation knows of what a proposal may name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The creators of the facts that it read.
    pub creators: BTreeSet<String>,
    /// Whether it saw the order of a credit.
    pub order: bool,
}

impl Known {
    /// With everybody who has a balance in the ledger, too.
    pub(super) async fn with_balances(&self, tx: &mut Tx, program: &str) -> Result<BTreeSet<String>> {
        let mut creators = self.creators.clone();
        for row in tx.rows("SELECT creator_id FROM balances WHERE program = $1", &[program.into()]).await? {
            creators.insert(row.text(0)?.to_owned());
        }
        Ok(creators)
    }
}

/// Refuses an id that nobody has, and names the nearest one.
pub(super) fn check_creator(program: &Program, known: &BTreeSet<String>, creator_id: &str) -> Result<()> {
    if known.contains(creator_id) {
        return Ok(());
    }
    let nearest = known.iter().min_by_key(|known| strsim::damerau_levenshtein(known, creator_id));
    let nearest = nearest.map(|nearest| format!("; the nearest is {nearest}")).unwrap_or_default();
    bail!(NotFound(format!("the program {} has no creator \"{creator_id}\"{nearest}", program.id)))
}
