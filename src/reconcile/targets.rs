//! Step 14: the targets: what every creator should have earned, line by line, in the order of their keys.

use anyhow::Result;
use polars::prelude::{Column, DataFrame, DataType, IntoColumn, StringChunkedBuilder};

use rayon::prelude::*;

use super::attribution::{Attribution, Touch};
use super::clicks::Clicks;
use super::commission::Earned;
use super::creators::Creators;
use super::frame::column;
use super::lines::Lines;
use super::outcome::Fate;
use super::rules::NO_RULE;
use super::shares::Shares;
use super::visible::Orders;
use crate::program::Program;

/// One target, before it becomes a row of the frame (see [`super::Reconciliation::targets`]).
pub(super) struct Target<'a> {
    pub kind: &'static str,
    pub order_id: &'a str,
    pub line_id: &'a str,
    pub creator_id: &'a str,
    pub detail: &'a str,
    pub touch: &'a str,
    pub base: i64,
    pub commission: i64,
    pub payable_from: i64,
    pub rule: &'a str,
    pub day: i32,
    pub refund_day: Option<i32>,
}

/// How many targets one thread lists at a time.
const PART_ROWS: usize = 32_768;

/// Collects targets in the order of their keys: kind, order, line, creator, detail, each as bytes.
pub(super) struct Builder {
    finished: Vec<DataFrame>,
    current: Part,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self { finished: Vec::new(), current: Part::new() }
    }

    pub(super) fn push(&mut self, target: &Target<'_>) {
        self.current.push(target);
    }

    /// Adds what other builders collected, after everything so far.
    fn push_parts(&mut self, parts: Vec<Part>) -> Result<()> {
        let before = std::mem::replace(&mut self.current, Part::new());
        for part in std::iter::once(before).chain(parts) {
            self.finished.push(part.finish()?);
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<DataFrame> {
        self.push_parts(Vec::new())?;
        let mut parts = self.finished.into_iter();
        let mut targets = parts.next().unwrap_or_default();
        for part in parts.filter(|part| part.height() > 0) {
            targets.vstack_mut_owned(part)?;
        }
        targets.rechunk_mut_par();
        Ok(targets)
    }
}

/// Targets that follow each other.
struct Part {
    texts: [StringChunkedBuilder; 7],
    base: Vec<i64>,
    commission: Vec<i64>,
    payable_from: Vec<i64>,
    day: Vec<i32>,
    refund_day: Vec<Option<i32>>,
}

const TEXTS: [&str; 7] = ["kind", "order_id", "line_id", "creator_id", "detail", "touch", "rule"];

impl Part {
    fn new() -> Self {
        Self {
            texts: TEXTS.map(|name| StringChunkedBuilder::new(name.into(), 0)),
            base: Vec::new(),
            commission: Vec::new(),
            payable_from: Vec::new(),
            day: Vec::new(),
            refund_day: Vec::new(),
        }
    }

    fn push(&mut self, target: &Target<'_>) {
        let values = [target.kind, target.order_id, target.line_id, target.creator_id, target.detail, target.touch, target.rule];
        for (column, value) in self.texts.iter_mut().zip(values) {
            column.append_value(value);
        }
        self.base.push(target.base);
        self.commission.push(target.commission);
        self.payable_from.push(target.payable_from);
        self.day.push(target.day);
        self.refund_day.push(target.refund_day);
    }

    fn finish(self) -> Result<DataFrame> {
        let mut columns: Vec<Column> = self.texts.into_iter().map(|text| text.finish().into_column()).collect();
        columns.push(column("base", self.base));
        columns.push(column("commission", self.commission));
        columns.push(column("payable_from", self.payable_from));
        columns.push(column("day", self.day));
        columns.push(column("refund_day", self.refund_day).cast(&DataType::Int32)?);
        Ok(DataFrame::new_infer_height(columns)?)
    }
}

/// Everything that was decided of the orders.
pub(super) struct Decided<'a> {
    pub program: &'a Program,
    pub orders: &'a Orders<'a>,
    pub lines: &'a Lines<'a>,
    /// What is left of each line, in minor units of the program's currency.
    pub base: &'a [i64],
    pub clicks: &'a Clicks<'a>,
    pub creators: &'a Creators,
    pub attribution: &'a Attribution,
    pub shares: &'a Shares,
    pub rules: &'a [u32],
    pub earned: &'a Earned,
    /// The orders in byte order of their ids.
    pub by_id: &'a [u32],
    /// For each order the local day of its latest refund.
    pub refund_day: &'a [Option<i32>],
}

/// A share, or a creator's fixed amount for an order.
#[derive(Clone, Copy)]
enum Row {
    Share(usize),
    PerOrder { o: u32, c: u32 },
}

impl Decided<'_> {
    /// Pushes the targets of one kind of touch.
    pub(super) fn push_kind(&self, kind: Fate, into: &mut Builder) -> Result<()> {
        let rules: Vec<String> =
            (1..).zip(&self.program.commission.rates).map(|(n, rate)| rate.describe(n, self.program.currency)).collect();
        let list = |rows: &[Row]| {
            let mut part = Part::new();
            rows.iter().for_each(|row| self.push(kind, *row, &rules, &mut part));
            part
        };
        into.push_parts(self.rows(kind).par_chunks(PART_ROWS).map(list).collect())
    }

    fn push(&self, kind: Fate, row: Row, rules: &[String], into: &mut Part) {
        let (o, c, part, line_id, base, commission, rule) = match row {
            Row::Share(r) => {
                let line_id = self.lines.id(self.shares.l[r] as usize);
                (
                    self.shares.o[r],
                    self.shares.c[r],
                    self.shares.part[r],
                    line_id,
                    self.shares.base[r],
                    self.earned.per_line[r],
                    self.rules[r],
                )
            }
            Row::PerOrder { o, c } => {
                let fixed = &self.earned.per_order[&(o, c)];
                (o, c, fixed.part, "", 0, fixed.amount, fixed.rule)
            }
        };
        let o = o as usize;
        let touch = match &self.attribution.credits[o][part as usize].touch {
            Touch::Click(k) => self.clicks.id(*k as usize),
            Touch::Code(code) => code,
            Touch::Given(credit_id) => credit_id,
            Touch::Order(source) => self.orders.id(*source as usize),
        };
        into.push(&Target {
            kind: kind.reason(),
            order_id: self.orders.id(o),
            line_id,
            creator_id: &self.creators.ids[c as usize],
            detail: "",
            touch,
            base,
            commission,
            payable_from: self.orders.ordered_at[o] + self.program.commission.hold,
            rule: if rule == NO_RULE { "no rate" } else { &rules[rule as usize] },
            day: self.orders.day[o],
            refund_day: self.refund_day[o],
        });
    }

    /// The rows of one kind by order id, line id and creator.
    fn rows(&self, kind: Fate) -> Vec<Row> {
        let mut rows = Vec::new();
        for o in self.by_id.iter().filter(|o| self.attribution.fates[**o as usize] == kind) {
            // Within an order, places of lines and creators are in byte order of their ids; the empty line comes first.
            let fixed = self.earned.per_order.range((*o, 0)..=(*o, u32::MAX));
            rows.extend(fixed.map(|((o, c), _)| Row::PerOrder { o: *o, c: *c }));
            rows.extend(self.shares.of(*o as usize).map(Row::Share));
        }
        rows
    }
}
