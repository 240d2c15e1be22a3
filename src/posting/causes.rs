//! Why and when money moves: what happened, for each target that differs from what is posted, and the local day it belongs to.

use anyhow::{Context, Result};
use chrono_tz::Tz;

use super::fees::Fees;
use super::orders::{Order, Orders, Refunds};
use super::sides::{Owed, PostedSide, Side};
use crate::calendar::day_of;
use crate::money::Currency;
use crate::program::Table;
use crate::vocabulary::{Kind, Reason};

/// What a difference is judged by.
pub struct Circumstances {
    /// When (microseconds since 1970).
    pub as_of: i64,
    /// When the last reconciliation was, if there was one (microseconds since 1970).
    pub last: Option<i64>,
    /// Whose days.
    pub zone: Tz,
    /// What all earnings are in.
    pub currency: Currency,
    /// Whether the program file decides otherwise than at the last posting.
    pub program_changed: bool,
    /// The tables that say something else than then.
    pub changed: Vec<Table>,
}

/// What a cause is told by.
pub(super) struct Causes<'a, 's> {
    pub at: &'s Circumstances,
    pub old: Option<&'s PostedSide<'a>>,
    pub new: &'s Side<'a>,
    pub now: Orders<'a>,
    /// The orders as the last reconciliation saw them; none where there was none, or nobody knows.
    pub then: Option<Orders<'a>>,
    pub fees: Fees<'a>,
}

/// Why money moves, and the local day that it belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cause {
    pub reason: Reason,
    pub day: i32,
}

/// The kinds of targets that orders have.
const OF_ORDERS: [Kind; 5] = [Kind::BonusNewCustomer, Kind::Code, Kind::Credit, Kind::Link, Kind::Lock];

impl<'a> Causes<'a, '_> {
    /// Of a key that was not posted before.
    pub(super) fn appeared(&self, j: usize) -> Result<Cause> {
        let day = self.new.day[j];
        Ok(match self.new.kind(j)? {
            // It was another creator's.
            Kind::Fee if self.fees.is_posted(Side::text(self.new.key[1], j)) => self.today(Reason::FeeChanged),
            Kind::Fee => Cause { reason: Reason::Fee, day },
            Kind::BonusNetSales => Cause { reason: Reason::Bonus, day },
            kind => self.credited(kind, j, false)?,
        })
    }

    /// Of a key that is posted and still a target. The first that applies.
    pub(super) fn changed(&self, old: &PostedSide<'a>, i: usize, j: usize) -> Result<Cause> {
        let (kind, day) = (self.new.kind(j)?, self.new.day[j]);
        match kind {
            // It may be due anew.
            Kind::Fee if !old.is_listed(i) => {
                let known = self.at.last.map_or(i32::MIN, |last| day_of(self.at.zone, last));
                return Ok(if day > known { Cause { reason: Reason::Fee, day } } else { self.today(Reason::Fee) });
            }
            Kind::Fee => return Ok(self.today(Reason::FeeChanged)),
            Kind::BonusNetSales => {
                let reason = match self.at.program_changed {
                    _ if !old.is_listed(i) => Reason::Bonus,
                    true => Reason::Restated,
                    false => Reason::Progress,
                };
                return Ok(self.not_before(day, reason));
            }
            kind if !old.is_listed(i) => return self.credited(kind, j, true),
            _ => {}
        }
        let id = Side::text(self.new.key[1], j);
        let (now, then) = (self.order(id)?, self.seen(id));
        let has_other_rule = self.new.rule.get(j) != old.side.rule.get(i);
        let has_other_touch = self.new.touch.get(j) != old.side.touch.get(i);
        let has_other_base = self.new.base[j] != old.side.base[i];
        let is_shared_otherwise =
            creators_beside(&old.side, i, |row| old.is_listed(row)) != creators_beside(self.new, j, |_| true);
        let comes_to_more = then.map_or(has_other_base, |then| (then.net, then.currency) != (now.net, now.currency));
        let is_another = comes_to_more || has_other_rule || is_shared_otherwise || day != old.side.day[i];
        let by_lines = comes_to_more || (has_other_rule && !has_other_touch);
        let edited = is_another.then(|| self.edited(&now, then.as_ref(), by_lines)).flatten();
        let refunds = self.refunds(&now, then.as_ref(), old.side.refund_day[i]);
        Ok(match (refunds, edited) {
            (Refunds::New(at), None) => self.on(at, Reason::Refund),
            // What came last brought the present state about.
            (Refunds::New(at), Some(edited)) if at >= edited => self.on(at, Reason::Refund),
            (Refunds::Gone, None) => self.today(Reason::Refund),
            _ if self.at.program_changed && has_other_rule => self.today(Reason::Restated),
            (_, Some(at)) if is_shared_otherwise => self.on(at, Reason::Reattributed),
            (_, Some(at)) => self.on(at, Reason::OrderChanged),
            _ if is_shared_otherwise => self.today(Reason::Reattributed),
            _ if has_other_base => self.today(self.of_base(&now)),
            _ if self.at.program_changed => self.today(Reason::Restated),
            // Another rate without another file: it was agreed, the creator is of another group, or the line another thing.
            _ if has_other_rule && (self.has_changed(Table::Creators) || self.has_changed(Table::Rates)) => {
                self.today(Reason::Restated)
            }
            _ if has_other_rule => self.today(Reason::OrderChanged),
            _ => self.today(Reason::Progress),
        })
    }

    /// Of a posted key that is no target any more.
    pub(super) fn gone(&self, old: &PostedSide<'a>, i: usize) -> Result<Cause> {
        let id = Side::text(old.side.key[1], i);
        let kind = old.side.kind(i)?;
        match kind {
            Kind::Fee if self.fees.is_known(id) => return Ok(self.today(Reason::FeeChanged)),
            Kind::Fee => return Ok(self.today(Reason::Withdrawn)),
            Kind::BonusNetSales => return Ok(self.not_before(old.side.day[i], Reason::Withdrawn)),
            _ => {}
        }
        // Lines have no dates: an order that had some and now has none lost them from the facts.
        let found = self.now.find(id).filter(|now| now.reason != "no_lines");
        let Some(now) = found else { return Ok(self.today(Reason::Vanished)) };
        let then = self.seen(id);
        if !now.is_paid() {
            let turned = self.turned(&now, then.as_ref());
            return Ok(match now.emptied_at {
                Some(at) if turned.is_some_and(|turned| at < turned) => self.on(at, Reason::Refund),
                _ => self.on_or_today(turned, Reason::Cancelled),
            });
        }
        if self.at.program_changed && matches!(now.reason, "before_start" | "below_minimum" | "existing_customer") {
            return Ok(self.today(Reason::Restated));
        }
        let is_bonus = kind.is_bonus();
        let is_credited = !is_bonus && is_credited(self.new, kind, &old.side, i, |_| true);
        let comes_to_more = then.is_none_or(|then| (then.net, then.currency) != (now.net, now.currency));
        let by_lines = is_credited || comes_to_more;
        let edited = self.edited(&now, then.as_ref(), by_lines);
        // What is paid once for an order goes with the last of its base.
        let is_whole = now.is_attributed() && Side::text(old.side.key[2], i).is_empty();
        if let Refunds::New(at) = self.refunds(&now, then.as_ref(), old.side.refund_day[i])
            && is_whole
            && edited.is_none_or(|edited| at >= edited)
        {
            return Ok(self.on(at, Reason::Refund));
        }
        let reason = match now.reason {
            _ if is_bonus => Reason::Withdrawn,
            "no_fx_rate" if edited.is_none() => Reason::ExchangeChanged,
            "no_fx_rate" | "negative_amount" => Reason::OrderChanged,
            "below_minimum" if edited.is_none() => self.of_base(&now),
            "below_minimum" => Reason::OrderChanged,
            _ if is_credited => Reason::OrderChanged,
            _ => Reason::Reattributed,
        };
        Ok(self.on_or_today(edited, reason))
    }

    /// Of an amount that stays what it is, and goes on hold or off it.
    pub(super) fn moved(&self, side: &Side<'a>, row: usize, place: Owed) -> Result<Cause> {
        let id = Side::text(side.key[1], row);
        let now = if OF_ORDERS.contains(&side.kind(row)?) { self.now.find(id) } else { None };
        if place == Owed::Payable {
            let ended = now.and_then(|now| now.undisputed_at).unwrap_or_default();
            return Ok(self.on(side.payable_from[row].max(ended), Reason::Released));
        }
        let edited = |now: &Order<'_>| self.edited(now, self.seen(id).as_ref(), false);
        let since = now.and_then(|now| now.disputed_since.or_else(|| edited(&now)));
        Ok(self.on_or_today(since, Reason::HeldAgain))
    }

    /// Of what somebody is credited with who was not: for the first time, or as before it was taken back.
    fn credited(&self, kind: Kind, j: usize, was_taken_back: bool) -> Result<Cause> {
        let id = Side::text(self.new.key[1], j);
        let first = if kind.is_bonus() { Reason::Bonus } else { Reason::Sale };
        let then = match self.seen(id) {
            Some(then) if then.is_paid() => then,
            // It was not there, or earned nothing.
            then => {
                let (was_posted, is_listed) = self.posted_of(id);
                return Ok(match was_taken_back || (was_posted && !is_listed) {
                    true => self.on_or_today(self.turned(&self.order(id)?, then.as_ref()), Reason::Reinstated),
                    false if is_listed => self.today(if kind.is_bonus() { first } else { Reason::Reattributed }),
                    false => Cause { reason: first, day: self.new.day[j] },
                });
            }
        };
        let now = self.order(id)?;
        let was_credited = match self.old {
            Some(old) if !kind.is_bonus() => is_credited(&old.side, kind, self.new, j, |row| old.is_listed(row)),
            _ => false,
        };
        let by_lines = match then.reason {
            "no_lines" | "negative_amount" | "below_minimum" => true,
            _ => was_credited || (then.is_attributed() && (then.net, then.currency) != (now.net, now.currency)),
        };
        let edited = self.edited(&now, Some(&then), by_lines);
        let reason = match then.is_attributed() {
            _ if was_taken_back && was_credited => Reason::Reinstated,
            false if was_taken_back && edited.is_some() => Reason::Reinstated,
            _ if kind.is_bonus() => first,
            _ if was_credited => Reason::OrderChanged,
            is_attributed if is_attributed || was_taken_back => Reason::Reattributed,
            _ => first,
        };
        Ok(self.on_or_today(edited, reason))
    }

    /// Whether targets of an order were posted, and whether some of them are targets still.
    fn posted_of(&self, order_id: &str) -> (bool, bool) {
        let Some(old) = self.old else { return (false, false) };
        let mut rows = OF_ORDERS.into_iter().flat_map(|kind| old.side.rows_of_order(kind, order_id)).peekable();
        (rows.peek().is_some(), rows.any(|row| old.is_listed(row)))
    }

    /// When the version came that made an order another one than it was then, if one did. Lines have no time of their own: where
    /// they may be what is another, it was the version that counts.
    fn edited(&self, now: &Order<'_>, then: Option<&Order<'_>>, by_lines: bool) -> Option<i64> {
        let now = now.history?;
        let (is_later, is_edited) = match then.and_then(|then| then.history) {
            Some(then) => (now.version_at > then.version_at, now.says != then.says),
            None => (self.is_news(now.version_at), self.is_news(now.edited_at)),
        };
        // An older version that counts again is no edit: the other one is gone, or the clawback is another.
        let at = match is_later {
            true if by_lines => now.version_at,
            true if is_edited => now.edited_at,
            _ => return None,
        };
        self.unless_reruled(at)
    }

    /// When the version came by which an order is paid that was not, or the other way round, if one did.
    fn turned(&self, now: &Order<'_>, then: Option<&Order<'_>>) -> Option<i64> {
        let now = now.history?;
        let has_turned = match then {
            Some(Order { history: Some(then), .. }) => now.version_at > then.version_at && now.turned_at != then.turned_at,
            Some(_) => true,
            None => self.is_news(now.turned_at),
        };
        has_turned.then_some(now.turned_at).and_then(|at| self.unless_reruled(at))
    }

    /// A time, but for one that the last reconciliation knew of, where other rules decide than then: it was they that did it.
    fn unless_reruled(&self, at: i64) -> Option<i64> {
        Some(at).filter(|at| !self.at.program_changed || self.is_news(*at))
    }

    fn is_news(&self, at: i64) -> bool {
        self.at.last.is_none_or(|last| at >= last)
    }

    fn refunds(&self, now: &Order<'_>, then: Option<&Order<'_>>, day_then: Option<i32>) -> Refunds {
        let Some(now) = now.history else { return Refunds::Same };
        if let Some(then) = then.and_then(|then| then.history) {
            return now.refunds_since(&then);
        }
        // An older purser kept nothing but the day of the latest.
        match now.latest_refund() {
            Some(at) if Some(day_of(self.at.zone, at)) != day_then || self.is_news(at) => Refunds::New(at),
            None if day_then.is_some() => Refunds::Gone,
            _ => Refunds::Same,
        }
    }

    fn seen(&self, order_id: &str) -> Option<Order<'a>> {
        self.then.as_ref().and_then(|then| then.find(order_id))
    }

    fn order(&self, order_id: &str) -> Result<Order<'a>> {
        self.now.find(order_id).with_context(|| format!("there are targets of order {order_id}, which is not among the orders"))
    }

    /// Why an order comes to something else: another exchange rate, or another order.
    fn of_base(&self, order: &Order<'_>) -> Reason {
        let is_foreign = order.currency != self.at.currency.code();
        if is_foreign && self.has_changed(Table::Fx) { Reason::ExchangeChanged } else { Reason::OrderChanged }
    }

    fn has_changed(&self, table: Table) -> bool {
        self.at.changed.contains(&table)
    }

    fn today(&self, reason: Reason) -> Cause {
        self.on(self.at.as_of, reason)
    }

    fn on(&self, at: i64, reason: Reason) -> Cause {
        Cause { reason, day: day_of(self.at.zone, at) }
    }

    fn on_or_today(&self, at: Option<i64>, reason: Reason) -> Cause {
        self.on(at.unwrap_or(self.at.as_of), reason)
    }

    /// Today, but not before the day of what it changes: a bonus belongs to the end of its period.
    fn not_before(&self, day: i32, reason: Reason) -> Cause {
        let today = self.today(reason);
        Cause { day: today.day.max(day), ..today }
    }
}

/// Whether a side has a target of the kind, the order and the creator that a row of another side is for.
fn is_credited(side: &Side<'_>, kind: Kind, of: &Side<'_>, row: usize, counts: impl Fn(usize) -> bool) -> bool {
    let mut rows = side.rows_of_order(kind, Side::text(of.key[1], row));
    rows.any(|other| side.key[3].get(other) == of.key[3].get(row) && counts(other))
}

/// Among how many creators the line of a target is shared, itself included: they stand beside it.
fn creators_beside(side: &Side<'_>, row: usize, counts: impl Fn(usize) -> bool) -> usize {
    let is_same = |other: &usize| (0..3).all(|part| side.key[part].get(*other) == side.key[part].get(row));
    let before = (0..row).rev().take_while(is_same);
    before.chain((row..side.height).take_while(is_same)).filter(|row| counts(*row)).count()
}
