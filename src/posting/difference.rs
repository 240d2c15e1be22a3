//! What has to change: the targets of now against those that are posted.

use std::cmp::Ordering;

use anyhow::{Context, Result};
use chrono_tz::Tz;
use polars::prelude::{BooleanChunked, DataFrame};

use crate::calendar::day_of;
use crate::ledger::{Account, Particulars, Transfer};
use crate::reconcile::Reconciliation;
use crate::reconcile::frame::{TextColumn, column, i32s, i64s, take, texts};
use crate::vocabulary::{Kind, Reason};

/// The accounts on which a creator's money stands while it is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    /// On hold.
    Pending,
    /// Due.
    Payable,
}

impl Owed {
    fn account(self) -> Account {
        match self {
            Self::Pending => Account::Pending,
            Self::Payable => Account::Payable,
        }
    }
}

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
    /// Whether a transfer changes what was posted as payable; the end of a hold is none.
    pub touches_payable: bool,
    /// Orders with posted money that the facts no longer show, or show without any line; sorted.
    pub vanished: Vec<&'a str>,
}

/// What a difference is judged by.
pub struct Circumstances {
    /// When (microseconds since 1970).
    pub as_of: i64,
    /// Whose days.
    pub zone: Tz,
    /// Whether the program file's text is another than that of the last posting.
    pub program_changed: bool,
}

/// Compares the targets of now with those posted before.
pub fn difference<'a>(before: Option<&'a PostedTargets>, now: &'a Reconciliation, at: &Circumstances) -> Result<Difference<'a>> {
    let (before, orders, now) = (before.map(|before| &before.0), &now.orders, &now.targets);
    let new = Side::of(now)?;
    let payable_now: Vec<bool> = new.payable_from.iter().map(|from| *from <= at.as_of).collect();
    let old = before.map(PostedSide::of).transpose()?;
    let mut out = Collector {
        at,
        orders: texts(orders, "order_id")?,
        reasons: texts(orders, "reason")?,
        // The first time, everything moves.
        transfers: Vec::with_capacity(if before.is_none() { new.height } else { 0 }),
        touches_payable: false,
        vanished: Vec::new(),
    };
    let mut revisions = vec![0i64; new.height];
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
                    closed.push((j, i as u32, out.gone(old, i)?));
                }
                i += 1;
            }
            (Some(old), Ordering::Equal) => {
                revisions[j] = out.changed(old, i, &new, j, payable_now[j])?;
                i += 1;
                j += 1;
            }
            _ => {
                revisions[j] = out.appeared(&new, j, payable_now[j])?;
                j += 1;
            }
        }
    }
    let posted = PostedTargets(posted(now, payable_now, revisions, before, &closed)?);
    out.vanished.sort_unstable();
    out.vanished.dedup();
    Ok(Difference { transfers: out.transfers, posted, touches_payable: out.touches_payable, vanished: out.vanished })
}

/// The columns of targets.
pub(super) struct Side<'a> {
    pub height: usize,
    pub key: [TextColumn<'a>; 5],
    touch: TextColumn<'a>,
    rule: TextColumn<'a>,
    base: &'a [i64],
    pub commission: &'a [i64],
    pub payable_from: &'a [i64],
    day: &'a [i32],
    refund_day: Vec<Option<i32>>,
}

impl<'a> Side<'a> {
    pub(super) fn of(frame: &'a DataFrame) -> Result<Self> {
        let key = |name| texts(frame, name);
        Ok(Self {
            height: frame.height(),
            key: [key("kind")?, key("order_id")?, key("line_id")?, key("creator_id")?, key("detail")?],
            touch: texts(frame, "touch")?,
            rule: texts(frame, "rule")?,
            base: i64s(frame, "base")?,
            commission: i64s(frame, "commission")?,
            payable_from: i64s(frame, "payable_from")?,
            day: i32s(frame, "day")?,
            refund_day: frame.column("refund_day")?.as_materialized_series().i32()?.iter().collect(),
        })
    }

    pub(super) fn compare(&self, i: usize, other: &Side<'_>, j: usize) -> Ordering {
        let compare = |n: usize| self.key[n].get(i).cmp(&other.key[n].get(j));
        (0..5).map(compare).find(|order| *order != Ordering::Equal).unwrap_or(Ordering::Equal)
    }

    /// What a target is for.
    fn kind(&self, row: usize) -> Result<Kind> {
        let code = Side::text(self.key[0], row);
        Kind::parse(code).with_context(|| format!("a kept target is of the unknown kind \"{code}\""))
    }

    fn particulars(&self, row: usize, reason: Reason, effective_day: i32) -> Result<Particulars<&'a str>> {
        let [_, order_id, line_id, creator_id, detail] = self.key.map(|column| Side::text(column, row));
        let (rule, touch) = (Side::text(self.rule, row), Side::text(self.touch, row));
        let (kind, base) = (self.kind(row)?, self.base[row]);
        Ok(Particulars { kind, order_id, line_id, creator_id, detail, effective_day, reason, rule, base, touch })
    }

    pub(super) fn text(column: TextColumn<'a>, row: usize) -> &'a str {
        column.get(row).unwrap_or_default()
    }
}

/// Targets that are posted.
pub(super) struct PostedSide<'a> {
    pub side: Side<'a>,
    payable: &'a BooleanChunked,
    listed: &'a BooleanChunked,
    revision: &'a [i64],
}

impl<'a> PostedSide<'a> {
    pub(super) fn of(frame: &'a DataFrame) -> Result<Self> {
        let flags = |name: &str| -> Result<&'a BooleanChunked> { Ok(frame.column(name)?.as_materialized_series().bool()?) };
        Ok(Self {
            side: Side::of(frame)?,
            payable: flags("payable")?,
            listed: flags("listed")?,
            revision: i64s(frame, "revision")?,
        })
    }

    /// Whether it is due with an amount, paid since or not.
    pub(super) fn is_payable(&self, i: usize) -> bool {
        self.side.commission[i] != 0 && self.owed(i) == Owed::Payable
    }

    fn owed(&self, i: usize) -> Owed {
        owed(self.payable.get(i).unwrap_or(false))
    }
}

fn owed(payable: bool) -> Owed {
    if payable { Owed::Payable } else { Owed::Pending }
}

/// What a key comes from and goes to: an amount and the account it stands on.
struct Change {
    before: (i64, Owed),
    after: (i64, Owed),
    reason: Reason,
    /// The day it belongs to.
    day: i32,
}

struct Collector<'a, 'c> {
    at: &'c Circumstances,
    orders: TextColumn<'a>,
    reasons: TextColumn<'a>,
    transfers: Vec<Transfer<&'a str>>,
    touches_payable: bool,
    vanished: Vec<&'a str>,
}

impl<'a> Collector<'a, '_> {
    /// A key that was not posted before.
    fn appeared(&mut self, new: &Side<'a>, j: usize, payable: bool) -> Result<i64> {
        let reason = match new.kind(j)? {
            Kind::Fee => Reason::Fee,
            kind if kind.is_bonus() => Reason::Bonus,
            _ => Reason::Sale,
        };
        let place = owed(payable);
        self.settle(new, j, 0, Change { before: (0, place), after: (new.commission[j], place), reason, day: new.day[j] })
    }

    /// A key that is posted and still a target.
    fn changed(&mut self, old: &PostedSide<'a>, i: usize, new: &Side<'a>, j: usize, payable: bool) -> Result<i64> {
        let before = (old.side.commission[i], old.owed(i));
        let after = (new.commission[j], owed(payable));
        let revision = old.revision[i];
        if before == after {
            return Ok(revision);
        }
        self.touches_payable |= old.is_payable(i);
        if !old.listed.get(i).unwrap_or(true) {
            return self.settle(new, j, revision, Change { before, after, reason: Reason::Reattributed, day: new.day[j] });
        }
        let refunded = new.refund_day[j] != old.side.refund_day[i];
        let (reason, day) = if refunded {
            (Reason::Refund, new.refund_day[j].unwrap_or(new.day[j]))
        } else if self.at.program_changed && new.rule.get(j) != old.side.rule.get(i) {
            (Reason::Restated, new.day[j])
        } else if new.base[j] != old.side.base[i] {
            (Reason::OrderChanged, new.day[j])
        } else if self.at.program_changed {
            (Reason::Restated, new.day[j])
        } else {
            (Reason::Progress, new.day[j])
        };
        self.settle(new, j, revision, Change { before, after, reason, day })
    }

    /// A posted key that is no target any more.
    fn gone(&mut self, old: &PostedSide<'a>, i: usize) -> Result<i64> {
        let before = (old.side.commission[i], old.owed(i));
        if before.0 == 0 {
            return Ok(old.revision[i]);
        }
        self.touches_payable |= old.is_payable(i);
        let order_id = Side::text(old.side.key[1], i);
        let kind = old.side.kind(i)?;
        let reason = match kind {
            Kind::Fee | Kind::BonusNetSales => Reason::Withdrawn,
            _ => match self.reason_of(order_id) {
                // Lines have no dates: an order that had some and now has none lost them from the facts.
                None | Some("no_lines") => {
                    self.vanished.push(order_id);
                    Reason::Vanished
                }
                Some("cancelled" | "test" | "unpaid") => Reason::Cancelled,
                Some("before_start") if self.at.program_changed => Reason::Restated,
                Some(_) if kind == Kind::BonusNewCustomer => Reason::Withdrawn,
                Some(_) => Reason::Reattributed,
            },
        };
        // A bonus belongs to the end of its period; what is taken back of it does not come before it.
        let day = day_of(self.at.zone, self.at.as_of).max(old.side.day[i]);
        self.settle(&old.side, i, old.revision[i], Change { before, after: (0, before.1), reason, day })
    }

    /// What became of an order; none for one that the facts do not show.
    fn reason_of(&self, order_id: &str) -> Option<&'a str> {
        let (mut low, mut high) = (0, self.orders.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.orders.get(middle).unwrap_or_default().cmp(order_id) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return self.reasons.get(middle),
                Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// Pushes what takes a key from one amount and account to another; answers its new revision.
    fn settle(&mut self, side: &Side<'a>, row: usize, revision: i64, change: Change) -> Result<i64> {
        let Change { before: (amount, account), after: (wanted, place), reason, day } = change;
        // An amount that is not there yet, or no more, needs no account to move from.
        let account = if amount == 0 { place } else { account };
        let mut revision = revision;
        let mut push = |(source, target): (Account, Account), amount: i64, reason: Reason, effective_day: i32| {
            let about = side.particulars(row, reason, effective_day)?;
            self.transfers.push(Transfer { about, revision, source, target, amount });
            revision += 1;
            anyhow::Ok(())
        };
        match wanted - amount {
            0 => {}
            more if more > 0 => push((Account::Expense, account.account()), more, reason, day)?,
            less => push((account.account(), Account::Expense), -less, reason, day)?,
        }
        if account != place && wanted != 0 {
            let (reason, day) = match place {
                Owed::Payable => (Reason::Released, day_of(self.at.zone, side.payable_from[row].max(0))),
                Owed::Pending => (Reason::HeldAgain, day_of(self.at.zone, self.at.as_of)),
            };
            // A negative amount moves the other way.
            let (from, to) = if wanted > 0 { (account, place) } else { (place, account) };
            push((from.account(), to.account()), wanted.abs(), reason, day)?;
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
