use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use crate::error::{Conflict, NotFound};
use crate::ledger::summed_balances;
use crate::money::{Money, Overflow};
use crate::program::Program;
use crate::store::Tx;
use crate::vocabulary::closest;

/// What the last posted reconciliation knows of what a proposal may name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The creators of the facts that it read.
    pub creators: BTreeSet<String>,
    /// The order of a credit or of its withdrawal, if it saw that.
    pub order: Option<KnownOrder>,
    /// Until when the ledger has seen what happened (microseconds since 1970): the time of the last reconciliation.
    pub seen_until: Option<i64>,
}

/// What the order of a credit pays, before and after a credit of it, or the withdrawal of one, is approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownOrder {
    /// Its id.
    pub order_id: String,
    /// What became of it, such as "attributed (link)".
    pub outcome: String,
    /// What each creator has of it now.
    pub now: Vec<Worth>,
    /// What each creator has of it after that.
    pub then: Vec<Worth>,
    /// What becomes of it then.
    pub outcome_then: String,
}

/// What an order pays a creator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worth {
    /// The creator.
    pub creator_id: String,
    /// Base and commission, with a bonus for a new customer, in minor units.
    pub base: i64,
    /// See there.
    pub commission: i64,
}

impl Known {
    /// With everybody who has a balance in the ledger, too.
    pub(super) async fn with_balances(&self, tx: &mut Tx, program: &str) -> Result<BTreeSet<String>> {
        let mut creators = self.creators.clone();
        creators.extend(summed_balances(tx, program).await?.into_keys());
        Ok(creators)
    }
}

/// Refuses a credit by which nobody would be paid, or nothing would change.
pub(super) fn check_credit(program: &Program, known: &Known, order_id: &str, creator_id: &str) -> Result<()> {
    check_creator(program, &known.creators, creator_id)?;
    let order = known.order.as_ref().with_context(|| {
        NotFound(format!(
            "order {order_id} was not in the last reconciliation of {}; only orders included in it can be attributed manually",
            program.id
        ))
    })?;
    let (outcome, then) = (&order.outcome, &order.outcome_then);
    if order.then.is_empty() {
        bail!(Conflict(format!("order {order_id} would be {then}, so crediting it would pay nobody; nothing was changed")));
    }
    if order.then == order.now {
        let sum = order.now.iter().try_fold(0i64, |sum, worth| sum.checked_add(worth.commission)).ok_or(Overflow)?;
        let sum = Money::from_minor(sum, program.currency);
        bail!(Conflict(format!(
            "crediting order {order_id} to {creator_id} would change nothing: it is {outcome} and already pays {sum} to {creator_id}"
        )));
    }
    Ok(())
}

/// Refuses an id that neither the facts nor the ledger know.
///
/// # Errors
///
/// When it is so; names the one that was probably meant.
pub async fn refuse_unknown(tx: &mut Tx, program: &Program, known: &Known, creator_id: &str) -> Result<()> {
    check_creator(program, &known.with_balances(tx, &program.id).await?, creator_id)
}

/// Refuses an id that nobody has, and names the one that was probably meant.
pub(super) fn check_creator(program: &Program, known: &BTreeSet<String>, creator_id: &str) -> Result<()> {
    if known.contains(creator_id) {
        return Ok(());
    }
    let nearest = closest(known, creator_id).map(|nearest| format!("; the closest id is {nearest}")).unwrap_or_default();
    bail!(NotFound(format!("the program {} has no creator \"{creator_id}\"{nearest}", program.id)))
}
