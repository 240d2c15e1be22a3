//! Orders as a reconciliation saw them: what the last one made of those whose money moves tells why and when it moves.

use std::cmp::Ordering;

use anyhow::Result;
use polars::prelude::{DataFrame, Int64Chunked};

use super::sides::Side;
use crate::reconcile::frame::{TextColumn, i64s, texts};

/// Some of the orders of the last reconciliation, by id (see [`crate::reconcile::Reconciliation::orders`]). What an older purser did
/// not keep is null.
#[derive(Debug, Clone)]
pub struct SeenOrders(pub(super) DataFrame);

/// Orders by id.
pub(super) struct Orders<'a> {
    ids: TextColumn<'a>,
    reasons: TextColumn<'a>,
    currencies: TextColumn<'a>,
    refunds: TextColumn<'a>,
    net: &'a [i64],
    numbers: [&'a Int64Chunked; 7],
}

/// One order, as a reconciliation saw it. Times are microseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order<'a> {
    /// What became of it: a code of the vocabulary.
    pub reason: &'a str,
    pub currency: &'a str,
    pub net: i64,
    pub emptied_at: Option<i64>,
    pub disputed_since: Option<i64>,
    pub undisputed_at: Option<i64>,
    /// By which version it became what it is, and its refunds; none where an older purser kept it.
    pub history: Option<History<'a>>,
}

/// See [`crate::reconcile::Reconciliation::orders`].
#[derive(Debug, Clone, Copy)]
pub(super) struct History<'a> {
    pub version_at: i64,
    pub edited_at: i64,
    pub turned_at: i64,
    pub says: i64,
    refunds: &'a str,
}

impl<'a> Orders<'a> {
    pub(super) fn of(orders: &'a DataFrame) -> Result<Self> {
        let column = |name| texts(orders, name);
        let number = |name: &str| -> Result<_> { Ok(orders.column(name)?.as_materialized_series().i64()?) };
        Ok(Self {
            ids: column("order_id")?,
            reasons: column("reason")?,
            currencies: column("currency")?,
            refunds: column("refunds")?,
            net: i64s(orders, "net")?,
            numbers: [
                number("version_at")?,
                number("edited_at")?,
                number("turned_at")?,
                number("says")?,
                number("emptied_at")?,
                number("disputed_since")?,
                number("undisputed_at")?,
            ],
        })
    }

    /// An order; none that is not among them.
    pub(super) fn find(&self, order_id: &str) -> Option<Order<'a>> {
        let (mut low, mut high) = (0, self.ids.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.ids.get(middle).unwrap_or_default().cmp(order_id) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Some(self.order(middle)),
                Ordering::Greater => high = middle,
            }
        }
        None
    }

    fn order(&self, row: usize) -> Order<'a> {
        let [version_at, edited_at, turned_at, says, emptied_at, disputed_since, undisputed_at] =
            self.numbers.map(|column| column.get(row));
        let history = version_at.map(|version_at| History {
            version_at,
            edited_at: edited_at.unwrap_or(version_at),
            turned_at: turned_at.unwrap_or(version_at),
            says: says.unwrap_or_default(),
            refunds: Side::text(self.refunds, row),
        });
        let [reason, currency] = [self.reasons, self.currencies].map(|column| Side::text(column, row));
        Order { reason, currency, net: self.net[row], emptied_at, disputed_since, undisputed_at, history }
    }
}

impl Order<'_> {
    /// Whether it is paid and not a test: else it earns nothing.
    pub(super) fn is_paid(&self) -> bool {
        !matches!(self.reason, "cancelled" | "test" | "unpaid")
    }

    /// Whether somebody gets credit for it.
    pub(super) fn is_attributed(&self) -> bool {
        matches!(self.reason, "link" | "code" | "lock" | "credit")
    }
}

/// What became of an order's refunds and lost disputes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refunds {
    /// They are the same.
    Same,
    /// Some are new: when the latest of them was.
    New(i64),
    /// None is new, but some are gone.
    Gone,
}

impl History<'_> {
    /// Each refund, the latest first.
    fn refunds(&self) -> impl Iterator<Item = (i64, &str)> {
        self.refunds.rsplit(' ').filter_map(|refund| {
            let (at, amount) = refund.split_once(':')?;
            Some((at.parse().ok()?, amount))
        })
    }

    /// When the latest refund was that counts.
    pub(super) fn latest_refund(&self) -> Option<i64> {
        self.refunds().next().map(|(at, _)| at)
    }

    /// What became of the refunds since.
    pub(super) fn refunds_since(&self, then: &Self) -> Refunds {
        if self.refunds == then.refunds {
            return Refunds::Same;
        }
        let mut known: Vec<(i64, &str)> = then.refunds().collect();
        for refund in self.refunds() {
            match known.iter().position(|one| *one == refund) {
                Some(place) => drop(known.swap_remove(place)),
                None => return Refunds::New(refund.0),
            }
        }
        Refunds::Gone
    }
}
