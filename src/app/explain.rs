//! Why an order paid what it paid: computed a second time, and held against what is posted.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use super::basis::basis;
use super::environment::Environment;
use crate::adjustments::credits;
use crate::explain::{Explanation, RowNote, explain};
use crate::facts::{self, Bounds, NamedOrder, blocking, find_order, titles};
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
    let time = as_of.unwrap_or(basis.as_of);
    let credits = credits(&at.store, &program.id, time).await?;
    let (data, of, written) = (at.data.clone(), program.clone(), order.to_owned());
    // It reads all facts: who waits for something else is not held up.
    let (explanation, comparison) = blocking(move || {
        let NamedOrder { order_id, name } = find_order(&basis.manifest, &data, &written)?;
        let rows = facts::load(&of, &basis.manifest, &data, &Bounds::NONE)?.rows()?;
        let mut explanation = explain(&of, &rows, &credits, time, &order_id)?;
        explanation.order_name = name;
        let mut titles = titles(&basis.manifest, &data, &order_id)?;
        for line in &mut explanation.lines {
            line.title = titles.remove(&line.line_id).unwrap_or_default();
        }
        // What was posted can only be compared with what was computed at the same time from the same program and credits.
        let comparable = time == basis.as_of && basis.program_text == of.text_hash && basis.credits == credits.digest();
        let comparison =
            if comparable { compare(&data, &basis, &explanation, &order_id, &of)? } else { Comparison::NotComparable };
        Ok((explanation, comparison))
    })
    .await?;
    let transfers = transfers_of_order(&mut at.store.snapshot().await?, &program.id, &explanation.order_id).await?;
    Ok(ExplainedOrder { explanation, transfers, comparison })
}

fn compare(data: &Path, basis: &Basis, explanation: &Explanation, order_id: &str, program: &Program) -> Result<Comparison> {
    let money = |minor: i64| format_minor(minor, program.currency.exponent());
    let mut posted: BTreeSet<TargetRow> = BTreeSet::new();
    basis.outcome.for_each_target(data, |t| {
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
