//! Who approved batches: as many people as the program file of that moment asked for, and none who drafted or changed them.
//!
//! What is signed is void once a line of the batch changes, its creators' payment details are others, or one of them comes to owe money.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;

use super::findings::{Figures, Findings};
use crate::ledger::{Account, JournalEntry, Transfer, is_same_person};
use crate::program::{Level, Program};
use crate::store::Tx;

/// The people of one batch.
#[derive(Default)]
pub(super) struct People {
    pub drafted_by: String,
    pub approved_by: Option<String>,
    /// Who last took a line out, or put one back.
    pub changed_by: Option<String>,
    /// Who signed what still counts, and the digests of payment details and exchange rates.
    signed: Vec<(String, String)>,
    /// The payment details that were signed last, with exchange rates where there are any; none where none were.
    pub payees: String,
    /// The hash of the program file's text as of that signature.
    pub text: String,
}

impl People {
    pub fn drafted(by: &str) -> Self {
        Self { drafted_by: by.to_owned(), ..Self::default() }
    }

    /// Lines were changed.
    pub fn changed(&mut self, by: &str) {
        self.changed_by = Some(by.to_owned());
        self.signed.clear();
        self.payees.clear();
    }

    /// What was signed is void.
    pub fn void(&mut self) {
        self.signed.clear();
    }

    /// Somebody signed; what is wrong with that is found.
    pub fn signed(&mut self, entry: &JournalEntry, findings: &mut Findings) {
        let JournalEntry { entry: number, subject: batch, actor, facts, program_text, .. } = entry;
        self.signed.retain(|(_, payees)| payees == facts);
        if is_same_person(actor, &self.drafted_by) {
            findings.add(|| format!("entry {number}: {actor} approved batch {batch}, and drafted it"));
        }
        if self.changed_by.as_ref().is_some_and(|changer| is_same_person(changer, actor)) {
            findings.add(|| format!("entry {number}: {actor} approved batch {batch}, and was the last to change it"));
        }
        if self.signed.iter().any(|(signer, _)| is_same_person(signer, actor)) {
            findings.add(|| format!("entry {number}: {actor} signed batch {batch}, and had signed it before"));
        }
        self.signed.push((actor.clone(), facts.clone()));
        self.payees.clone_from(facts);
        self.text.clone_from(program_text);
    }

    /// What has to be judged once the rules are read: an approval, of a batch that comes to so much.
    pub fn approved(&mut self, entry: &JournalEntry, amount: i128) -> Approval {
        self.approved_by = Some(entry.actor.clone());
        let signers = self.signed.iter().map(|(signer, _)| signer.clone()).collect();
        let (batch, text) = (entry.subject.clone(), entry.program_text.clone());
        Approval { entry: entry.entry, batch, amount, signers, text }
    }
}

/// An approval, and who gave it.
pub(super) struct Approval {
    entry: i64,
    batch: String,
    amount: i128,
    signers: Vec<String>,
    /// The hash of the program file's text that says how many people it takes; empty where an older purser approved.
    text: String,
}

/// Finds approvals by fewer people than the program file asked for, or others.
pub(super) async fn judge(
    tx: &mut Tx,
    program: &str,
    (approvals, figures): (&[Approval], Figures),
    findings: &mut Findings,
) -> Result<()> {
    let mut known: BTreeMap<&str, Option<Program>> = BTreeMap::new();
    for approval in approvals.iter().filter(|approval| !approval.text.is_empty()) {
        if !known.contains_key(approval.text.as_str()) {
            let rows = tx.rows("SELECT body FROM program_texts WHERE hash = $1", &[approval.text.as_str().into()]).await?;
            let body = rows.first().map(|row| row.text(0)).transpose()?;
            // A text that is gone, or another, is found by the check of these texts.
            known.insert(&approval.text, body.and_then(|body| Program::parse(program, body, Path::new("/")).ok()));
        }
        let Some(Some(rules)) = known.get(approval.text.as_str()) else { continue };
        let needed = rules.payout.approvals.needed(i64::try_from(approval.amount).unwrap_or(i64::MAX));
        if !is_enough(&needed, &approval.signers) {
            let Approval { entry, batch, amount, signers, .. } = approval;
            let group = needed.group.map(|group| format!(", one of them of the {}", group.name)).unwrap_or_default();
            let (amount, signers, people) = (figures.show(*amount), signers.join(", "), needed.approvers);
            findings.add(|| {
                format!("entry {entry}: batch {batch} of {amount} was approved by {signers}, but it takes {people} people{group}")
            });
        }
    }
    Ok(())
}

fn is_enough(needed: &Level, signers: &[String]) -> bool {
    let is_member = |signer: &String| {
        needed.group.as_ref().is_none_or(|group| group.people.iter().any(|member| is_same_person(member, signer)))
    };
    signers.len() >= needed.approvers && signers.iter().any(is_member)
}

/// What is payable to each creator while the journal is read, and who has come to owe money by the current entry.
#[derive(Default)]
pub(super) struct Debts {
    payable: BTreeMap<String, i128>,
    touched: BTreeSet<String>,
}

impl Debts {
    pub fn transfer(&mut self, transfer: &Transfer) {
        let change = match (transfer.source, transfer.target) {
            (_, Account::Payable) => i128::from(transfer.amount),
            (Account::Payable, _) => -i128::from(transfer.amount),
            _ => return,
        };
        let creator = &transfer.about.creator_id;
        let payable = match self.payable.get_mut(creator) {
            Some(payable) => payable,
            None => self.payable.entry(creator.clone()).or_default(),
        };
        *payable += change;
        if *payable < 0 {
            self.touched.insert(creator.clone());
        }
    }

    /// Who owes money now that an entry ended which changed that.
    pub fn end(&mut self) -> BTreeSet<String> {
        let mut touched = std::mem::take(&mut self.touched);
        touched.retain(|creator| self.payable.get(creator).is_some_and(|payable| *payable < 0));
        touched
    }
}

/// Compares the payment details that are kept of batches with what was signed: by batch, the hash that its last signature holds.
pub(super) async fn compare_payees(
    tx: &mut Tx,
    program: &str,
    signed: BTreeMap<String, String>,
    findings: &mut Findings,
) -> Result<()> {
    let mut kept: BTreeMap<String, blake3::Hasher> = BTreeMap::new();
    let sql = "SELECT batch_id, creator_id, digest FROM batch_payees WHERE program = $1 ORDER BY batch_id, creator_id";
    for row in tx.rows(sql, &[program.into()]).await? {
        let hasher = kept.entry(row.text(0)?.to_owned()).or_default();
        for text in [row.text(1)?, row.text(2)?] {
            hasher.update(text.as_bytes()).update(b"\0");
        }
    }
    // Of whom was erased since, nothing is kept, and what is left comes to something else.
    let sql = "SELECT DISTINCT l.batch_id FROM batch_lines l JOIN erasures e ON e.program = l.program AND e.kind = 'creator' \
               AND e.subject = l.creator_id WHERE l.program = $1";
    let mut erased = BTreeSet::new();
    for row in tx.rows(sql, &[program.into()]).await? {
        erased.insert(row.text(0)?.to_owned());
    }
    for (batch, digest) in signed.into_iter().filter(|(batch, _)| !erased.contains(batch)) {
        let shown = kept.remove(&batch).map(|hasher| hasher.finalize().to_hex().to_string()).unwrap_or_default();
        findings.differs(|| format!("batch {batch}: the payment details that were signed"), shown, digest);
    }
    for batch in kept.into_keys().filter(|batch| !erased.contains(batch)) {
        findings.add(|| format!("payment details of batch {batch} are kept, but nobody signed any"));
    }
    Ok(())
}
