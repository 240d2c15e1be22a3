//! Which fees are posted, and which there are: a fee that is both and differs was edited, and a new one is news.

use std::collections::HashSet;

use super::sides::{PostedSide, Side};
use crate::reconcile::Reconciliation;
use crate::vocabulary::{ExceptionKind, Kind};

/// Fees by id.
pub(super) struct Fees<'a> {
    posted: HashSet<&'a str>,
    now: HashSet<&'a str>,
}

impl<'a> Fees<'a> {
    /// Those that are posted and not taken back, and those that the table has now, due or not.
    pub(super) fn of(posted: Option<&PostedSide<'a>>, new: &Side<'a>, now: &'a Reconciliation) -> Self {
        let id = |side: &Side<'a>, row: usize| Side::text(side.key[1], row);
        let of_posted = |posted: &PostedSide<'a>| {
            let rows = posted.side.rows_of(Kind::Fee).filter(|row| posted.is_listed(*row));
            rows.map(|row| id(&posted.side, row)).collect()
        };
        let mut known: HashSet<&str> = new.rows_of(Kind::Fee).map(|row| id(new, row)).collect();
        known.extend(now.later_fees.iter().map(String::as_str));
        let without = now.exceptions.iter().filter(|(kind, _)| *kind == ExceptionKind::FeeWithoutCreator);
        known.extend(without.map(|(_, id)| id.as_str()));
        Self { posted: posted.map(of_posted).unwrap_or_default(), now: known }
    }

    /// Whether a fee is posted.
    pub(super) fn is_posted(&self, fee: &str) -> bool {
        self.posted.contains(fee)
    }

    /// Whether the table has a fee.
    pub(super) fn is_known(&self, fee: &str) -> bool {
        self.now.contains(fee)
    }

    /// Whether what differs of a fee is an edit: neither is a new fee one, nor one that is gone.
    pub(super) fn may_be_edited(&self, fee: &str) -> bool {
        self.is_posted(fee) && self.is_known(fee)
    }
}
