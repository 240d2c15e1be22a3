//! Each entry on its own: what it moves, between which accounts, and that nothing comes from nowhere.

use anyhow::Result;

use super::check::Check;
use super::findings::{Findings, Found};
use super::journal_check::JournalCheck;
use super::shared::Audit;
use crate::ledger::{EntryKind, JournalEntry, Particulars, Posted, Transfer};
use crate::vocabulary::{Kind, counted};

#[derive(Default)]
pub(super) struct Balanced {
    entries: u64,
    findings: Findings,
}

impl Balanced {
    pub(super) fn finish(self, audit: &Audit<'_>) -> Found {
        let seen = counted(self.entries, "entry", "entries");
        self.findings.end(audit.program, Check::Balanced, Ok(seen))
    }
}

/// Whether a transfer is one of those that an entry of this kind owns: what is about a batch belongs to entries about that
/// batch, or to the approval of a proposal that voids it or says that payments failed or came back.
fn belongs(entry: &JournalEntry, about: &Particulars) -> bool {
    let of_subject = about.order_id == entry.subject;
    match about.kind {
        Kind::Batch => entry.kind == EntryKind::Accepted || (entry.kind != EntryKind::Reconciled && of_subject),
        Kind::Adjustment | Kind::WriteOff | Kind::Opening => entry.kind == EntryKind::Accepted && of_subject,
        Kind::BankFee | Kind::ExchangeDifference => entry.kind == EntryKind::Charged && of_subject,
        _ => entry.kind == EntryKind::Reconciled,
    }
}

impl JournalCheck for Balanced {
    fn begin(&mut self, entry: &JournalEntry) -> Result<()> {
        self.entries += 1;
        let of_batch = entry.kind != EntryKind::Reconciled;
        if of_batch == entry.subject.is_empty() {
            let kind = entry.kind.code();
            self.findings.add(|| format!("entry {}: an entry {kind} is not about \"{}\"", entry.entry, entry.subject));
        }
        Ok(())
    }

    fn transfer(&mut self, entry: &JournalEntry, posted: &Posted) -> Result<()> {
        let Transfer { about, source, target, amount, .. } = &posted.transfer;
        let record = || format!("entry {}, transfer {}", entry.entry, posted.position);
        if *amount <= 0 {
            self.findings.add(|| format!("{}: it moves {amount}, expected an amount above zero", record()));
        }
        let entry_kind = entry.kind.code();
        if !entry.kind.may_move(*source, *target) {
            let (from, to) = (source.code(), target.code());
            self.findings.add(|| format!("{}: no entry {entry_kind} moves money from {from} to {to}", record()));
        }
        if !belongs(entry, about) {
            let (kind, order_id) = (about.kind, &about.order_id);
            self.findings
                .add(|| format!("{}: a transfer of {kind} {order_id} does not belong to an entry {entry_kind}", record()));
        }
        Ok(())
    }

    fn broken(&mut self, what: &str) {
        self.findings.add(|| what.to_owned());
    }
}
