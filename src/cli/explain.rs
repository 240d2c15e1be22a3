use anyhow::Result;
use serde_json::json;

use super::args::{Places, ReportFormat};
use super::context::open;
use super::show::{Sheet, print};
use crate::app::{Comparison, ExplainedOrder, Posted, TargetRow, Transfer, explain_order};
use crate::calendar::format_day;
use crate::money::format_minor;
use crate::program::Program;

pub(super) async fn explain(places: &Places, order_id: &str, as_of: Option<i64>, format: ReportFormat) -> Result<()> {
    let (at, program) = open(places).await?;
    let ExplainedOrder { explanation, transfers, comparison } = explain_order(&at, &program, order_id, as_of).await?;
    let differs = difference(&comparison);
    if format == ReportFormat::Json {
        return print(&serde_json::to_string_pretty(&json!({
            "explanation": explanation,
            "transfers": posted(&program, &transfers).objects(),
            "differs": differs,
        }))?);
    }
    print(explanation.render().trim_end())?;
    print(&listed(&program, &transfers))?;
    if matches!(comparison, Comparison::NotComparable) {
        print(
            "\nNot compared with the ledger: the posted amounts were calculated at a different time, with a different version of the \
             program file, or with different manual attributions.",
        )?;
    }
    differs.map_or(Ok(()), |text| print(&format!("\n{text}")))
}

fn posted(program: &Program, transfers: &[Posted]) -> Sheet {
    let row = |posted: &Posted| {
        let Transfer { about, source, target, amount, .. } = &posted.transfer;
        vec![
            posted.entry.to_string(),
            format_day(about.effective_day),
            about.line_id.clone(),
            about.creator_id.clone(),
            about.reason.words().to_owned(),
            source.code().to_owned(),
            target.code().to_owned(),
            format_minor(*amount, program.currency.exponent()),
        ]
    };
    Sheet {
        header: vec!["entry", "day", "line_id", "creator_id", "why", "from", "to", "amount"],
        figures: vec![0, 7],
        rows: transfers.iter().map(row).collect(),
    }
}

fn listed(program: &Program, transfers: &[Posted]) -> String {
    if transfers.is_empty() {
        return "\nPosted transfers\n  none".to_owned();
    }
    format!("\nPosted transfers\n{}", posted(program, transfers).aligned())
}

/// What to say when the two computations differ.
fn difference(comparison: &Comparison) -> Option<String> {
    let Comparison::Differs { posted, explained } = comparison else { return None };
    let list = |rows: &std::collections::BTreeSet<TargetRow>| {
        rows.iter().map(|row| format!("  {}", row.join(", "))).collect::<Vec<_>>().join("\n")
    };
    Some(format!(
        "THE TWO COMPUTATIONS DIFFER. Posted:\n{}\nExplained:\n{}\nPlease report this order: one of them breaks a rule.",
        list(posted),
        list(explained)
    ))
}
