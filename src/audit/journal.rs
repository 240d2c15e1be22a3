//! One reading of the journal for all checks that look at it.

use anyhow::{Result, anyhow};

use super::balanced::Balanced;
use super::balances::Balances;
use super::batches::Batches;
use super::chain::Chain;
use super::check::Check;
use super::findings::{Findings, Found};
use super::journal_check::JournalCheck;
use super::shared::Audit;
use super::statements::Statements;
use super::targets::{Targets, kept};
use crate::ledger::{JournalEntry, JournalVisitor, Posted, read_journal};
use crate::store::Tx;

struct Reading<'c>(Vec<&'c mut dyn JournalCheck>);

impl JournalVisitor for Reading<'_> {
    fn begin(&mut self, entry: &JournalEntry) -> Result<()> {
        self.0.iter_mut().try_for_each(|check| check.begin(entry))
    }

    fn transfer(&mut self, entry: &JournalEntry, transfer: &Posted) -> Result<()> {
        self.0.iter_mut().try_for_each(|check| check.transfer(entry, transfer))
    }

    fn end(&mut self, entry: &JournalEntry) -> Result<()> {
        self.0.iter_mut().try_for_each(|check| check.end(entry))
    }

    fn broken(&mut self, _program: &str, what: &str) -> Result<()> {
        self.0.iter_mut().for_each(|check| check.broken(what));
        Ok(())
    }
}

/// The checks of a program's journal that are wanted.
pub(super) async fn checks(tx: &mut Tx, audit: &Audit<'_>) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    let mut failed = |check: Check, error| found.push(Findings::default().end(audit.program, check, Err(error)));
    let mut chain = match audit.wants(Check::Chain) {
        true => Chain::new(tx, audit).await.map_err(|error| failed(Check::Chain, error)).ok(),
        false => None,
    };
    let mut statements = match audit.wants(Check::Statements) {
        true => Statements::new(tx, audit).await.map_err(|error| failed(Check::Statements, error)).ok(),
        false => None,
    };
    let kept = match audit.wants(Check::Targets) {
        true => kept(tx, audit).await.map_err(|error| failed(Check::Targets, error)).ok(),
        false => None,
    };
    let mut targets = match &kept {
        Some(kept) => Targets::new(kept.as_ref()).map_err(|error| failed(Check::Targets, error)).ok(),
        None => None,
    };
    let mut balanced = audit.wants(Check::Balanced).then(Balanced::default);
    let mut balances = audit.wants(Check::Balances).then(|| Balances::new(audit));
    let mut batches = audit.wants(Check::Batches).then(|| Batches::new(audit));
    let all: [(Check, Option<&mut dyn JournalCheck>); 6] = [
        (Check::Chain, chain.as_mut().map(|check| check as _)),
        (Check::Balanced, balanced.as_mut().map(|check| check as _)),
        (Check::Balances, balances.as_mut().map(|check| check as _)),
        (Check::Batches, batches.as_mut().map(|check| check as _)),
        (Check::Targets, targets.as_mut().map(|check| check as _)),
        (Check::Statements, statements.as_mut().map(|check| check as _)),
    ];
    let (names, checks): (Vec<Check>, Vec<_>) = all.into_iter().filter_map(|(name, check)| Some((name, check?))).unzip();
    if checks.is_empty() {
        return Ok(found);
    }
    // Entries may have been given any number by what changed them.
    if let Err(error) = read_journal(tx, audit.program, i64::MIN + 1..=i64::MAX, &mut Reading(checks)).await {
        names.into_iter().for_each(|check| failed(check, anyhow!("the journal cannot be read: {error:#}")));
        return Ok(found);
    }
    if let Some(chain) = chain {
        found.push(chain.finish(audit));
    }
    if let Some(balanced) = balanced {
        found.push(balanced.finish(audit));
    }
    if let Some(balances) = balances {
        found.push(balances.finish(tx, audit).await);
    }
    if let Some(batches) = batches {
        found.push(batches.finish(tx, audit).await);
    }
    if let Some(targets) = targets {
        found.push(targets.finish(audit));
    }
    if let Some(statements) = statements {
        found.push(statements.finish(tx, audit).await);
    }
    Ok(found)
}
