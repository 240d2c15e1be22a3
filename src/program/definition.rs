//! A program: all that its file says.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::alerts::Limits;
use super::attribution::Attribution;
use super::commission::Commission;
use super::jobs::Job;
use super::retention::Retention;
use super::sources::{Source, Table};
use crate::money::Currency;

/// One program: where its facts are, who gets credit, what it pays, when it runs.
#[derive(Debug, Clone)]
pub struct Program {
    /// The file's name without ending; part of every key in the ledger.
    pub id: String,
    /// The name people read.
    pub name: String,
    /// All earnings are in this currency.
    pub currency: Currency,
    /// Days, months and schedules are this zone's.
    pub time_zone: Tz,
    /// The first local day whose orders may earn; none if all may.
    pub starts: Option<NaiveDate>,
    /// Where each table comes from.
    pub sources: BTreeMap<Table, Source>,
    /// Who gets credit.
    pub attribution: Attribution,
    /// What it pays.
    pub commission: Commission,
    /// The least payable balance that is paid out, in minor units.
    pub payout_minimum: i64,
    /// Beyond what the operator is alerted.
    pub alerts: Limits,
    /// For how long what is not the ledger stays.
    pub retention: Retention,
    /// What runs, and when.
    pub jobs: Vec<Job>,
    /// The file's text.
    pub text: String,
    /// The hash of the file's text, which every entry names.
    pub text_hash: String,
}

impl Program {
    /// The job of this name.
    pub fn job(&self, name: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.name == name)
    }
}
