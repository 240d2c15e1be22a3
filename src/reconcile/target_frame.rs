//! The frame of targets, built row by row.

use anyhow::Result;
use polars::prelude::{Column, DataFrame, DataType, IntoColumn, StringChunkedBuilder};

use super::frame::column;
use crate::vocabulary::Kind;

/// One target, before it becomes a row of the frame (see [`super::reconciliation::Reconciliation::targets`]).
pub(super) struct Target<'a> {
    pub kind: Kind,
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

    /// Adds what was collected elsewhere, after everything so far.
    pub(super) fn push_parts(&mut self, parts: Vec<Part>) -> Result<()> {
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
pub(super) struct Part {
    texts: [StringChunkedBuilder; 7],
    base: Vec<i64>,
    commission: Vec<i64>,
    payable_from: Vec<i64>,
    day: Vec<i32>,
    refund_day: Vec<Option<i32>>,
}

const TEXTS: [&str; 7] = ["kind", "order_id", "line_id", "creator_id", "detail", "touch", "rule"];

impl Part {
    pub(super) fn new() -> Self {
        Self {
            texts: TEXTS.map(|name| StringChunkedBuilder::new(name.into(), 0)),
            base: Vec::new(),
            commission: Vec::new(),
            payable_from: Vec::new(),
            day: Vec::new(),
            refund_day: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, target: &Target<'_>) {
        let values =
            [target.kind.code(), target.order_id, target.line_id, target.creator_id, target.detail, target.touch, target.rule];
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
