//! What is missing from the facts though posted money rests on it: tables are snapshots, and one that was cut off would move money.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use super::environment::Environment;
use super::options::RunOptions;
use crate::error::{self, Conflict};
use crate::facts::{Gone, Manifest, Seen, blocking, gone, manifest};
use crate::ledger::Account;
use crate::money::format_minor;
use crate::posting::{Difference, Last};
use crate::program::{Program, Table};
use crate::vocabulary::counted;

/// How many missing rows a message lists.
const SHOWN: usize = 10;

/// Refuses to post what follows from missing rows, unless somebody says that they are really gone.
///
/// # Errors
///
/// When something is missing; says what, and how much would move by it.
pub(super) async fn refuse_missing(
    at: &Environment,
    program: &Program,
    options: &RunOptions,
    last: Option<&Last>,
    now: &Manifest,
    difference: &Difference<'_>,
) -> Result<()> {
    if options.accept_missing.is_some() {
        return Ok(());
    }
    if !difference.vanished.is_empty() {
        bail!(Conflict(vanished_message(program, &difference.vanished)));
    }
    let rows = match last {
        Some(last) => rows_gone(at, program, options, last, now, difference).await?,
        None => BTreeSet::new(),
    };
    if rows.is_empty() && difference.vanished_fees.is_empty() {
        return Ok(());
    }
    bail!(Conflict(message(program, &rows, difference)))
}

/// The rows that are gone from orders whose money moves as if one were.
async fn rows_gone(
    at: &Environment,
    program: &Program,
    options: &RunOptions,
    last: &Last,
    now: &Manifest,
    difference: &Difference<'_>,
) -> Result<BTreeSet<Gone>> {
    // Who rehearses older facts knows that they lack what came later.
    let is_replayed = options.dry_run && options.facts_of_run.is_some();
    if is_replayed || difference.suspects.is_empty() || last.manifest == now.digest() {
        return Ok(BTreeSet::new());
    }
    let found = match manifest(&at.store, &program.id, &last.manifest).await {
        Ok(old) => {
            let (data, now, seen, as_of) = (at.data.clone(), now.clone(), last.as_of, options.as_of);
            let orders: Vec<String> = difference.suspects.iter().map(|order| (*order).to_owned()).collect();
            let look = move || {
                let orders = orders.iter().map(String::as_str).collect();
                gone(Seen { manifest: &old, as_of: seen }, Seen { manifest: &now, as_of }, &data, &orders)
            };
            blocking(look).await
        }
        Err(error) => Err(error),
    };
    match found {
        Err(error) if error::kind_of(&error) != Some(error::Kind::Transient) => {
            // The facts of before are gone, or are not those of before: the guard of edits asks then, and `check` finds it.
            tracing::warn!(
                program = program.id,
                "cannot tell what is missing from the facts since the last reconciliation: {error:#}"
            );
            Ok(BTreeSet::new())
        }
        found => found,
    }
}

fn message(program: &Program, rows: &BTreeSet<Gone>, difference: &Difference<'_>) -> String {
    let money = |minor: i64| format!("{} {}", format_minor(minor, program.currency.exponent()), program.currency);
    // What is earned, and what is taken back.
    let mut moved: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for transfer in &difference.transfers {
        let (earned, taken) = moved.entry(transfer.about.order_id).or_default();
        if transfer.source == Account::Expense {
            *earned = earned.saturating_add(transfer.amount);
        } else if transfer.target == Account::Expense {
            *taken = taken.saturating_add(transfer.amount);
        }
    }
    let effect = |order: &str| match moved.get(order).copied().unwrap_or_default() {
        (0, 0) => "what it earned would be payable sooner".to_owned(),
        (earned, 0) => format!("{} more would be owed", money(earned)),
        (0, taken) => format!("{} less would be owed", money(taken)),
        (earned, taken) => format!("{} more and {} less would be owed", money(earned), money(taken)),
    };
    let row = |gone: &Gone| {
        let what = match gone.table {
            Table::OrderLines => "line",
            Table::Refunds => "refund",
            _ => "dispute",
        };
        format!("  {what} {} of order {}: {}", gone.id, gone.order_id, effect(&gone.order_id))
    };
    let fee = |(id, amount): &(&str, i64)| format!("  fee {id}: {} would no longer be owed", money(*amount));
    let all: Vec<String> = rows.iter().map(row).chain(difference.vanished_fees.iter().map(fee)).collect();
    let more = if all.len() > SHOWN { format!("\n  and {} more", all.len() - SHOWN) } else { String::new() };
    format!(
        "{}: posted commission rests on {} missing from the source data:\n{}{more}\nThis usually means a truncated export. Nothing was \
         posted. If they are really gone, run again with --accept-missing REASON",
        program.id,
        counted(all.len(), "row that is", "rows that are"),
        all.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n"),
    )
}

fn vanished_message(program: &Program, vanished: &[&str]) -> String {
    let shown = vanished.iter().take(10).copied().collect::<Vec<_>>().join(", ");
    let more = if vanished.len() > 10 { format!(" and {} more", vanished.len() - 10) } else { String::new() };
    let orders = match vanished.len() {
        1 => "1 order with posted commission (or all of its lines) is".to_owned(),
        count => format!("{count} orders with posted commission (or all of their lines) are"),
    };
    format!(
        "{}: {orders} missing from the source data: {shown}{more}. \
         This usually means a truncated export. Nothing was posted. If they are really gone, run again with --accept-missing REASON",
        program.id
    )
}
