//! Batches as their entries tell them, and as the tables show them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::approvals::{Approval, Debts, People, compare_payees, judge};
use super::check::Check;
use super::conversions;
use super::findings::{Findings, Found};
use super::journal_check::JournalCheck;
use super::shared::Audit;
use crate::calendar::format_time;
use crate::ledger::{Account, EntryKind, JournalEntry, Posted, Transfer};
use crate::payout::{BatchDigest, BatchState};
use crate::store::Tx;
use crate::vocabulary::{Kind, counted};

/// How many lines are in memory at a time.
const LINES_PER_PAGE: i64 = 20_000;

pub(super) struct Batches<'a> {
    audit: &'a Audit<'a>,
    batches: BTreeMap<String, Journaled>,
    /// The batch that the current entry is about, if it is about one.
    current: String,
    /// What the current entry puts on the clearing account of its batch.
    clearing: i128,
    debts: Debts,
    approvals: Vec<Approval>,
    findings: Findings,
}

/// A batch as its entries tell it.
struct Journaled {
    number: i64,
    state: BatchState,
    digest: String,
    created_at: i64,
    people: People,
    /// How many lines the last settlement left open, as nothing was known of them yet.
    open: usize,
    /// What is reserved for each creator and has not moved on; once the batch is settled, what is in question.
    reserved: BTreeMap<String, i128>,
    /// What each creator was paid, less what came back.
    paid: BTreeMap<String, i128>,
    /// The digest in the making, while its lines are drafted.
    drafting: Option<BatchDigest>,
}

impl<'a> Batches<'a> {
    pub(super) fn new(audit: &'a Audit<'a>) -> Self {
        Self {
            audit,
            batches: BTreeMap::new(),
            current: String::new(),
            clearing: 0,
            debts: Debts::default(),
            approvals: Vec::new(),
            findings: Findings::default(),
        }
    }

    pub(super) async fn finish(mut self, tx: &mut Tx, audit: &Audit<'_>) -> Found {
        let batches = self.batches.len();
        let compared = self.compare(tx).await;
        self.findings.end(audit.program, Check::Batches, compared.map(|()| counted(batches, "batch", "batches")))
    }

    fn drafted(&mut self, entry: &JournalEntry) {
        let batch = &entry.subject;
        if self.batches.contains_key(batch) {
            self.findings.add(|| format!("entry {}: batch {batch} was drafted before", entry.entry));
            return;
        }
        let told = Journaled {
            number: i64::try_from(self.batches.len()).unwrap_or(i64::MAX).saturating_add(1),
            state: BatchState::Draft,
            digest: String::new(),
            created_at: entry.booked_at,
            people: People::drafted(&entry.actor),
            open: 0,
            reserved: BTreeMap::new(),
            paid: BTreeMap::new(),
            drafting: Some(BatchDigest::begin(batch)),
        };
        self.batches.insert(batch.clone(), told);
    }

    fn decided(&mut self, entry: &JournalEntry, kind: EntryKind) {
        let JournalEntry { entry: number, subject, actor, reason, facts, .. } = entry;
        let batch = &self.current;
        // Where people give a reason of their own, the digest stands in its other place; a void has that of its proposal, and of a
        // line that was changed the digest is what comes of it.
        let digest = match kind {
            EntryKind::Returned => Some(facts),
            EntryKind::Withheld | EntryKind::Restored => None,
            _ => Some(reason).filter(|_| subject == batch),
        };
        let Some(told) = self.batches.get_mut(batch) else {
            self.findings.add(|| format!("entry {number}: batch {batch} was {}, but never drafted", kind.code()));
            return;
        };
        match told.state.after(kind) {
            Some(state) => told.state = state,
            None => {
                let state = told.state.words();
                self.findings.add(|| format!("entry {number}: batch {batch} was {} when it was {state}", kind.code()));
            }
        }
        if kind == EntryKind::Settled {
            told.open = facts.parse().unwrap_or(0);
        }
        match kind {
            EntryKind::Signed => {
                told.people.approved_by = None;
                told.people.signed(entry, &mut self.findings);
            }
            EntryKind::Approved => {
                told.people.signed(entry, &mut self.findings);
                self.approvals.push(told.people.approved(entry, told.reserved.values().sum()));
            }
            EntryKind::Withheld | EntryKind::Restored => told.people.changed(actor),
            _ => {}
        }
        if let Some(said) = digest.filter(|said| **said != told.digest) {
            let digest = &told.digest;
            self.findings
                .add(|| format!("entry {number}: batch {batch} was {} as {said}, but it was drafted as {digest}", kind.code()));
        }
    }

    async fn compare(&mut self, tx: &mut Tx) -> Result<()> {
        let program = self.audit.program;
        let sql = "SELECT batch_id, number, state, digest, created_at, drafted_by, approved_by FROM batches WHERE program = $1 ORDER BY batch_id";
        let mut shown = Vec::new();
        for row in tx.rows(sql, &[program.into()]).await? {
            let batch = row.text(0)?.to_owned();
            let Some(told) = self.batches.get(&batch) else {
                self.findings.add(|| format!("batch {batch} is shown, but no entry drafted it"));
                continue;
            };
            let record = |column: &str| format!("batch {batch}: its {column}");
            let findings = &mut self.findings;
            findings.differs(|| record("number"), row.int(1)?, told.number);
            findings.differs(|| record("state"), row.text(2)?, told.state.code());
            findings.differs(|| record("digest"), row.text(3)?, &told.digest);
            findings.differs(|| record("time"), format_time(row.int(4)?), format_time(told.created_at));
            findings.differs(|| record("drafter"), row.text(5)?, &told.people.drafted_by);
            let nobody = "nobody";
            findings.differs(
                || record("approver"),
                row.optional_text(6)?.unwrap_or(nobody),
                told.people.approved_by.as_deref().unwrap_or(nobody),
            );
            shown.push(batch);
        }
        for batch in self.batches.keys().filter(|batch| shown.binary_search(batch).is_err()) {
            self.findings.add(|| format!("batch {batch} was drafted, but is not shown"));
        }
        self.check_settled(tx).await?;
        let approvals = (self.approvals.as_slice(), self.audit.figures);
        judge(tx, program, approvals, &mut self.findings).await?;
        let signed = self.batches.iter().filter(|(_, told)| !told.people.payees.is_empty());
        let details = |payees: &str| payees.split_once(' ').map_or(payees, |(details, _)| details).to_owned();
        let signed = signed.map(|(batch, told)| (batch.clone(), details(&told.people.payees))).collect();
        compare_payees(tx, program, signed, &mut self.findings).await?;
        let people = self.batches.iter().map(|(batch, told)| (batch, &told.people));
        conversions::compare(tx, program, people, &mut self.findings).await?;
        self.compare_lines(tx).await
    }

    /// What a settled batch still has in its reserve was said to have failed, or was left open.
    async fn check_settled(&mut self, tx: &mut Tx) -> Result<()> {
        let sql = "SELECT p.subject, l.creator_id FROM proposals p JOIN proposal_lines l ON l.program = p.program \
                   AND l.proposal_id = p.proposal_id WHERE p.program = $1 AND p.kind = 'failed_payment'";
        let mut failed: BTreeSet<(String, String)> = BTreeSet::new();
        for row in tx.rows(sql, &[self.audit.program.into()]).await? {
            failed.insert((row.text(0)?.to_owned(), row.text(1)?.to_owned()));
        }
        for (batch, told) in self.batches.iter().filter(|(_, told)| told.state == BatchState::Settled) {
            let unexplained: Vec<_> =
                told.reserved.iter().filter(|(creator, _)| !failed.contains(&(batch.clone(), (*creator).clone()))).collect();
            if unexplained.len() <= told.open {
                continue;
            }
            for (creator, amount) in unexplained {
                let amount = self.audit.figures.show(*amount);
                self.findings.add(|| {
                    format!(
                        "batch {batch} is settled, but {amount} of {creator} is still reserved, and nobody said that it failed"
                    )
                });
            }
        }
        Ok(())
    }

    /// Compares by digest; only where that differs, line by line.
    async fn compare_lines(&mut self, tx: &mut Tx) -> Result<()> {
        let mut shown = shown_digests(tx, self.audit.program).await?;
        let mut differing = Vec::new();
        for (batch, told) in &self.batches {
            if shown.remove(batch).as_ref() != Some(&told.digest) {
                differing.push(batch.clone());
            }
        }
        for batch in shown.into_keys() {
            self.findings.add(|| format!("batch {batch} has lines, but no entry drafted it"));
        }
        for batch in differing {
            if self.findings.is_telling() {
                self.report_lines(tx, &batch).await?;
            } else {
                self.findings.add(String::new);
            }
        }
        Ok(())
    }

    async fn report_lines(&mut self, tx: &mut Tx, batch: &str) -> Result<()> {
        let posted = "SELECT t.creator_id, CAST(SUM(CASE WHEN t.target = 'reserved' THEN t.amount ELSE -t.amount END) AS BIGINT) \
                      FROM transfers t JOIN entries e ON e.program = t.program AND e.entry = t.entry WHERE t.program = $1 \
                      AND t.kind = 'batch' AND t.order_id = $2 AND e.kind IN ('drafted', 'withheld', 'restored') \
                      GROUP BY t.creator_id HAVING SUM(CASE WHEN t.target = 'reserved' THEN t.amount ELSE -t.amount END) <> 0 \
                      ORDER BY t.creator_id";
        let shown = "SELECT creator_id, amount FROM batch_lines WHERE program = $1 AND batch_id = $2 ORDER BY creator_id";
        let mut lines: [BTreeMap<String, i64>; 2] = Default::default();
        for (lines, sql) in lines.iter_mut().zip([shown, posted]) {
            for row in tx.rows(sql, &[self.audit.program.into(), batch.into()]).await? {
                lines.insert(row.text(0)?.to_owned(), row.int(1)?);
            }
        }
        let [mut shown, posted] = lines;
        let figures = self.audit.figures;
        let words = |amount: Option<i64>| amount.map_or("nothing".to_owned(), |amount| figures.show(amount));
        let findings = &mut self.findings;
        for (creator, amount) in posted {
            findings.differs(
                || format!("batch {batch}: the line of {creator}"),
                words(shown.remove(&creator)),
                words(Some(amount)),
            );
        }
        for (creator, amount) in shown {
            findings.differs(|| format!("batch {batch}: the line of {creator}"), words(Some(amount)), words(None));
        }
        Ok(())
    }
}

/// The digest of what is reserved in a batch, by creator.
fn digest_of(batch: &str, reserved: &BTreeMap<String, i128>) -> String {
    let mut digest = BatchDigest::begin(batch);
    for (creator, amount) in reserved {
        digest.add(creator, i64::try_from(*amount).unwrap_or(i64::MAX));
    }
    digest.finish()
}

/// The digests of the lines that the table shows, by batch.
async fn shown_digests(tx: &mut Tx, program: &str) -> Result<BTreeMap<String, String>> {
    let sql = "SELECT batch_id, creator_id, amount FROM batch_lines WHERE program = $1 AND (batch_id, creator_id) > ($2, $3) \
               ORDER BY batch_id, creator_id LIMIT $4";
    let mut digests: BTreeMap<String, BatchDigest> = BTreeMap::new();
    let mut after = (String::new(), String::new());
    loop {
        let rows =
            tx.rows(sql, &[program.into(), after.0.as_str().into(), after.1.as_str().into(), LINES_PER_PAGE.into()]).await?;
        for row in &rows {
            let (batch, creator) = (row.text(0)?, row.text(1)?);
            let digest = digests.entry(batch.to_owned()).or_insert_with(|| BatchDigest::begin(batch));
            digest.add(creator, row.int(2)?);
            after = (batch.to_owned(), creator.to_owned());
        }
        if rows.is_empty() {
            return Ok(digests.into_iter().map(|(batch, digest)| (batch, digest.finish())).collect());
        }
    }
}

impl JournalCheck for Batches<'_> {
    fn begin(&mut self, entry: &JournalEntry) -> Result<()> {
        self.clearing = 0;
        self.current.clone_from(&entry.subject);
        match entry.kind {
            EntryKind::Drafted => self.drafted(entry),
            EntryKind::Signed | EntryKind::Approved | EntryKind::Withheld | EntryKind::Restored => {
                self.decided(entry, entry.kind)
            }
            EntryKind::Rejected | EntryKind::Exported | EntryKind::Settled | EntryKind::Returned => {
                self.decided(entry, entry.kind)
            }
            // The transfers of an approval say whether it is about a batch.
            EntryKind::Reconciled
            | EntryKind::Proposed
            | EntryKind::Accepted
            | EntryKind::Declined
            | EntryKind::Held
            | EntryKind::Released
            | EntryKind::Renamed
            | EntryKind::Retired
            | EntryKind::Closed
            | EntryKind::Charged
            | EntryKind::Funds => {}
        }
        Ok(())
    }

    fn transfer(&mut self, entry: &JournalEntry, posted: &Posted) -> Result<()> {
        self.debts.transfer(&posted.transfer);
        let Transfer { about, source, target, amount, .. } = &posted.transfer;
        let (source, target, creator_id, position) = (*source, *target, &about.creator_id, posted.position);
        for (account, change) in [(source, -i128::from(*amount)), (target, i128::from(*amount))] {
            if account == Account::Clearing {
                self.clearing += change;
            }
        }
        if about.kind == Kind::Batch && self.current != about.order_id {
            self.current.clone_from(&about.order_id);
            self.decided(entry, EntryKind::Accepted);
        }
        let Some(told) = self.batches.get_mut(&self.current) else { return Ok(()) };
        if target == Account::Cash {
            *told.paid.entry(creator_id.clone()).or_default() += i128::from(*amount);
        }
        if source == Account::Cash {
            let paid = told.paid.remove(creator_id).unwrap_or_default();
            if paid != i128::from(*amount) {
                let (takes, paid) = (self.audit.figures.show(*amount), self.audit.figures.show(paid));
                let (entry, batch) = (entry.entry, &self.current);
                self.findings.add(|| {
                    format!(
                        "entry {entry}, transfer {position}: {takes} came back from {creator_id}, but batch {batch} paid {paid}"
                    )
                });
            }
        }
        if target == Account::Reserved {
            *told.reserved.entry(creator_id.clone()).or_default() += i128::from(*amount);
            if let Some(digest) = &mut told.drafting {
                digest.add(creator_id, *amount);
            }
        }
        if source == Account::Reserved {
            let reserved = told.reserved.remove(creator_id).unwrap_or_default();
            if reserved != i128::from(*amount) {
                let (takes, reserved) = (self.audit.figures.show(*amount), self.audit.figures.show(reserved));
                let (entry, batch) = (entry.entry, &self.current);
                self.findings.add(|| {
                    format!("entry {entry}, transfer {position}: batch {batch} takes {takes} of {creator_id}, but {reserved} was reserved")
                });
            }
        }
        Ok(())
    }

    fn end(&mut self, entry: &JournalEntry) -> Result<()> {
        let (number, batch) = (entry.entry, &self.current);
        if self.clearing != 0 {
            let left = self.audit.figures.show(self.clearing);
            self.findings
                .add(|| format!("entry {number}: it leaves {left} on the clearing account of batch {batch}, expected nothing"));
        }
        let owing = self.debts.end();
        if !owing.is_empty() {
            let drafts = self.batches.values_mut().filter(|told| told.state == BatchState::Draft);
            drafts
                .filter(|told| owing.iter().any(|creator| told.reserved.contains_key(creator)))
                .for_each(|told| told.people.void());
        }
        let Some(told) = self.batches.get_mut(batch) else { return Ok(()) };
        if let Some(digest) = told.drafting.take() {
            told.digest = digest.finish();
        }
        if matches!(entry.kind, EntryKind::Withheld | EntryKind::Restored) {
            told.digest = digest_of(batch, &told.reserved);
            let (said, is, kind) = (&entry.facts, &told.digest, entry.kind.code());
            if said != is {
                self.findings
                    .add(|| format!("entry {number}: a line of batch {batch} was {kind} to come to {said}, but it is {is}"));
            }
        }
        if matches!(told.state, BatchState::Rejected | BatchState::Voided) {
            for (creator, amount) in std::mem::take(&mut told.reserved) {
                let amount = self.audit.figures.show(amount);
                self.findings
                    .add(|| format!("entry {number}: batch {batch} has ended, but {amount} of {creator} is still reserved"));
            }
        }
        Ok(())
    }
}
