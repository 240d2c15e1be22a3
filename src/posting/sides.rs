//! Targets and posted targets, column by column.

use std::cmp::Ordering;
use std::ops::Range;

use anyhow::{Context, Result};
use polars::prelude::{BooleanChunked, DataFrame};

use crate::ledger::{Account, Particulars};
use crate::reconcile::frame::{TextColumn, i32s, i64s, texts};
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
    pub(super) fn account(self) -> Account {
        match self {
            Self::Pending => Account::Pending,
            Self::Payable => Account::Payable,
        }
    }
}

/// An amount and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Minor units of the program's currency; zero where there is no such target.
    pub amount: i64,
    /// On hold or due.
    pub owed: Owed,
}

impl Standing {
    /// No money.
    pub(super) const NOTHING: Self = Self { amount: 0, owed: Owed::Payable };

    /// Whether both are the same money: where nothing stands, its place doesn't matter.
    pub(super) fn is_same(self, other: Self) -> bool {
        self.amount == other.amount && (self.amount == 0 || self.owed == other.owed)
    }

    /// How much of it is due.
    pub fn due(self) -> i64 {
        if self.owed == Owed::Payable { self.amount } else { 0 }
    }
}

/// The columns of targets.
pub(super) struct Side<'a> {
    pub height: usize,
    pub key: [TextColumn<'a>; 5],
    pub touch: TextColumn<'a>,
    pub rule: TextColumn<'a>,
    pub base: &'a [i64],
    pub commission: &'a [i64],
    pub payable_from: &'a [i64],
    pub day: &'a [i32],
    pub refund_day: Vec<Option<i32>>,
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

    /// The rows of one kind: they stand together.
    pub(super) fn rows_of(&self, kind: Kind) -> Range<usize> {
        let first = |is_before: &dyn Fn(&str) -> bool| {
            let (mut low, mut high) = (0, self.height);
            while low < high {
                let middle = low + (high - low) / 2;
                if is_before(Side::text(self.key[0], middle)) { low = middle + 1 } else { high = middle }
            }
            low
        };
        first(&|code| code < kind.code())..first(&|code| code <= kind.code())
    }

    /// The rows of one kind and order: they stand together.
    pub(super) fn rows_of_order(&self, kind: Kind, order_id: &str) -> Range<usize> {
        let rows = self.rows_of(kind);
        let first = |is_before: &dyn Fn(&str) -> bool| {
            let (mut low, mut high) = (rows.start, rows.end);
            while low < high {
                let middle = low + (high - low) / 2;
                if is_before(Side::text(self.key[1], middle)) { low = middle + 1 } else { high = middle }
            }
            low
        };
        first(&|id| id < order_id)..first(&|id| id <= order_id)
    }

    /// What stands there at a time (microseconds since 1970).
    pub(super) fn standing(&self, row: usize, as_of: i64) -> Standing {
        Standing { amount: self.commission[row], owed: owed(self.payable_from[row] <= as_of) }
    }

    /// The target, as people find it.
    pub(super) fn shown(&self, row: usize) -> String {
        let [kind, order_id, line_id, creator_id, _] = self.key.map(|column| Side::text(column, row));
        let line = if line_id.is_empty() { String::new() } else { format!(", line {line_id}") };
        format!("what {creator_id} earns by {order_id}{line} ({kind})")
    }

    /// What a target is for.
    pub(super) fn kind(&self, row: usize) -> Result<Kind> {
        let code = Side::text(self.key[0], row);
        Kind::parse(code).with_context(|| format!("a kept target is of the unknown kind \"{code}\""))
    }

    pub(super) fn particulars(&self, row: usize, reason: Reason, effective_day: i32) -> Result<Particulars<&'a str>> {
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
    pub revision: &'a [i64],
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

    /// Whether it is a target still, and not one that was taken back.
    pub(super) fn is_listed(&self, i: usize) -> bool {
        self.listed.get(i).unwrap_or(true)
    }

    pub(super) fn owed(&self, i: usize) -> Owed {
        owed(self.payable.get(i).unwrap_or(false))
    }
}

pub(super) fn owed(payable: bool) -> Owed {
    if payable { Owed::Payable } else { Owed::Pending }
}
