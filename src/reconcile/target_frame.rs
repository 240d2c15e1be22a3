//! The frame of targets: what becomes of rows, and of targets that are few.

use anyhow::Result;
use polars::prelude::{Column, DataFrame, DataType, Expr, LazyFrame, col};

use super::frame::column;
use crate::vocabulary::Kind;

/// The columns of [`super::reconciliation::Reconciliation::targets`].
const TARGET: [&str; 13] = [
    "kind",
    "order_id",
    "line_id",
    "creator_id",
    "detail",
    "touch",
    "campaign",
    "rule",
    "base",
    "commission",
    "payable_from",
    "day",
    "refund_day",
];

/// The columns of targets, of rows that have most of them.
pub(super) fn target<const N: usize>(rows: LazyFrame, others: [(&str, Expr); N]) -> LazyFrame {
    rows.with_columns(others.map(|(name, value)| value.alias(name))).select(TARGET.map(col))
}

/// A target that no order line earned.
pub(super) struct Target {
    pub kind: Kind,
    pub order_id: String,
    pub creator_id: String,
    pub detail: String,
    pub touch: String,
    pub commission: i64,
    pub payable_from: i64,
    pub rule: &'static str,
    pub day: i32,
}

/// The frame of targets that no order line earned.
pub(super) fn frame(targets: impl IntoIterator<Item = Target>) -> Result<DataFrame> {
    let targets: Vec<Target> = targets.into_iter().collect();
    let text = |name: &str, value: &dyn Fn(&Target) -> &str| column(name, targets.iter().map(value).collect::<Vec<_>>());
    let columns = vec![
        text("kind", &|target| target.kind.code()),
        text("order_id", &|target| &target.order_id),
        text("line_id", &|_| ""),
        text("creator_id", &|target| &target.creator_id),
        text("detail", &|target| &target.detail),
        text("touch", &|target| &target.touch),
        text("campaign", &|_| ""),
        text("rule", &|target| target.rule),
        column("base", vec![0i64; targets.len()]),
        column("commission", targets.iter().map(|target| target.commission).collect::<Vec<_>>()),
        column("payable_from", targets.iter().map(|target| target.payable_from).collect::<Vec<_>>()),
        column("day", targets.iter().map(|target| target.day).collect::<Vec<_>>()),
        Column::full_null("refund_day".into(), targets.len(), &DataType::Int32),
    ];
    Ok(DataFrame::new_infer_height(columns)?)
}
