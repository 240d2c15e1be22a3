//! The lines of a statement as CSV.

use anyhow::{Context, Result};

use super::model::{Line, Statement};
use crate::calendar::format_day;
use crate::money::format_minor;
use crate::vocabulary::without_formula;

const HEADER: [&str; 17] = [
    "program",
    "creator_id",
    "month",
    "belongs_to",
    "section",
    "effective_day",
    "entry",
    "position",
    "kind",
    "order_id",
    "line_id",
    "touch",
    "base",
    "rule",
    "why",
    "amount",
    "currency",
];

/// Every line of a statement as CSV, corrections first: header, LF, quotes only where needed. `belongs_to` is `earlier` for
/// corrections to earlier months and `month` for the rest; `amount` is signed: above zero, more is owed. Where campaigns brought
/// some of them, a last column has their names. A text that a spreadsheet would take for a formula begins with an apostrophe.
pub fn csv(statement: &Statement) -> Result<String> {
    let exponent = statement.money()?.exponent();
    let mut out = csv::WriterBuilder::new().from_writer(Vec::new());
    let has_campaigns = !statement.campaigns.is_empty();
    out.write_record(HEADER.into_iter().chain(has_campaigns.then_some("campaign")))?;
    for (belongs_to, lines) in [("earlier", &statement.corrections), ("month", &statement.lines)] {
        for line in lines {
            let campaign = has_campaigns.then(|| cell(statement.campaign_of(line)));
            out.write_record(record(statement, belongs_to, line, exponent).into_iter().chain(campaign))?;
        }
    }
    let bytes = out.into_inner().context("the lines cannot be written as CSV")?;
    String::from_utf8(bytes).context("the lines are text")
}

fn record(statement: &Statement, belongs_to: &str, line: &Line, exponent: u32) -> [String; 17] {
    [
        cell(&statement.program),
        cell(&statement.creator_id),
        statement.month.clone(),
        belongs_to.to_owned(),
        line.section.code().to_owned(),
        format_day(line.about.effective_day),
        line.entry.to_string(),
        line.position.to_string(),
        line.about.kind.code().to_owned(),
        cell(&line.about.order_id),
        cell(&line.about.line_id),
        cell(&line.about.touch),
        format_minor(line.about.base, exponent),
        cell(&line.about.rule),
        cell(line.why()),
        format_minor(line.amount, exponent),
        statement.currency.clone(),
    ]
}

fn cell(text: &str) -> String {
    without_formula(text).into_owned()
}
