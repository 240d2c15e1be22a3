//! What is payable, or was paid, and would be another amount had nobody edited the rules or who owns what.

use std::cmp::Ordering;
use std::ops::Range;

use anyhow::Result;

use super::difference::{Difference, PostedTargets};
use super::edits::YOUNG;
use super::fees::Fees;
use super::sides::{Owed, PostedSide, Side, Standing};
use crate::reconcile::Reconciliation;
use crate::vocabulary::{Kind, Reason};

/// A target that an edit makes another one, though it is payable or was paid, or that is payable only by the edit.
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
    /// What it would be without the edit.
    pub unchanged: Standing,
    /// What it is with the edit.
    pub now: Standing,
}

/// What everybody would have earned without the edits.
pub enum Unedited<'a> {
    /// The same: nothing was edited but, perhaps, fees.
    Same,
    /// This: the facts of now under the rules and tables of before.
    Decided(&'a Reconciliation),
    /// Nobody knows, as what it was decided by is not known. What is posted stands for it.
    Unknown,
}

/// The time of a reconciliation, and what came before it.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// When it is (microseconds since 1970).
    pub as_of: i64,
    /// When the last one was.
    pub last: i64,
    /// How long commissions are on hold without the edits (microseconds), and with them.
    pub holds: [i64; 2],
}

impl Restated {
    fn key(&self) -> [&str; 5] {
        [&self.kind, &self.order_id, &self.line_id, &self.creator_id, &self.detail]
    }
}

/// What differs between `now` and what it would be without the edits, of money that is payable or was paid, or would become
/// payable at once. Refunds, late orders and the like are in both, so they restate nothing. In the order of the keys.
///
/// # Errors
///
/// When a frame lacks a column.
pub fn restated(before: &PostedTargets, unedited: &Unedited<'_>, now: &Reconciliation, at: &Moment) -> Result<Vec<Restated>> {
    let posted = PostedSide::of(&before.0)?;
    let decided = match unedited {
        Unedited::Decided(decided) => Some(Side::of(&decided.targets)?),
        Unedited::Same | Unedited::Unknown => None,
    };
    let new = Side::of(&now.targets)?;
    let fees = Fees::of(Some(&posted), &new, now);
    let mut restated = Vec::new();
    for (key, [was, decided_row, is]) in Heads::new([Some(&posted.side), decided.as_ref(), Some(&new)], unedited) {
        let now = is.map_or(Standing::NOTHING, |row| new.standing(row, at.as_of));
        let (payable, is_fee) = (was.is_some_and(|row| posted.is_payable(row)), key[0] == Kind::Fee.code());
        let unchanged = match &decided {
            _ if is_fee && !fees.may_be_edited(key[1]) => continue,
            _ if is_fee => was.filter(|row| posted.is_listed(*row)).map(|row| posted.side.standing(row, at.as_of)),
            Some(decided) => decided_row.map(|row| decided.standing(row, at.as_of)),
            None => was.map(|row| posted.side.standing(row, at.as_of)),
        };
        let unchanged = unchanged.unwrap_or(Standing::NOTHING);
        let differs = if payable { !unchanged.is_same(now) } else { unchanged.due() != now.due() };
        let made = is.map(|row| new.payable_from[row].saturating_sub(at.holds[1]));
        let made = made.or_else(|| Some(decided.as_ref()?.payable_from[decided_row?].saturating_sub(at.holds[0])));
        let is_new = was.is_none() && made.is_some_and(|at_order| is_first_seen(key[0], at_order, unchanged, at));
        if differs && !is_new {
            let [kind, order_id, line_id, creator_id, detail] = key.map(str::to_owned);
            restated.push(Restated { kind, order_id, line_id, creator_id, detail, unchanged, now });
        }
    }
    Ok(restated)
}

/// Whether a target belongs to a young order that was made since the last reconciliation. The rules of now are the first that
/// decide about it: a rate from today on restates nothing, though there be no hold. A hold that ends sooner is none of that.
fn is_first_seen(kind: &str, ordered_at: i64, unchanged: Standing, at: &Moment) -> bool {
    let is_of_order = !matches!(Kind::parse(kind), None | Some(Kind::Fee | Kind::BonusNetSales));
    let on_hold = unchanged.amount != 0 && unchanged.owed == Owed::Pending;
    is_of_order && !on_hold && ordered_at >= at.last && ordered_at > at.as_of - YOUNG
}

/// Sides that are read together, in the order of their keys: what is posted, what would be without the edits, what is now.
struct Heads<'s, 'a> {
    sides: [Option<&'s Side<'a>>; 3],
    rows: [Range<usize>; 3],
}

impl<'s, 'a> Heads<'s, 'a> {
    /// All keys; where nothing was edited, those of fees.
    fn new(sides: [Option<&'s Side<'a>>; 3], unedited: &Unedited<'_>) -> Self {
        let rows = sides.map(|side| match (side, unedited) {
            (None, _) => 0..0,
            (Some(side), Unedited::Same) => side.rows_of(Kind::Fee),
            (Some(side), _) => 0..side.height,
        });
        Self { sides, rows }
    }
}

/// A key, and the row that has it in each side.
type Found<'a> = ([&'a str; 5], [Option<usize>; 3]);

impl<'a> Iterator for Heads<'_, 'a> {
    type Item = Found<'a>;

    fn next(&mut self) -> Option<Found<'a>> {
        let mut least: Option<(&Side<'a>, usize)> = None;
        let mut found = [None; 3];
        for (n, (side, rows)) in self.sides.into_iter().zip(&self.rows).enumerate() {
            let (Some(side), false) = (side, rows.is_empty()) else { continue };
            match least.map(|(other, row)| side.compare(rows.start, other, row)) {
                Some(Ordering::Greater) => continue,
                Some(Ordering::Equal) => {}
                _ => (found, least) = ([None; 3], Some((side, rows.start))),
            }
            found[n] = Some(rows.start);
        }
        let (side, row) = least?;
        let key = side.key.map(|column| Side::text(column, row));
        for (rows, row) in self.rows.iter_mut().zip(found) {
            rows.start += usize::from(row.is_some());
        }
        Some((key, found))
    }
}

impl Difference<'_> {
    /// Says of the transfers of these targets, which come in the order of their keys, that they restate. Of fees it is said
    /// already that they changed.
    pub fn mark_restated(&mut self, restated: &[Restated]) {
        let mut rest = restated.iter().peekable();
        for transfer in &mut self.transfers {
            let [order_id, line_id, creator_id, detail] = transfer.about.key();
            let key = [transfer.about.kind.code(), order_id, line_id, creator_id, detail];
            while rest.next_if(|restated| restated.key() < key).is_some() {}
            if rest.peek().is_some_and(|restated| restated.key() == key) && transfer.about.reason != Reason::FeeChanged {
                transfer.about.reason = Reason::Restated;
            }
        }
    }
}
