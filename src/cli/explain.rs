use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::json;

use super::args::{Places, ReportFormat};
use super::context::{program, workplace};
use super::show::{Sheet, print};
use crate::explain::{Explanation, explain as explain_order};
use crate::facts::{self, format_day};
use crate::ledger::{PostedTransfer, transfers_of_order};
use crate::money::format_minor;
use crate::program::Program;
use crate::proposal::credits;
use crate::reconcile::is_commission;
use crate::runner::{Basis, Workplace, last_basis};

/// A row of an order's targets: line, creator, touch, base, commission, state.
type Line = [String; 6];

pub(super) async fn explain(places: &Places, order_id: &str, as_of: Option<i64>, format: ReportFormat) -> Result<()> {
    let program = program(places)?;
    let at = workplace(places).await?;
    let basis = last_basis(&at.store, &program).await?;
    let basis = basis.with_context(|| format!("{} was never reconciled; run `purser run nightly` first", program.id))?;
    let time = as_of.unwrap_or(basis.as_of);
    let rows = facts::load(&program, &basis.manifest, &at.data)?.rows()?;
    let credits = credits(&at.store, &program.id, time).await?;
    let explanation = explain_order(&program, &rows, &credits, time, order_id)?;
    let transfers = transfers_of_order(&at.store, &program.id, order_id).await?;
    // What was posted can only be compared with where it was computed at the same time from the same program and credits.
    let comparable = time == basis.as_of && basis.program_text == program.text_hash && basis.credits == credits.digest();
    let differs = if comparable { difference(&at, &basis, &explanation, order_id, &program)? } else { None };
    if format == ReportFormat::Json {
        return print(&serde_json::to_string_pretty(&json!({
            "explanation": explanation,
            "transfers": posted(&program, &transfers).objects(),
            "differs": differs,
        }))?);
    }
    print(explanation.render().trim_end())?;
    print(&told(&program, &transfers))?;
    if !comparable {
        print(
            "\nNot compared with what is posted: that was computed at another time, from another text of the program file, or with other orders given by hand.",
        )?;
    }
    differs.map_or(Ok(()), |text| print(&format!("\n{text}")))
}

fn posted(program: &Program, transfers: &[PostedTransfer]) -> Sheet {
    let row = |t: &PostedTransfer| {
        let amount = format_minor(t.amount, program.currency.exponent());
        vec![
            t.entry.to_string(),
            format_day(t.effective_day),
            t.line_id.clone(),
            t.creator_id.clone(),
            t.why.clone(),
            t.source.clone(),
            t.target.clone(),
            amount,
        ]
    };
    Sheet {
        header: vec!["entry", "day", "line_id", "creator_id", "why", "from", "to", "amount"],
        figures: vec![0, 7],
        rows: transfers.iter().map(row).collect(),
    }
}

fn told(program: &Program, transfers: &[PostedTransfer]) -> String {
    if transfers.is_empty() {
        return "\nPosted transfers\n  none".to_owned();
    }
    format!("\nPosted transfers\n{}", posted(program, transfers).aligned())
}

/// The explanation is a second computation of the same rules; it says so when the posted targets are others.
fn difference(
    at: &Workplace,
    basis: &Basis,
    explanation: &Explanation,
    order_id: &str,
    program: &Program,
) -> Result<Option<String>> {
    let money = |minor: i64| format_minor(minor, program.currency.exponent());
    let mut kept: BTreeSet<Line> = BTreeSet::new();
    basis.outcome.for_each_target(&at.data, |t| {
        if t.order_id == order_id && (is_commission(t.kind) || t.kind == "bonus_new_customer") {
            let state = if t.payable { "payable" } else { "pending" };
            kept.insert([t.line_id, t.creator_id, t.touch, &money(t.base), &money(t.commission), state].map(str::to_owned));
        }
        Ok(())
    })?;
    let row = |r: &crate::explain::RowNote| -> Line {
        [&r.line_id, &r.creator_id, &r.touch, &r.base, &r.commission, r.state].map(str::to_owned)
    };
    let explained: BTreeSet<Line> = explanation.rows.iter().map(row).collect();
    if kept == explained {
        return Ok(None);
    }
    let list = |lines: &BTreeSet<Line>| lines.iter().map(|line| format!("  {}", line.join(", "))).collect::<Vec<_>>().join("\n");
    Ok(Some(format!(
        "THE TWO COMPUTATIONS DIFFER. Posted:\n{}\nExplained:\n{}\nPlease report this order: one of them breaks a rule.",
        list(&kept),
        list(&explained)
    )))
}
