//! What is read back of the reports that runs have stored: a few figures, whatever else the report of that version says.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::money::{Currency, format_minor};
use crate::store::Tx;

/// The figures of a reconciliation, as a stored report has them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Reconciled {
    /// The code of the program's currency.
    pub currency: String,
    counts: Vec<Count>,
    posted: BTreeMap<String, Posted>,
    exceptions: BTreeMap<String, Exceptions>,
    /// The number of the last entry of the chain.
    pub head_entry: i64,
    /// Its hash.
    pub head_hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Count {
    orders: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Posted {
    transfers: i64,
    owed: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Exceptions {
    count: i64,
}

impl Reconciled {
    /// How many orders it looked at.
    pub fn orders(&self) -> i64 {
        self.counts.iter().map(|count| count.orders).sum()
    }

    /// How many transfers it posted.
    pub fn transfers(&self) -> i64 {
        self.posted.values().map(|posted| posted.transfers).sum()
    }

    /// What creators are owed more (or less) because of it, in major units.
    pub fn owed(&self) -> String {
        let exponent = Currency::parse(&self.currency).map_or(2, Currency::exponent);
        format_minor(self.posted.values().map(|posted| posted.owed).sum(), exponent)
    }

    /// How many records it could not use.
    pub fn exceptions(&self) -> i64 {
        self.exceptions.values().map(|exceptions| exceptions.count).sum()
    }
}

#[derive(Deserialize)]
struct Report {
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    reconciled: Option<Reconciled>,
}

/// The figures of the reconciliation in a stored report, if there was one.
///
/// # Errors
///
/// When the text is no report.
pub fn reconciled_of(report: &str) -> Result<Option<Reconciled>> {
    Ok(serde_json::from_str::<Report>(report)?.steps.into_iter().find_map(|step| step.reconciled))
}

/// The figures of all runs of a program that may have posted, by run, oldest first.
///
/// # Errors
///
/// When a report cannot be read.
pub async fn reconciled(tx: &mut Tx, program: &str) -> Result<Vec<(i64, Reconciled)>> {
    let sql = "SELECT run_id, report FROM runs WHERE program = $1 AND state = 'done' AND report IS NOT NULL ORDER BY run_id";
    let mut all = Vec::new();
    for row in tx.rows(sql, &[program.into()]).await? {
        let run_id = row.int(0)?;
        let of_run = reconciled_of(row.text(1)?).with_context(|| format!("the report of run {run_id} cannot be read"))?;
        all.extend(of_run.map(|figures| (run_id, figures)));
    }
    Ok(all)
}

/// How many exceptions the last runs of a job that were done had, the latest first.
///
/// # Errors
///
/// When a report cannot be read.
pub async fn exceptions_before(tx: &mut Tx, program: &str, job: &str, limit: i64) -> Result<Vec<i64>> {
    let sql = "SELECT report FROM runs WHERE program = $1 AND job = $2 AND state = 'done' AND report IS NOT NULL \
               ORDER BY run_id DESC LIMIT $3";
    let mut counts = Vec::new();
    for row in tx.rows(sql, &[program.into(), job.into(), limit.into()]).await? {
        let of_run = reconciled_of(row.text(0)?).context("the report of a run cannot be read")?;
        counts.extend(of_run.map(|figures| figures.exceptions()));
    }
    Ok(counts)
}
