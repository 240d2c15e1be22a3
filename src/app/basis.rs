//! What the last reconciliation rests on, and whom and what it knows.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

use super::environment::Environment;
use crate::adjustments::{Known, KnownOrder, Worth, credits, credits_without};
use crate::error::Conflict;
use crate::explain::{Model, model};
use crate::facts::{self, Bounds, Credit, Credits, blocking, find_order, load_creators};
use crate::money::Overflow;
use crate::posting::{Basis, last_basis};
use crate::program::Program;
use crate::vocabulary::Kind;

/// What the last posted reconciliation rests on.
///
/// # Errors
///
/// When the program has never been reconciled.
pub(super) async fn basis(at: &Environment, program: &Program) -> Result<Basis> {
    let basis = last_basis(&at.store, program).await?;
    basis.with_context(|| Conflict(format!("{} has never been reconciled; run `purser run nightly` first", program.id)))
}

/// What makes an order be paid otherwise.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change<'a> {
    /// It is given to a creator.
    Credit { order_id: &'a str, creator_id: &'a str },
    /// A credit of it ends.
    Withdrawal { order_id: &'a str, credit_id: &'a str },
}

/// The creators that the last posted reconciliation read; and of an order that is to be paid otherwise, what it pays now and what
/// it would pay then, as of a time (microseconds since 1970).
///
/// # Errors
///
/// When the program has never been reconciled, or kept files are missing.
pub(super) async fn known(at: &Environment, program: &Program, change: Option<Change<'_>>, as_of: i64) -> Result<Known> {
    let basis = last_basis(&at.store, program).await?;
    let basis = basis.with_context(|| {
        Conflict(format!("{} has never been reconciled, so no creator is known yet; run `purser run nightly` first", program.id))
    })?;
    let changed = match change {
        None => None,
        Some(Change::Credit { order_id, creator_id }) => {
            let now = credits(&at.store, &program.id, as_of).await?;
            let [order, creator_id] = [order_id, creator_id].map(str::to_owned);
            let then = now.with(Credit { order_id: order, creator_id, credit_id: String::new() })?;
            Some((order_id.to_owned(), now, then))
        }
        Some(Change::Withdrawal { order_id, credit_id }) => {
            let now = credits(&at.store, &program.id, as_of).await?;
            let then = credits_without(&at.store, &program.id, as_of, Some(credit_id)).await?;
            Some((order_id.to_owned(), now, then))
        }
    };
    let (data, program) = (at.data.clone(), program.clone());
    let read = move || {
        let creators = load_creators(&basis.manifest, &data).context("reading the creators")?;
        let creators = creators.into_iter().map(|creator| creator.creator_id).collect();
        let order = match &changed {
            Some((order_id, now, then)) => order_known(&program, &data, &basis, order_id, now, then)?,
            None => None,
        };
        Ok(Known { creators, order, seen_until: Some(basis.as_of) })
    };
    blocking(read).await
}

/// The id of an order that is named by it, or by what people call it.
///
/// # Errors
///
/// When several orders are called so, or kept files are missing.
pub(super) async fn order_of(at: &Environment, program: &Program, written: &str) -> Result<String> {
    let Some(basis) = last_basis(&at.store, program).await? else { return Ok(written.to_owned()) };
    let (data, written) = (at.data.clone(), written.to_owned());
    blocking(move || Ok(find_order(&basis.manifest, &data, &written)?.order_id)).await
}

/// What an order pays by the credits of now, and by those of then, if the last reconciliation saw it.
fn order_known(
    program: &Program,
    data: &Path,
    basis: &Basis,
    order_id: &str,
    now: &Credits,
    then: &Credits,
) -> Result<Option<KnownOrder>> {
    let mut is_known = false;
    basis.outcome.for_each_order(data, |[known, ..]| {
        is_known |= known == order_id;
        Ok(())
    })?;
    if !is_known {
        return Ok(None);
    }
    let rows = facts::load(program, &basis.manifest, data, &Bounds::NONE)?.rows()?;
    let (outcome, now) = worth(&model(program, &rows, now, basis.as_of)?, order_id)?;
    let (outcome_then, then) = worth(&model(program, &rows, then, basis.as_of)?, order_id)?;
    Ok(Some(KnownOrder { order_id: order_id.to_owned(), outcome, now, outcome_then, then }))
}

/// What becomes of an order, and what it pays each creator: commissions, and the bonus for a new customer.
fn worth(model: &Model, order_id: &str) -> Result<(String, Vec<Worth>)> {
    let outcome = model.orders.iter().find(|order| order.order_id == order_id);
    let outcome = outcome.map(|order| format!("{} ({})", order.outcome().code(), order.reason.code())).unwrap_or_default();
    let mut worth: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for row in &model.commissions {
        if row.order_id == order_id && (row.kind.is_commission() || row.kind == Kind::BonusNewCustomer) {
            let (base, commission) = worth.entry(&row.creator_id).or_default();
            *base = base.checked_add(row.base).ok_or(Overflow)?;
            *commission = commission.checked_add(row.commission).ok_or(Overflow)?;
        }
    }
    let is_worth = |(_, sums): &(&str, (i64, i64))| *sums != (0, 0);
    let each = |(creator, (base, commission)): (&str, (i64, i64))| Worth { creator_id: creator.to_owned(), base, commission };
    Ok((outcome, worth.into_iter().filter(is_worth).map(each).collect()))
}
