//! What was payable and would still be, had nobody changed the rules or who owns what.

use std::cmp::Ordering;

use anyhow::Result;

use super::difference::{Difference, Owed, PostedSide, PostedTargets, Side};
use crate::reconcile::Reconciliation;
use crate::vocabulary::Reason;

/// An amount and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Minor units of the program's currency; zero where there is no such target.
    pub amount: i64,
    /// On hold or due.
    pub owed: Owed,
}

/// A target that was payable, and that a change of the program file or of its tables makes another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restated {
    /// The kind of target.
    pub kind: String,
    /// Order, period or fee.
    pub order_id: String,
    /// Line, or empty.
    pub line_id: String,
    /// Whose it is.
    pub creator_id: String,
    /// Tells bonuses apart.
    pub detail: String,
    /// What it would be without the change.
    pub unchanged: Standing,
    /// What it is with the change.
    pub now: Standing,
}

impl Restated {
    fn key(&self) -> [&str; 5] {
        [&self.kind, &self.order_id, &self.line_id, &self.creator_id, &self.detail]
    }
}

impl Standing {
    /// Whether both are the same money: where nothing stands, its place doesn't matter.
    fn is_same(self, other: Self) -> bool {
        self.amount == other.amount && (self.amount == 0 || self.owed == other.owed)
    }
}

/// The targets posted as payable, with an amount, that differ between `now` and `counterfactual`: the facts of now under
/// the rules and tables of before. Refunds, late orders and the like are in both, so they restate nothing. In the order
/// of the keys; `as_of` (microseconds since 1970) decides what is due.
///
/// # Errors
///
/// When a frame lacks a column.
pub fn restated(
    before: &PostedTargets,
    counterfactual: &Reconciliation,
    now: &Reconciliation,
    as_of: i64,
) -> Result<Vec<Restated>> {
    let posted = PostedSide::of(&before.0)?;
    let mut counterfactual = Cursor { side: Side::of(&counterfactual.targets)?, next: 0 };
    let mut now = Cursor { side: Side::of(&now.targets)?, next: 0 };
    let mut restated = Vec::new();
    for row in (0..posted.side.height).filter(|row| posted.is_payable(*row)) {
        let (unchanged, now) = (counterfactual.at(&posted.side, row, as_of), now.at(&posted.side, row, as_of));
        if !unchanged.is_same(now) {
            let [kind, order_id, line_id, creator_id, detail] = posted.side.key.map(|column| Side::text(column, row).to_owned());
            restated.push(Restated { kind, order_id, line_id, creator_id, detail, unchanged, now });
        }
    }
    Ok(restated)
}

/// Targets that are looked up in the order of their keys.
struct Cursor<'a> {
    side: Side<'a>,
    next: usize,
}

impl Cursor<'_> {
    fn at(&mut self, keys: &Side<'_>, row: usize, as_of: i64) -> Standing {
        while self.next < self.side.height {
            match self.side.compare(self.next, keys, row) {
                Ordering::Less => self.next += 1,
                Ordering::Equal => {
                    let owed = if self.side.payable_from[self.next] <= as_of { Owed::Payable } else { Owed::Pending };
                    return Standing { amount: self.side.commission[self.next], owed };
                }
                Ordering::Greater => break,
            }
        }
        Standing { amount: 0, owed: Owed::Payable }
    }
}

impl Difference<'_> {
    /// Says of the transfers of these targets, which come in the order of their keys, that they restate.
    pub fn mark_restated(&mut self, restated: &[Restated]) {
        let mut rest = restated.iter().peekable();
        for transfer in &mut self.transfers {
            let [order_id, line_id, creator_id, detail] = transfer.about.key();
            let key = [transfer.about.kind.code(), order_id, line_id, creator_id, detail];
            while rest.next_if(|restated| restated.key() < key).is_some() {}
            if rest.peek().is_some_and(|restated| restated.key() == key) {
                transfer.about.reason = Reason::Restated;
            }
        }
    }
}
