//! The result of a run.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::options::RunOptions;
use crate::alerts::{DayOrders, Figures, stopped};
use crate::calendar::format_time;
use crate::facts::{Compared, Hints, Newest};
use crate::ledger::{Account, Head, Transfer};
use crate::money::Overflow;
use crate::payout::Batch;
use crate::posting::{KeptOutcome, OutcomeCount};
use crate::program::{Job, Program};
use crate::reconcile::DayCount;
use crate::statement::Totals;
use crate::vocabulary::ExceptionKind;

/// How many subjects of each kind of exception a report names.
const EXAMPLES: usize = 3;

/// The result of a run, step by step.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Which run.
    pub run_id: i64,
    /// Which program's.
    pub program: String,
    /// Which job.
    pub job: String,
    /// Its time, as RFC 3339.
    pub as_of: String,
    /// Whether nothing was posted because it was a dry run.
    pub dry_run: bool,
    /// Its steps.
    pub steps: Vec<StepReport>,
    /// The mails about what happened; none where the program has no events of which creators are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notices: Option<NoticesReport>,
}

/// The result of starting a run.
#[derive(Debug, Clone)]
pub enum RunResult {
    /// It did its steps.
    Done(Box<Report>),
    /// Its slot was already completed, by the run of this number.
    DoneBefore(i64),
    /// Another run of the program is in progress, and this one does not wait.
    Busy,
}

/// The result of a step.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepReport {
    /// Facts were kept.
    Fetched {
        /// How many files.
        files: usize,
        /// How many rows they have, used or not.
        rows: usize,
        /// What came of comparing what is kept of shops with what they have.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        compared: Vec<Compared>,
    },
    /// Targets and postings were brought together.
    Reconciled(Box<ReconcileReport>),
    /// A batch was drafted, or none was due.
    Payout(PayoutReport),
    /// Answers of banks were imported.
    Answers(AnswersReport),
    /// Statements were built and mails sent.
    Statements(Box<StatementsReport>),
}

/// The result of importing banks' answers from a folder.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AnswersReport {
    /// How many files were imported.
    pub imported: usize,
    /// How many would be, of a dry run.
    #[serde(skip_serializing_if = "is_zero")]
    pub would_import: usize,
    /// How many somebody may be writing still: the next run looks again.
    pub young: usize,
    /// How many payments were made.
    pub paid: usize,
    /// How many proposals wait for a person: of payments that failed or came back.
    pub proposed: usize,
    /// The files that could not be imported, by name.
    pub not_imported: Vec<String>,
    /// Answers from which nothing follows, each with its file.
    pub to_look_at: Vec<String>,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The result of telling creators what happened.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NoticesReport {
    /// How many mails were written, by event.
    pub written: BTreeMap<String, usize>,
    /// How many mails were handed over.
    pub mailed: usize,
    /// Mails that were refused for good, by reason.
    pub failed: BTreeMap<String, Exceptions>,
    /// Mails that wait for the next run, by reason.
    pub waiting: BTreeMap<String, Exceptions>,
    /// Mails of which nobody knows whether they were sent, by reason.
    pub unknown: BTreeMap<String, Exceptions>,
    /// What nobody was told, by reason.
    pub unmailed: BTreeMap<String, Exceptions>,
    /// What could not be compared or read, and why.
    pub warnings: Vec<String>,
}

/// The result of building and sending statements.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StatementsReport {
    /// The months that were closed, such as `2026-03`, in options.
    pub months: Vec<StatementMonth>,
    /// How mails leave: `smtp` or `files`.
    pub transport: String,
    /// How many mails were handed over.
    pub mailed: usize,
    /// How many of those an earlier run may have sent already; they carry the same Message-ID.
    pub repeated: usize,
    /// Mails that were refused for good, by reason.
    pub failed: BTreeMap<String, Exceptions>,
    /// Mails that wait for the next run, by reason.
    pub waiting: BTreeMap<String, Exceptions>,
    /// Mails of which nobody knows whether they were sent, by reason: only a person has them sent again.
    pub unknown: BTreeMap<String, Exceptions>,
    /// Creators whose statement is kept but not mailed, by reason.
    pub unmailed: BTreeMap<String, Exceptions>,
    /// What somebody should know before relying on the statements.
    pub warnings: Vec<String>,
}

/// One closed month: the sums of its statements, in minor units.
#[derive(Debug, Clone, Serialize)]
pub struct StatementMonth {
    /// Such as `2026-03`.
    pub month: String,
    /// How many statements were built.
    pub built: usize,
    /// How many mails carry them.
    pub mails: usize,
    /// Opening to closing, all creators.
    pub totals: Totals,
}

/// The result of a reconciliation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReconcileReport {
    /// The program's currency, which postings are in.
    pub currency: String,
    /// How many orders had each outcome, by currency.
    pub counts: Vec<OutcomeCount>,
    /// What was posted, by reason.
    pub posted: BTreeMap<String, PostedWhy>,
    /// What was clawed back after payment, by creator and reason. Later earnings net it.
    #[serde(default)]
    pub taken_from_paid: Vec<TakenFromPaid>,
    /// What could not be used, by kind.
    pub exceptions: BTreeMap<String, Exceptions>,
    /// What of the program file and the facts was probably not meant.
    #[serde(default)]
    pub hints: Hints,
    /// How many orders each of the last local days brought.
    #[serde(default)]
    pub days: Vec<DayCount>,
    /// When the newest order is from, as RFC 3339; none where there is none.
    #[serde(default)]
    pub newest_order: Option<String>,
    /// The same of the newest click.
    #[serde(default)]
    pub newest_click: Option<String>,
    /// Which sources seem to have stopped, a sentence each.
    #[serde(default)]
    pub stopped: Vec<String>,
    /// The number of the last entry of the chain.
    pub head_entry: i64,
    /// Its hash.
    pub head_hash: String,
}

/// What was posted for one reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedWhy {
    /// How many transfers.
    pub transfers: i64,
    /// What creators are owed more (or less, if negative) because of it, in minor units.
    pub owed: i64,
    /// What moved between pending and payable, in minor units.
    pub moved: i64,
}

/// What was clawed back from one creator for one reason after payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenFromPaid {
    /// The creator.
    pub creator_id: String,
    /// Why.
    pub why: String,
    /// How many transfers.
    pub transfers: i64,
    /// In minor units of the program's currency.
    pub amount: i64,
}

/// Exceptions of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exceptions {
    /// How many.
    pub count: usize,
    /// The first subjects.
    pub examples: Vec<String>,
}

/// The result of a payout.
#[derive(Debug, Clone, Serialize)]
pub struct PayoutReport {
    /// The batch, if anything was due: its id, creators, and amount in minor units.
    #[serde(serialize_with = "batch_summary")]
    pub batch: Option<Batch>,
}

fn batch_summary<S: serde::Serializer>(batch: &Option<Batch>, serializer: S) -> Result<S::Ok, S::Error> {
    batch.as_ref().map(|batch| (&batch.batch_id, batch.creators, batch.amount)).serialize(serializer)
}

impl Report {
    pub(super) fn new(program: &Program, job: &Job, options: &RunOptions, run_id: i64) -> Self {
        Self {
            run_id,
            program: program.id.clone(),
            job: job.name.clone(),
            as_of: format_time(options.as_of),
            dry_run: options.dry_run,
            steps: Vec::new(),
            notices: None,
        }
    }

    /// How many transfers its reconciliations posted.
    pub fn transfers(&self) -> i64 {
        let posted = self.steps.iter().filter_map(|step| match step {
            StepReport::Reconciled(report) => Some(report.posted.values().map(|posted| posted.transfers).sum::<i64>()),
            _ => None,
        });
        posted.sum()
    }
}

impl Exceptions {
    /// Counts subjects by kind, and keeps the first of each.
    pub(super) fn by_kind(subjects: impl IntoIterator<Item = (String, String)>) -> BTreeMap<String, Self> {
        let mut by_kind: BTreeMap<String, Self> = BTreeMap::new();
        for (subject, kind) in subjects {
            let known = by_kind.entry(kind).or_default();
            known.count += 1;
            if known.examples.len() < EXAMPLES {
                known.examples.push(subject);
            }
        }
        by_kind
    }
}

impl ReconcileReport {
    /// What decides whether it is unusual.
    pub(super) fn figures(&self) -> Figures {
        let day = |day: &DayCount| DayOrders { day: day.day, orders: day.orders, unattributed: day.unattributed };
        let count = |(kind, found): (&String, &Exceptions)| (kind.clone(), i64::try_from(found.count).unwrap_or(i64::MAX));
        Figures {
            days: self.days.iter().map(day).collect(),
            exceptions: self.exceptions.iter().map(count).collect(),
            stopped: self.stopped.clone(),
            owed: self.posted.values().try_fold(0i64, |sum, posted| sum.checked_add(posted.owed)),
        }
    }

    pub(super) fn new(
        program: &Program,
        as_of: i64,
        kept: &KeptOutcome,
        exceptions: &BTreeSet<(ExceptionKind, String)>,
        head: Head,
    ) -> Self {
        let newest = kept.newest;
        let at = |time: fn(Newest) -> Option<i64>| newest.and_then(time);
        let (order, click) = (at(|newest| newest.order), at(|newest| newest.click));
        let mut by_kind: BTreeMap<String, Exceptions> = BTreeMap::new();
        for (kind, subject) in exceptions {
            let known = by_kind.entry(kind.code().to_owned()).or_default();
            known.count += 1;
            if known.examples.len() < EXAMPLES {
                known.examples.push(subject.clone());
            }
        }
        let currency = program.currency.code().to_owned();
        Self {
            currency,
            counts: kept.counts.clone(),
            posted: BTreeMap::new(),
            taken_from_paid: Vec::new(),
            exceptions: by_kind,
            hints: hints(program, kept),
            days: kept.days.clone(),
            newest_order: order.map(format_time),
            newest_click: click.map(format_time),
            // Where an older purser kept it, nothing is known.
            stopped: newest.map_or_else(Vec::new, |_| stopped(program, order, click, as_of)),
            head_entry: head.entry,
            head_hash: head.hash,
        }
    }
}

/// What of the program file is probably not meant, then what of the facts.
fn hints(program: &Program, kept: &KeptOutcome) -> Hints {
    let (warnings, of_facts) = (program.warnings(), kept.hints.clone().unwrap_or_default());
    let count = warnings.len() + of_facts.count;
    Hints { count, examples: warnings.into_iter().chain(of_facts.examples).take(EXAMPLES).collect() }
}

impl PostedWhy {
    pub(super) fn book(&mut self, transfer: &Transfer<&str>) -> Result<(), Overflow> {
        self.transfers += 1;
        let (sum, amount) = match (transfer.source, transfer.target) {
            (Account::Expense, _) => (&mut self.owed, transfer.amount),
            (_, Account::Expense) => (&mut self.owed, -transfer.amount),
            _ => (&mut self.moved, transfer.amount),
        };
        *sum = sum.checked_add(amount).ok_or(Overflow)?;
        Ok(())
    }
}
