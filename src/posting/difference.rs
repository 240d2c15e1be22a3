//! What has to change: the targets of now against those that are posted.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use anyhow::{Context, Result};
use polars::prelude::DataFrame;

use super::causes::{Cause, Causes, Circumstances};
use super::fees::Fees;
use super::orders::{Orders, SeenOrders};
use super::sides::{Owed, PostedSide, Side, owed};
use crate::ledger::{Account, Transfer};
use crate::money::Overflow;
use crate::reconcile::Reconciliation;
use crate::reconcile::frame::{column, take};
use crate::vocabulary::{Kind, Reason};

/// Targets as they are posted: the columns of [`Reconciliation::targets`], then `payable` bool (the state), `listed`
/// bool (false for keys that are no target any more) and `revision` i64 (how many movements the key has had).
#[derive(Debug, Clone)]
pub struct PostedTargets(pub(super) DataFrame);

/// The result of comparing targets with what is posted.
pub struct Difference<'a> {
    /// What to post, in the order of the keys.
    pub transfers: Vec<Transfer<&'a str>>,
    /// What is posted once these are.
    pub posted: PostedTargets,
    /// Orders with posted money that the facts no longer show, or show without any line; sorted.
    pub vanished: Vec<&'a str>,
    /// Posted fees that the table no longer has, with what they were; sorted.
    pub vanished_fees: Vec<(&'a str, i64)>,
    /// Other orders with posted money that moves as it does where a line, a refund or a dispute is missing: a line pays nothing any
    /// more, more is left to earn on, or a hold ends sooner.
    pub suspects: BTreeSet<&'a str>,
}

/// The targets of now beside those posted before, and which keys move.
pub struct Comparison<'a> {
    as_of: i64,
    before: Option<&'a DataFrame>,
    now: &'a Reconciliation,
    old: Option<PostedSide<'a>>,
    new: Side<'a>,
    payable: Vec<bool>,
    revisions: Vec<i64>,
    /// Keys that are no target any more: before which row of now, row of before, revision.
    closed: Vec<(usize, u32, i64)>,
    moves: Vec<Move>,
}

/// A key that moves, by the rows that have it.
enum Move {
    Appeared {
        j: u32,
    },
    Changed {
        i: u32,
        j: u32,
    },
    /// By its place among the closed ones.
    Gone {
        closed: u32,
    },
}

/// Compares the targets of now, which are as of a time (microseconds since 1970), with those posted before.
pub fn compare<'a>(before: Option<&'a PostedTargets>, now: &'a Reconciliation, as_of: i64) -> Result<Comparison<'a>> {
    let before = before.map(|before| &before.0);
    let new = Side::of(&now.targets)?;
    let old = before.map(PostedSide::of).transpose()?;
    let payable: Vec<bool> = new.payable_from.iter().map(|from| *from <= as_of).collect();
    let mut revisions = vec![0i64; new.height];
    // The first time, everything moves.
    let mut moves = Vec::with_capacity(if before.is_none() { new.height } else { 0 });
    let mut closed: Vec<(usize, u32, i64)> = Vec::new();
    let (mut i, mut j) = (0, 0);
    let old_height = old.as_ref().map_or(0, |old| old.side.height);
    while i < old_height || j < new.height {
        let order = match &old {
            Some(old) if i < old_height && j < new.height => old.side.compare(i, &new, j),
            Some(_) if i < old_height => Ordering::Less,
            _ => Ordering::Greater,
        };
        match (&old, order) {
            (Some(old), Ordering::Less) => {
                if old.revision[i] > 0 {
                    if old.side.commission[i] != 0 {
                        moves.push(Move::Gone { closed: closed.len() as u32 });
                    }
                    closed.push((j, i as u32, old.revision[i]));
                }
                i += 1;
            }
            (Some(old), Ordering::Equal) => {
                if (old.side.commission[i], old.owed(i)) != (new.commission[j], owed(payable[j])) {
                    moves.push(Move::Changed { i: i as u32, j: j as u32 });
                }
                revisions[j] = old.revision[i];
                i += 1;
                j += 1;
            }
            _ => {
                if new.commission[j] != 0 {
                    moves.push(Move::Appeared { j: j as u32 });
                }
                j += 1;
            }
        }
    }
    Ok(Comparison { as_of, before, now, old, new, payable, revisions, closed, moves })
}

impl<'a> Comparison<'a> {
    /// The orders of which it has to be known how the last reconciliation saw them: those whose money moves otherwise than off
    /// hold. None where nothing was posted before.
    pub fn orders(&self) -> Result<BTreeSet<&'a str>> {
        let mut orders = BTreeSet::new();
        let Some(old) = &self.old else { return Ok(orders) };
        for moving in &self.moves {
            let (side, row) = match *moving {
                Move::Appeared { j } => (&self.new, j as usize),
                Move::Changed { i, j } => {
                    let (i, j) = (i as usize, j as usize);
                    if old.side.commission[i] == self.new.commission[j] && self.payable[j] {
                        continue;
                    }
                    (&self.new, j)
                }
                Move::Gone { closed } => (&old.side, self.closed[closed as usize].1 as usize),
            };
            if !matches!(side.kind(row)?, Kind::Fee | Kind::BonusNetSales) {
                orders.insert(Side::text(side.key[1], row));
            }
        }
        Ok(orders)
    }

    /// What has to move, why, and under which day. `seen` is how the last reconciliation saw the orders; none where nobody knows.
    pub fn difference(self, seen: Option<&'a SeenOrders>, at: &Circumstances) -> Result<Difference<'a>> {
        let Self { as_of, before, now, old, new, payable, mut revisions, mut closed, moves } = self;
        let mut out = Collector {
            causes: Causes {
                at,
                old: old.as_ref(),
                new: &new,
                now: Orders::of(&now.orders)?,
                then: seen.map(|seen| Orders::of(&seen.0)).transpose()?,
                fees: Fees::of(old.as_ref(), &new, now),
            },
            transfers: Vec::with_capacity(moves.len()),
            vanished: Vec::new(),
            vanished_fees: Vec::new(),
            suspects: BTreeSet::new(),
        };
        debug_assert_eq!(as_of, at.as_of, "they are compared as of the run");
        for moving in moves {
            match (moving, &old) {
                (Move::Appeared { j }, _) => revisions[j as usize] = out.appeared(j as usize, payable[j as usize])?,
                (Move::Changed { i, j }, Some(old)) => {
                    revisions[j as usize] = out.changed(old, i as usize, j as usize, payable[j as usize])?;
                }
                (Move::Gone { closed: place }, Some(old)) => {
                    let closed = &mut closed[place as usize];
                    closed.2 = out.gone(old, closed.1 as usize)?;
                }
                (_, None) => {}
            }
        }
        let posted = PostedTargets(posted(&now.targets, payable, revisions, before, &closed)?);
        out.vanished.sort_unstable();
        out.vanished.dedup();
        out.vanished_fees.sort_unstable();
        out.suspects.retain(|order| out.vanished.binary_search(order).is_err());
        let Collector { transfers, vanished, vanished_fees, suspects, .. } = out;
        Ok(Difference { transfers, posted, vanished, vanished_fees, suspects })
    }
}

/// What a key comes from and goes to: an amount and the account it stands on.
struct Change {
    before: (i64, Owed),
    after: (i64, Owed),
    cause: Cause,
}

struct Collector<'a, 's> {
    causes: Causes<'a, 's>,
    transfers: Vec<Transfer<&'a str>>,
    vanished: Vec<&'a str>,
    vanished_fees: Vec<(&'a str, i64)>,
    suspects: BTreeSet<&'a str>,
}

impl<'a> Collector<'a, '_> {
    /// A key that was not posted before.
    fn appeared(&mut self, j: usize, payable: bool) -> Result<i64> {
        let (new, place) = (self.causes.new, owed(payable));
        let cause = self.causes.appeared(j)?;
        self.settle(new, j, 0, Change { before: (0, place), after: (new.commission[j], place), cause })
    }

    /// A key that is posted and still a target.
    fn changed(&mut self, old: &PostedSide<'a>, i: usize, j: usize, payable: bool) -> Result<i64> {
        let new = self.causes.new;
        let before = (old.side.commission[i], old.owed(i));
        let after = (new.commission[j], owed(payable));
        let is_more = new.base[j] > old.side.base[i] || new.payable_from[j] < old.side.payable_from[i];
        if is_more && new.kind(j)?.is_commission() {
            self.suspects.insert(Side::text(new.key[1], j));
        }
        let cause = if before.0 == after.0 { self.causes.moved(new, j, after.1)? } else { self.causes.changed(old, i, j)? };
        self.settle(new, j, old.revision[i], Change { before, after, cause })
    }

    /// A posted key that is no target any more.
    fn gone(&mut self, old: &PostedSide<'a>, i: usize) -> Result<i64> {
        let before = (old.side.commission[i], old.owed(i));
        let cause = self.causes.gone(old, i)?;
        let (kind, id) = (old.side.kind(i)?, Side::text(old.side.key[1], i));
        match (kind, cause.reason) {
            (_, Reason::Vanished) => self.vanished.push(id),
            (Kind::Fee, Reason::Withdrawn) => self.vanished_fees.push((id, before.0)),
            (kind, _) if kind.is_commission() => drop(self.suspects.insert(id)),
            _ => {}
        }
        self.settle(&old.side, i, old.revision[i], Change { before, after: (0, before.1), cause })
    }

    /// Pushes what takes a key from one amount and account to another; answers its new revision.
    fn settle(&mut self, side: &Side<'a>, row: usize, revision: i64, change: Change) -> Result<i64> {
        let Change { before: (amount, account), after: (wanted, place), cause } = change;
        // An amount that is not there yet, or no more, needs no account to move from.
        let account = if amount == 0 { place } else { account };
        let mut revision = revision;
        let mut push = |(source, target): (Account, Account), amount: i64, cause: Cause| {
            let about = side.particulars(row, cause.reason, cause.day)?;
            self.transfers.push(Transfer { about, revision, source, target, amount });
            revision += 1;
            anyhow::Ok(())
        };
        // The sign says which way; neither the difference nor its size may leave 64 bits.
        let more = wanted.checked_sub(amount).ok_or(Overflow).with_context(|| side.shown(row))?;
        let size = more.checked_abs().ok_or(Overflow).with_context(|| side.shown(row))?;
        match more.cmp(&0) {
            Ordering::Equal => {}
            Ordering::Greater => push((Account::Expense, account.account()), size, cause)?,
            Ordering::Less => push((account.account(), Account::Expense), size, cause)?,
        }
        if account != place && wanted != 0 {
            // A negative amount moves the other way.
            let (from, to) = if wanted > 0 { (account, place) } else { (place, account) };
            let size = wanted.checked_abs().ok_or(Overflow).with_context(|| side.shown(row))?;
            push((from.account(), to.account()), size, self.causes.moved(side, row, place)?)?;
        }
        Ok(revision)
    }
}

/// The targets of now with their state and revisions, and between them the closed keys: `(before which row, row of the
/// old frame, revision)`.
fn posted(
    now: &DataFrame,
    payable: Vec<bool>,
    revisions: Vec<i64>,
    before: Option<&DataFrame>,
    closed: &[(usize, u32, i64)],
) -> Result<DataFrame> {
    let height = now.height();
    let mut posted = now.clone();
    posted.with_column(column("payable", payable))?;
    posted.with_column(column("listed", vec![true; height]))?;
    posted.with_column(column("revision", revisions))?;
    let Some(before) = before.filter(|_| !closed.is_empty()) else { return Ok(posted) };
    let rows: Vec<u32> = closed.iter().map(|(_, row, _)| *row).collect();
    let mut gone = take(before, &rows)?;
    gone.with_column(column("commission", vec![0i64; rows.len()]))?;
    gone.with_column(column("base", vec![0i64; rows.len()]))?;
    gone.with_column(column("listed", vec![false; rows.len()]))?;
    gone.with_column(column("revision", closed.iter().map(|(.., revision)| *revision).collect()))?;
    posted.vstack_mut_owned(gone.select(posted.get_column_names_owned())?)?;
    let mut order: Vec<u32> = Vec::with_capacity(posted.height());
    let mut next = 0;
    for j in 0..=height {
        while next < closed.len() && closed[next].0 == j {
            order.push((height + next) as u32);
            next += 1;
        }
        if j < height {
            order.push(j as u32);
        }
    }
    let mut merged = take(&posted, &order)?;
    merged.rechunk_mut();
    Ok(merged)
}
