//! What a run logs of each step: one line.

use std::collections::BTreeMap;
use std::time::Instant;

use super::report::{AnswersReport, Exceptions, PayoutReport, StatementsReport, StepReport};
use crate::money::Money;
use crate::program::Program;
use crate::vocabulary::counted;

impl StepReport {
    /// The step in one line, for a log.
    pub fn summary(&self, program: &Program, dry_run: bool) -> String {
        match self {
            Self::Fetched { files, rows, compared } => {
                let kept = format!("fetched and stored {}, {}", counted(*files, "file", "files"), counted(*rows, "row", "rows"));
                let compared = compared.iter().map(|compared| format!("; {}", compared.words()));
                kept + &compared.collect::<String>()
            }
            Self::Reconciled(report) => {
                let orders: i64 = report.counts.iter().map(|count| count.orders).sum();
                let transfers: i64 = report.posted.values().map(|posted| posted.transfers).sum();
                let exceptions: usize = report.exceptions.values().map(|exceptions| exceptions.count).sum();
                let (orders, transfers) = (counted(orders, "order", "orders"), counted(transfers, "transfer", "transfers"));
                let exceptions = counted(exceptions, "exception", "exceptions");
                if dry_run {
                    format!("{orders}, {transfers} would be posted, {exceptions}")
                } else {
                    format!("{orders}, {transfers} posted, {exceptions}, last ledger entry: {}", report.head_entry)
                }
            }
            Self::Payout(PayoutReport { batch: None }) => "no payments are due".to_owned(),
            Self::Payout(PayoutReport { batch: Some(batch) }) => {
                let amount = Money::from_minor(batch.amount, program.currency);
                let drafted = if dry_run { "would draft" } else { "drafted" };
                let creators = counted(batch.creators, "creator", "creators");
                format!("{drafted} batch {}: {amount} to {creators}", batch.batch_id)
            }
            Self::Answers(report) => report.summary(),
            Self::Statements(report) => report.summary(),
        }
    }
}

/// How long something took, for a log: `0.3 s`.
pub(super) fn took(since: Instant) -> String {
    let took = since.elapsed();
    format!("{}.{} s", took.as_secs(), took.subsec_millis() / 100)
}

impl AnswersReport {
    /// The step in one line, for a log.
    fn summary(&self) -> String {
        let files = |count: usize| counted(count, "file of banks' answers", "files of banks' answers");
        if self.would_import > 0 {
            return format!("{} would be imported", files(self.would_import));
        }
        let mut parts = vec![format!("{} imported", files(self.imported))];
        for (count, one, more) in [
            (self.paid, "payment was made", "payments were made"),
            (self.proposed, "proposal awaits approval", "proposals await approval"),
            (self.not_imported.len(), "file could not be imported", "files could not be imported"),
            (self.to_look_at.len(), "answer to look at", "answers to look at"),
            (
                self.young,
                "file is younger than a minute and left to the next run",
                "files are younger than a minute and left to the next run",
            ),
        ] {
            if count > 0 {
                parts.push(counted(count, one, more));
            }
        }
        parts.join(", ")
    }
}

impl StatementsReport {
    /// The step in one line, for a log.
    fn summary(&self) -> String {
        let built: usize = self.months.iter().map(|month| month.built).sum();
        let mailed = self.mailed;
        let count = |kept: &BTreeMap<String, Exceptions>| kept.values().map(|exceptions| exceptions.count).sum::<usize>();
        let (failed, waiting, unmailed) = (count(&self.failed), count(&self.waiting), count(&self.unmailed));
        let built = counted(built, "statement", "statements");
        format!("{built} issued: {mailed} emailed, {waiting} queued, {failed} rejected, {unmailed} with no email address")
    }
}
