//! Each entry on its own: what it moves, between which accounts, and that nothing comes from nowhere.

use anyhow::Result;

use super::findings::{Findings, Found};
use super::journal::JournalCheck;
use super::{Audit, Check};
use crate::ledger::{Account, EntryKind, JournalEntry, JournalTransfer};

#[derive(Default)]
pub(super) struct Balanced {
    kind: Option<EntryKind>,
    /// The sum of the entry's postings to known accounts.
    sum: i128,
    entries: u64,
    findings: Findings,
}

impl Balanced {
    pub(super) fn finish(self, audit: &Audit<'_>) -> Found {
        let seen = format!("{} entries", self.entries);
        self.findings.end(audit.program, Check::Balanced, Ok(seen))
    }
}

/// Whether a transfer is one of those that an entry of this kind owns: what is about a batch belongs to entries about that
/// batch, or to the approval of a proposal that voids it.
fn belongs(kind: EntryKind, entry: &JournalEntry, transfer: &JournalTransfer) -> bool {
    let of_subject = transfer.order_id == entry.subject;
    match transfer.kind.as_str() {
        "batch" => kind == EntryKind::Accepted || (kind != EntryKind::Reconciled && of_subject),
        "adjustment" | "write_off" | "opening" => kind == EntryKind::Accepted && of_subject,
        _ => kind == EntryKind::Reconciled,
    }
}

impl JournalCheck for Balanced {
    fn begin(&mut self, entry: &JournalEntry) -> Result<()> {
        (self.kind, self.sum) = (EntryKind::parse(&entry.kind), 0);
        self.entries += 1;
        let of_batch = self.kind != Some(EntryKind::Reconciled);
        if self.kind.is_none() {
            self.findings.add(|| format!("entry {}: no entry is \"{}\"", entry.entry, entry.kind));
        } else if of_batch == entry.subject.is_empty() {
            self.findings.add(|| format!("entry {}: an entry {} is not about \"{}\"", entry.entry, entry.kind, entry.subject));
        }
        Ok(())
    }

    fn transfer(&mut self, entry: &JournalEntry, transfer: &JournalTransfer) -> Result<()> {
        let JournalTransfer { position, amount, source, target, .. } = transfer;
        let record = || format!("entry {}, transfer {position}", entry.entry);
        let accounts = (Account::parse(source), Account::parse(target));
        self.sum -= accounts.0.map_or(0, |_| i128::from(*amount));
        self.sum += accounts.1.map_or(0, |_| i128::from(*amount));
        if *amount <= 0 {
            self.findings.add(|| format!("{}: it moves {amount}, expected an amount above zero", record()));
        }
        let (Some(kind), (Some(from), Some(to))) = (self.kind, accounts) else {
            if self.kind.is_some() {
                self.findings
                    .add(|| format!("{}: it moves money from {source} to {target}, which are not both accounts", record()));
            }
            return Ok(());
        };
        if !kind.may_move(from, to) {
            self.findings.add(|| format!("{}: no entry {} moves money from {source} to {target}", record(), entry.kind));
        }
        if !belongs(kind, entry, transfer) {
            let (kind, order_id) = (&transfer.kind, &transfer.order_id);
            self.findings
                .add(|| format!("{}: a transfer of {kind} {order_id} does not belong to an entry {}", record(), entry.kind));
        }
        Ok(())
    }

    fn end(&mut self, entry: &JournalEntry) -> Result<()> {
        self.findings.differs(|| format!("entry {}: the sum of its postings, in minor units,", entry.entry), self.sum, 0);
        Ok(())
    }
}
