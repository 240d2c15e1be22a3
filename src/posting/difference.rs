//! What has to change: the targets of now against those that are posted.

use std::cmp::Ordering;

use anyhow::Result;
use chrono_tz::Tz;
use polars::prelude::{BooleanChunked, DataFrame};

use crate::calendar::day_of;
use crate::reconcile::Reconciliation;
use crate::reconcile::frame::{TextColumn, column, i32s, i64s, take, texts};

/// Where a creator's money stands while it is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    /// On hold.
    Pending,
    /// Due.
    Payable,
}

/// Why money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// An order was credited.
    Sale,
    /// A bonus was earned.
    Bonus,
    /// A fee fell due.
    Fee,
    /// A refund changed what is left to earn on.
    Refund,
    /// The order was cancelled, or is no longer paid.
    Cancelled,
    /// Progress moved in the tiers, or a cap took effect.
    Progress,
    /// The order itself was edited.
    OrderChanged,
    /// Credit went to somebody else, or to nobody.
    Reattributed,
    /// A bonus or a fee is no longer owed.
    Withdrawn,
    /// The program file changed, or a table that says who owns what, and what was decided by it with them.
    Restated,
    /// The hold ended.
    Released,
    /// The hold began anew.
    HeldAgain,
    /// The order, or all its lines, are no longer among the facts.
    Vanished,
}

impl Why {
    /// The word that stands in the ledger.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Bonus => "bonus",
            Self::Fee => "fee",
            Self::Refund => "refund",
            Self::Cancelled => "cancelled",
            Self::Progress => "tiers or caps",
            Self::OrderChanged => "order changed",
            Self::Reattributed => "reattributed",
            Self::Withdrawn => "withdrawn",
            Self::Restated => "restated",
            Self::Released => "released",
            Self::HeldAgain => "held again",
            Self::Vanished => "vanished",
        }
    }
}

/// A movement of money for one target key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement<'a> {
    /// The kind of target.
    pub kind: &'a str,
    /// Order, period or fee.
    pub order_id: &'a str,
    /// Line, or empty.
    pub line_id: &'a str,
    /// Whose money.
    pub creator_id: &'a str,
    /// Tells bonuses apart.
    pub detail: &'a str,
    /// How many movements the key had before this one.
    pub revision: i64,
    /// What moves.
    pub what: What,
    /// Above zero, in minor units.
    pub amount: i64,
    /// The day it belongs to.
    pub effective_day: i32,
    /// Why.
    pub why: Why,
    /// What it pays under.
    pub rule: &'a str,
    /// What it was computed from, minor units.
    pub base: i64,
    /// The evidence.
    pub touch: &'a str,
}

/// The three ways in which owed money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// It is owed now.
    Earn(Owed),
    /// It is no longer owed.
    Claw(Owed),
    /// It moves between pending and payable.
    Move(Owed, Owed),
}

/// Targets as they are posted: the columns of [`Reconciliation::targets`], then `payable` bool (the state), `listed`
/// bool (false for keys that are no target any more) and `revision` i64 (how many movements the key has had).
#[derive(Debug, Clone)]
pub struct PostedTargets(pub(super) DataFrame);

/// The result of comparing targets with what is posted.
pub struct Difference<'a> {
    /// What to post, in the order of the keys.
    pub movements: Vec<Movement<'a>>,
    /// What is posted once these are.
    pub posted: PostedTargets,
    /// Whether a movement changes what was posted as payable; the end of a hold is none.
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
    let old = before.map(Posted::of).transpose()?;
    let mut out = Collector {
        at,
        orders: texts(orders, "order_id")?,
        reasons: texts(orders, "reason")?,
        // The first time, everything moves.
        movements: Vec::with_capacity(if before.is_none() { new.height } else { 0 }),
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
                    closed.push((j, i as u32, out.gone(old, i)));
                }
                i += 1;
            }
            (Some(old), Ordering::Equal) => {
                revisions[j] = out.changed(old, i, &new, j, payable_now[j]);
                i += 1;
                j += 1;
            }
            _ => {
                revisions[j] = out.appeared(&new, j, payable_now[j]);
                j += 1;
            }
        }
    }
    let posted = PostedTargets(posted(now, payable_now, revisions, before, &closed)?);
    out.vanished.sort_unstable();
    out.vanished.dedup();
    Ok(Difference { movements: out.movements, posted, touches_payable: out.touches_payable, vanished: out.vanished })
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

    pub(super) fn text(column: TextColumn<'a>, row: usize) -> &'a str {
        column.get(row).unwrap_or_default()
    }
}

/// Targets that are posted.
pub(super) struct Posted<'a> {
    pub side: Side<'a>,
    payable: &'a BooleanChunked,
    listed: &'a BooleanChunked,
    revision: &'a [i64],
}

impl<'a> Posted<'a> {
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
    why: Why,
    /// The day it belongs to.
    day: i32,
}

struct Collector<'a, 'c> {
    at: &'c Circumstances,
    orders: TextColumn<'a>,
    reasons: TextColumn<'a>,
    movements: Vec<Movement<'a>>,
    touches_payable: bool,
    vanished: Vec<&'a str>,
}

impl<'a> Collector<'a, '_> {
    /// A key that was not posted before.
    fn appeared(&mut self, new: &Side<'a>, j: usize, payable: bool) -> i64 {
        let why = match Side::text(new.key[0], j) {
            "fee" => Why::Fee,
            kind if kind.starts_with("bonus") => Why::Bonus,
            _ => Why::Sale,
        };
        let place = owed(payable);
        self.settle(new, j, 0, Change { before: (0, place), after: (new.commission[j], place), why, day: new.day[j] })
    }

    /// A key that is posted and still a target.
    fn changed(&mut self, old: &Posted<'a>, i: usize, new: &Side<'a>, j: usize, payable: bool) -> i64 {
        let before = (old.side.commission[i], old.owed(i));
        let after = (new.commission[j], owed(payable));
        let revision = old.revision[i];
        if before == after {
            return revision;
        }
        self.touches_payable |= old.is_payable(i);
        if !old.listed.get(i).unwrap_or(true) {
            return self.settle(new, j, revision, Change { before, after, why: Why::Reattributed, day: new.day[j] });
        }
        let refunded = new.refund_day[j] != old.side.refund_day[i];
        let (why, day) = if refunded {
            (Why::Refund, new.refund_day[j].unwrap_or(new.day[j]))
        } else if self.at.program_changed && new.rule.get(j) != old.side.rule.get(i) {
            (Why::Restated, new.day[j])
        } else if new.base[j] != old.side.base[i] {
            (Why::OrderChanged, new.day[j])
        } else if self.at.program_changed {
            (Why::Restated, new.day[j])
        } else {
            (Why::Progress, new.day[j])
        };
        self.settle(new, j, revision, Change { before, after, why, day })
    }

    /// A posted key that is no target any more.
    fn gone(&mut self, old: &Posted<'a>, i: usize) -> i64 {
        let before = (old.side.commission[i], old.owed(i));
        if before.0 == 0 {
            return old.revision[i];
        }
        self.touches_payable |= old.is_payable(i);
        let order_id = Side::text(old.side.key[1], i);
        let kind = Side::text(old.side.key[0], i);
        let why = match kind {
            "fee" | "bonus_net_sales" => Why::Withdrawn,
            _ => match self.reason_of(order_id) {
                // Lines have no dates: an order that had some and now has none lost them from the facts.
                None | Some("no_lines") => {
                    self.vanished.push(order_id);
                    Why::Vanished
                }
                Some("cancelled" | "test" | "unpaid") => Why::Cancelled,
                Some("before_start") if self.at.program_changed => Why::Restated,
                Some(_) if kind == "bonus_new_customer" => Why::Withdrawn,
                Some(_) => Why::Reattributed,
            },
        };
        // A bonus belongs to the end of its period; what is taken back of it does not come before it.
        let day = day_of(self.at.zone, self.at.as_of).max(old.side.day[i]);
        self.settle(&old.side, i, old.revision[i], Change { before, after: (0, before.1), why, day })
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
    fn settle(&mut self, side: &Side<'a>, row: usize, revision: i64, change: Change) -> i64 {
        let Change { before: (amount, account), after: (wanted, place), why, day } = change;
        // An amount that is not there yet, or no more, needs no account to move from.
        let account = if amount == 0 { place } else { account };
        let mut revision = revision;
        let mut push = |what: What, amount: i64, why: Why, day: i32| {
            self.movements.push(Movement {
                kind: Side::text(side.key[0], row),
                order_id: Side::text(side.key[1], row),
                line_id: Side::text(side.key[2], row),
                creator_id: Side::text(side.key[3], row),
                detail: Side::text(side.key[4], row),
                revision,
                what,
                amount,
                effective_day: day,
                why,
                rule: Side::text(side.rule, row),
                base: side.base[row],
                touch: Side::text(side.touch, row),
            });
            revision += 1;
        };
        match wanted - amount {
            0 => {}
            more if more > 0 => push(What::Earn(account), more, why, day),
            less => push(What::Claw(account), -less, why, day),
        }
        if account != place && wanted != 0 {
            let (why, day) = match place {
                Owed::Payable => (Why::Released, day_of(self.at.zone, side.payable_from[row].max(0))),
                Owed::Pending => (Why::HeldAgain, day_of(self.at.zone, self.at.as_of)),
            };
            // A negative amount moves the other way.
            let (from, to) = if wanted > 0 { (account, place) } else { (place, account) };
            push(What::Move(from, to), wanted.abs(), why, day);
        }
        revision
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
