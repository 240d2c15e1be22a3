//! Signing a batch, and approving it with the last signature that it needs.

use anyhow::{Result, bail, ensure};

use super::batch::{Batch, BatchLine, Signature, sum};
use super::bound::{self, Bound};
use super::conversion::{self, Conversions, refuse_unrated};
use super::current::Current;
use super::decided::{Decided, Missing};
use super::hold::refuse_held;
use super::state::BatchState;
use crate::calendar::format_time;
use crate::error::{Conflict, Forbidden};
use crate::ledger::{Entry, EntryKind, is_same_person, post, summed_balances};
use crate::payees::{Keyring, Payees};
use crate::program::{Group, Level, Program};
use crate::store::Tx;
use crate::vocabulary::counted;

/// What an approval rests on beside the batch itself.
#[derive(Debug, Clone, Copy)]
pub struct Grounds<'a> {
    /// Whom and where to pay, as it is now; none where the program names no payees.
    pub payees: Option<&'a Payees>,
    /// The key under which that is signed.
    pub keyring: &'a Keyring,
    /// What the approver was shown ([`seen_digest`]); none where they decide about the batch as it is, whatever they saw.
    pub seen: Option<&'a str>,
}

/// Who has to sign a batch still; nobody where it is no draft.
pub fn missing(program: &Program, batch: &Batch) -> Option<Missing> {
    let needed = program.payout.approvals.needed(batch.amount);
    (batch.state == BatchState::Draft).then(|| still_missing(&needed, &names(&batch.signatures))).flatten()
}

/// What stands for a batch as an approver sees it: for its content, for the payment details of its creators, and for the exchange rates
/// at which they are paid. A page hands it back with the approval, which is refused where anything changed meanwhile.
///
/// # Errors
///
/// When the program names payees, and there is no key.
pub fn seen_digest(
    program: &Program,
    batch: &Batch,
    lines: &[BatchLine],
    payees: Option<&Payees>,
    keyring: &Keyring,
) -> Result<String> {
    Ok(seen(&batch.digest, &Beside::of(program, lines, payees, keyring)?.said()))
}

/// What is signed beside the lines.
struct Beside {
    /// Payment details; none where the program names no payees.
    bound: Option<Bound>,
    conversions: Conversions,
}

impl Beside {
    fn of(program: &Program, lines: &[BatchLine], payees: Option<&Payees>, keyring: &Keyring) -> Result<Self> {
        let Some(payees) = payees else { return Ok(Self { bound: None, conversions: Conversions::default() }) };
        let conversions = Conversions::today(program, lines, payees)?;
        Ok(Self { bound: Some(Bound::of(lines, payees, keyring)?), conversions })
    }

    /// What stands for it in the entry.
    fn said(&self) -> String {
        self.conversions.beside(&self.bound.as_ref().map(Bound::digest).unwrap_or_default())
    }

    async fn keep(&self, tx: &mut Tx, program: &str, batch_id: &str) -> Result<()> {
        match &self.bound {
            Some(bound) => bound.keep(tx, program, batch_id).await?,
            None => bound::forget(tx, program, batch_id).await?,
        }
        self.conversions.keep(tx, program, batch_id).await
    }
}

/// Forgets what was signed of a batch beside its lines.
pub(super) async fn forget_signed(tx: &mut Tx, program: &str, batch_id: &str) -> Result<()> {
    bound::forget(tx, program, batch_id).await?;
    conversion::forget(tx, program, batch_id).await
}

fn seen(digest: &str, said: &str) -> String {
    blake3::hash(format!("{digest} {said}").as_bytes()).to_hex()[..32].to_owned()
}

fn names(signatures: &[Signature]) -> Vec<&str> {
    signatures.iter().map(|signature| signature.by.as_str()).collect()
}

fn is_of(group: &Group, name: &str) -> bool {
    group.people.iter().any(|member| is_same_person(member, name))
}

fn still_missing(needed: &Level, signers: &[&str]) -> Option<Missing> {
    let group = needed.group.clone().filter(|group| !signers.iter().any(|signer| is_of(group, signer)));
    let approvers = needed.approvers.saturating_sub(signers.len()).max(usize::from(group.is_some()));
    (approvers > 0).then_some(Missing { approvers, group })
}

/// Signs a batch; with the last signature that it needs, it is approved. What is signed are its lines and, where the program names
/// payees, their details, and at which rates they are paid in other currencies.
pub(super) async fn approve(
    mut tx: Tx,
    program: &Program,
    batch: &Current,
    (by, as_of): (&str, i64),
    grounds: Grounds<'_>,
) -> Result<Decided> {
    let beside = Beside::of(program, &batch.lines, grounds.payees, grounds.keyring)?;
    let said = beside.said();
    let is_signed = |signature: &&Signature| signature.payees.as_ref().is_none_or(|signed| *signed == said);
    if batch.state != BatchState::Approved || batch.signatures.last().as_ref().is_none_or(is_signed) {
        batch.must_be(&[BatchState::Draft], "approved")?;
    }
    check_seen(batch, &said, grounds.seen)?;
    check_person(batch, by)?;
    check_debts(&mut tx, &program.id, batch).await?;
    grounds.payees.map_or(Ok(()), |payees| refuse_unrated(program, &batch.batch_id, &batch.lines, payees))?;
    refuse_held(&mut tx, program, batch, as_of, "approved").await?;
    let amount = sum(&batch.lines)?;
    let signed: Vec<Signature> = batch.signatures.iter().filter(is_signed).cloned().collect();
    let missing = after_signing(batch, &program.payout.approvals.needed(amount), &signed, by)?;
    let kind = if missing.is_none() { EntryKind::Approved } else { EntryKind::Signed };
    let state = batch.after(kind)?;
    let entry = Entry {
        kind,
        subject: &batch.batch_id,
        booked_at: as_of,
        actor: by,
        reason: &batch.digest,
        // It says how many have to sign.
        program_text: &program.text_hash,
        facts: &said,
    };
    let posted = post(&mut tx, program, &entry, &[]).await?;
    beside.keep(&mut tx, &program.id, &batch.batch_id).await?;
    batch.show(&mut tx, &program.id, state, missing.is_none().then_some(by)).await?;
    tx.commit("the decision about a batch").await?;
    Ok(Decided { posted, moves: Vec::new(), amount, creators: batch.lines.len(), missing })
}

fn check_seen(batch: &Current, said: &str, shown: Option<&str>) -> Result<()> {
    ensure!(
        shown.is_none_or(|shown| shown == seen(&batch.digest, said)),
        Conflict(format!(
            "batch {} is not what it was when it was shown: a line, somebody's payment details or an exchange rate changed since; nothing was \
             changed. Look at it again, `purser batch show {}`",
            batch.batch_id, batch.batch_id
        ))
    );
    Ok(())
}

fn check_person(batch: &Current, by: &str) -> Result<()> {
    let id = &batch.batch_id;
    if is_same_person(&batch.drafted_by, by) {
        bail!(Forbidden(format!("{by} drafted batch {id} and cannot approve it; someone else has to")));
    }
    if batch.changed_by.as_ref().is_some_and(|changer| is_same_person(changer, by)) {
        bail!(Forbidden(format!("{by} was the last to change batch {id} and cannot approve it; someone else has to")));
    }
    Ok(())
}

async fn check_debts(tx: &mut Tx, program: &str, batch: &Current) -> Result<()> {
    let balances = summed_balances(tx, program).await?;
    let owes = |creator: &&str| balances.get(*creator).is_some_and(|balance| balance.payable < 0);
    let owing: Vec<&str> = batch.lines.iter().map(|line| line.creator_id.as_str()).filter(owes).collect();
    if let Some(first) = owing.first() {
        let others =
            if owing.len() > 1 { format!(" and {}", counted(owing.len() - 1, "other", "others")) } else { String::new() };
        bail!(Conflict(format!(
            "the payable balance of {first}{others} has fallen below zero since batch {} was drafted; \
             reject the batch, and the next payout run drafts a new batch",
            batch.batch_id
        )));
    }
    Ok(())
}

/// Who has to sign still once this person has.
fn after_signing(batch: &Current, needed: &Level, signed: &[Signature], by: &str) -> Result<Option<Missing>> {
    let id = &batch.batch_id;
    if let Some(Signature { by: name, at, .. }) = signed.iter().find(|signature| is_same_person(&signature.by, by)) {
        let at = format_time(*at);
        bail!(Forbidden(format!("{name} signed batch {id} at {at}; the next signature has to be somebody else's")));
    }
    let mut signers = names(signed);
    let before = still_missing(needed, &signers);
    if let Some(Missing { approvers: 1, group: Some(group) }) =
        before.filter(|before| before.group.as_ref().is_some_and(|group| !is_of(group, by)))
    {
        let people = group.people.join(", ");
        bail!(Forbidden(format!(
            "batch {id} needs the signature of one of the {} ({people}), and {by} is none of them; nothing was changed",
            group.name
        )));
    }
    signers.push(by);
    Ok(still_missing(needed, &signers))
}
