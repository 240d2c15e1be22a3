//! Before what was payable is posted anew because somebody edited the rules or who owns what, somebody says why.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use super::environment::Environment;
use super::input::{Input, decide};
use super::options::RunOptions;
use crate::error::Conflict;
use crate::facts::{Manifest, blocking};
use crate::ledger::check_currency_shown;
use crate::money::{Overflow, format_minor};
use crate::posting::{Owed, PostedTargets, Restated, restated as compare};
use crate::program::{Program, Table};
use crate::reconcile::Reconciliation;

/// The tables that people edit. Shops write the others, and what they say of the past is news, not a restatement.
const TABLES: [Table; 4] = [Table::Creators, Table::Links, Table::Codes, Table::Fx];

/// How many creators a refusal lists.
const CREATORS: usize = 10;

/// A reconciliation that would change what was payable, and what the last one rested on.
pub(super) struct Case<'a> {
    pub at: &'a Environment,
    pub program: &'a Program,
    pub options: &'a RunOptions,
    pub input: Input<'a>,
    pub reconciliation: &'a Arc<Reconciliation>,
    /// The program as it was then; none where that is not known, so that it counts as the one of now.
    pub old_program: Option<Program>,
    pub old_manifest: Manifest,
    pub posted: &'a PostedTargets,
}

/// What was payable and is restated, in the order of the keys. Computes the night a second time, with the old rules and
/// tables, if any of them changed.
///
/// # Errors
///
/// When there is any such thing and the options give no reason for it; says whom it concerns, and how much.
pub(super) async fn restated(case: &Case<'_>) -> Result<Vec<Restated>> {
    let Case { at, program, options, input, reconciliation, old_program, old_manifest, posted } = case;
    let changed = changed(case);
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    // Amounts of two currencies would differ for another reason.
    check_currency_shown(&at.store, program).await?;
    let old_program = old_program.as_ref().unwrap_or(program);
    let manifest = &input.manifest.with_tables_of(old_manifest, &TABLES);
    let counterfactual = decide(at, old_program, options, Input { manifest, ..*input })
        .await
        .context("deciding as before the change, to compare")?;
    let (posted, now, as_of) = ((*posted).clone(), (*reconciliation).clone(), options.as_of);
    let restated = blocking(move || compare(&posted, &counterfactual, &now, as_of)).await?;
    if !restated.is_empty() && options.restate.is_none() {
        bail!(Conflict(refusal(program, &changed, &restated)?));
    }
    Ok(restated)
}

/// What is other than it was, in words.
fn changed(case: &Case<'_>) -> Vec<String> {
    let program = case.old_program.as_ref().is_some_and(|old| old.text_hash != case.program.text_hash);
    let tables = TABLES.iter().filter(|table| !case.input.manifest.has_content_of(&case.old_manifest, **table));
    program.then(|| "the program file".to_owned()).into_iter().chain(tables.map(|table| format!("the table {table}"))).collect()
}

/// What is restated of one creator.
#[derive(Default)]
struct Sum {
    targets: usize,
    unchanged: i64,
    now: i64,
    held_again: usize,
}

fn refusal(program: &Program, changed: &[String], restated: &[Restated]) -> Result<String> {
    let mut by_creator: BTreeMap<&str, Sum> = BTreeMap::new();
    for one in restated {
        let sum = by_creator.entry(&one.creator_id).or_default();
        sum.targets += 1;
        sum.unchanged = sum.unchanged.checked_add(one.unchanged.amount).ok_or(Overflow)?;
        sum.now = sum.now.checked_add(one.now.amount).ok_or(Overflow)?;
        sum.held_again += usize::from(one.now.owed == Owed::Pending && one.now.amount != 0);
    }
    let mut creators: Vec<(&str, i64, Sum)> = Vec::new();
    for (creator, sum) in by_creator {
        creators.push((creator, sum.now.checked_sub(sum.unchanged).ok_or(Overflow)?, sum));
    }
    creators.sort_by_key(|(_, difference, _)| std::cmp::Reverse(difference.unsigned_abs()));
    let money = |minor: i64| format_minor(minor, program.currency.exponent());
    let line = |(creator, difference, sum): &(&str, i64, Sum)| {
        let held = if sum.held_again > 0 { format!(", {} on hold again", sum.held_again) } else { String::new() };
        let (unchanged, now) = (money(sum.unchanged), money(sum.now));
        format!("\n  {creator}: {} of {unchanged}, now {now}, difference {}{held}", sum.targets, money(*difference))
    };
    let listed: String = creators.iter().take(CREATORS).map(line).collect();
    let more = creators.len().saturating_sub(CREATORS);
    let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
    Ok(format!(
        "{}: {} changed, and with that {} amounts that were payable already (in {}):{listed}{more}\n\
         Nothing was posted. Put back what was changed by mistake: a new rate begins with `from`, an owner's row ends with \
         `active_to`. If it is meant, run again with --restate REASON",
        program.id,
        listing(changed),
        restated.len(),
        program.currency,
    ))
}

/// `a`, `a and b`, `a, b and c`.
fn listing(words: &[String]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
    }
}
