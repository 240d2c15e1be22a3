//! Why an order paid what it paid: computed a second time, and held against what is posted.

use std::collections::BTreeSet;

use anyhow::Result;

use super::basis::basis;
use super::environment::Environment;
use crate::adjustments::credits;
use crate::explain::{Explanation, RowNote, explain};
use crate::facts::{self, Bounds, NamedOrder, find_order, titles};
use crate::ledger::{Posted, transfers_of_order};
use crate::money::format_minor;
use crate::posting::Basis;
use crate::program::Program;
use crate::vocabulary::Kind;

/// A row of an order's targets: line, creator, touch, base, commission, state.
pub type TargetRow = [String; 6];

/// An order explained.
pub struct ExplainedOrder {
    /// The second computation, in words.
    pub explanation: Explanation,
    /// The transfers that the order caused, oldest first.
    pub transfers: Vec<Posted>,
    /// How the computation compares with what is posted.
    pub comparison: Comparison,
}

/// A second computation against what is posted.
pub enum Comparison {
    /// What is posted was computed at another time, from another text of the program file, or with other manual attributions.
    NotComparable,
    /// Both are the same.
    Same,
    /// They differ: one of them breaks a rule.
    Differs {
        /// What is posted.
        posted: BTreeSet<TargetRow>,
        /// What the explanation comes to.
        explained: BTreeSet<TargetRow>,
    },
}

/// Explains an order, named by its id or by what people call it, as of a time (microseconds since 1970), else as of the last reconciliation.
///
/// # Errors
///
/// When the program has never been reconciled, or has no such order, or several of this name.
pub async fn explain_order(at: &Environment, program: &Program, order: &str, as_of: Option<i64>) -> Result<ExplainedOrder> {
    let basis = basis(at, program).await?;
    let NamedOrder { order_id, name } = find_order(&basis.manifest, &at.data, order)?;
    let order_id = order_id.as_str();
    let time = as_of.unwrap_or(basis.as_of);
    let rows = facts::load(program, &basis.manifest, &at.data, &Bounds::NONE)?.rows()?;
    let credits = credits(&at.store, &program.id, time).await?;
    let mut explanation = explain(program, &rows, &credits, time, order_id)?;
    explanation.order_name = name;
    let mut titles = titles(&basis.manifest, &at.data, order_id)?;
    for line in &mut explanation.lines {
        line.title = titles.remove(&line.line_id).unwrap_or_default();
    }
    let transfers = transfers_of_order(&mut at.store.snapshot().await?, &program.id, order_id).await?;
    // What was posted can only be compared with what was computed at the same time from the same program and credits.
    let comparable = time == basis.as_of && basis.program_text == program.text_hash && basis.credits == credits.digest();
    let comparison = if comparable { compare(at, &basis, &explanation, order_id, program)? } else { Comparison::NotComparable };
    Ok(ExplainedOrder { explanation, transfers, comparison })
}

fn compare(at: &Environment, basis: &Basis, explanation: &Explanation, order_id: &str, program: &Program) -> Result<Comparison> {
    let money = |minor: i64| format_minor(minor, program.currency.exponent());
    let mut posted: BTreeSet<TargetRow> = BTreeSet::new();
    basis.outcome.for_each_target(&at.data, |t| {
        let is_of_order = |kind: Kind| kind.is_commission() || kind == Kind::BonusNewCustomer;
        if t.order_id == order_id && Kind::parse(t.kind).is_some_and(is_of_order) {
            let state = if t.payable { "payable" } else { "pending" };
            posted.insert([t.line_id, t.creator_id, t.touch, &money(t.base), &money(t.commission), state].map(str::to_owned));
        }
        Ok(())
    })?;
    let row =
        |r: &RowNote| -> TargetRow { [&r.line_id, &r.creator_id, &r.touch, &r.base, &r.commission, r.state].map(str::to_owned) };
    let explained: BTreeSet<TargetRow> = explanation.rows.iter().map(row).collect();
    Ok(if posted == explained { Comparison::Same } else { Comparison::Differs { posted, explained } })
}
