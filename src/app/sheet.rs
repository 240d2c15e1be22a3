//! The sheet by which a batch is approved: what a page and the command line show of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;

use super::environment::Environment;
use super::payees::{BatchPayees, payees_of_batch};
use super::todays_payees::todays_payees;
use crate::adjustments::{Proposal, State, proposals};
use crate::calendar::day_of;
use crate::facts::blocking;
use crate::ledger::{EntryKind, Head, JournalEntry, check_currency_shown, head, last_booked, program_text};
use crate::payees::Payees;
use crate::payout::{
    Absent, Batch, BatchLine, BatchState, Conversions, FundsAvailable, Missing, Sheet, SheetLine, changed_details, conversions,
    draft_entry, erased_creators, find, funds_available, is_far_above, missing, reserved_in_others, seen_digest, sheet,
};
use crate::posting::{Last, OnHold, last_in};
use crate::program::Program;
use crate::store::Tx;
use crate::vocabulary::coded;

coded! {
    /// What an approver should look at, of a line.
    pub enum Flag {
        /// No batch before has paid them.
        FirstPayout = "first_payout",
        /// The amount is far above the most that a batch has ever paid them.
        FarAboveHabit = "far_above_habit",
        /// Others in the batch are paid to the same account.
        SharedPayee = "shared_payee",
        /// Their payment details are not those that were signed with the batch that paid them last; of an approved batch, with itself.
        ChangedDetails = "changed_details",
        /// There are no details by which they can be paid.
        NoDetails = "no_details",
        /// They owe money now, so that the batch cannot be approved.
        OwesMoney = "owes_money",
        /// They were put on hold since, so that the batch cannot be approved.
        Held = "held",
        /// They were erased: no name or address is known any more.
        Erased = "erased",
    }
}

/// A line, with what somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalLine {
    /// The line.
    pub line: SheetLine,
    /// What to look at.
    pub flags: Vec<Flag>,
}

/// Somebody who is not in the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalAbsence {
    /// Who, and why.
    pub absent: Absent,
    /// Until when what they have on hold stays there; none where nothing is, or nobody knows any more.
    pub on_hold: Option<OnHold>,
}

/// The sheet by which a batch is approved.
#[derive(Debug)]
pub struct ApprovalSheet {
    /// The batch.
    pub batch: Batch,
    /// Between which entries its lines came about: the draft of the batch before (0 where there was none), and its own.
    pub between: (i64, i64),
    /// Who last took a line out or put one back, and so does not approve it.
    pub changed_by: Option<String>,
    /// The time as of which it says who is not in it (microseconds since 1970): that of the ledger's last entry while the batch is a
    /// draft; then that of the draft itself.
    pub as_of: i64,
    /// The least that the batch pays, in minor units.
    pub minimum: i64,
    /// Whom it pays: the largest amount first, then by id.
    pub lines: Vec<ApprovalLine>,
    /// Who is not in it: the largest amount first, owed or due, then by id. Who is owed nothing is left out.
    pub absent: Vec<ApprovalAbsence>,
    /// How its creators are paid today; none where the program names no payees. The error is that of reading them.
    pub payees: Result<Option<BatchPayees>>,
    /// Why the ends of holds are not known, where they could not be read.
    pub holds_unread: Option<String>,
    /// Who has to sign it still; nobody where it is no draft.
    pub missing: Option<Missing>,
    /// What stands for the batch as it is shown here, with the payment details of its creators: handed back with an approval
    /// ([`super::decide_batch`]), it is refused where anything changed. None where it cannot be said, for lack of payees or their key;
    /// then it cannot be approved, either.
    pub seen: Option<String>,
    /// What is proposed about the batch and waits for a second person.
    pub waiting: Vec<Proposal>,
    /// What there is to pay from; none where nobody said.
    pub funds: Option<FundsAvailable>,
    /// What other batches still have to pay, in minor units.
    pub others: i64,
}

/// A sheet, and what it was computed from: while that is the same, so is the sheet.
struct KeptSheet {
    of: Of,
    payees: Option<Payees>,
    sheet: Arc<ApprovalSheet>,
}

/// What a sheet is computed from beside payees. Whatever is posted moves the chain's head.
#[derive(PartialEq, Eq)]
struct Of {
    program: String,
    program_text: String,
    batch_id: String,
    head: Head,
    last: Option<Last>,
    erased: BTreeSet<String>,
}

impl Of {
    async fn now(tx: &mut Tx, program: &Program, batch_id: &str) -> Result<Self> {
        Ok(Self {
            program: program.id.clone(),
            program_text: program.text_hash.clone(),
            batch_id: batch_id.to_owned(),
            head: head(tx, &program.id).await?,
            last: last_in(tx, &program.id).await?,
            erased: erased_creators(tx, &program.id).await?,
        })
    }
}

/// The sheet of a batch. It is computed once for what it is computed from, and then taken from memory; payees are read anew each time.
/// It reads projections, and of the journal only what was posted since the batch before; of the facts nothing
/// but what the last reconciliation kept.
///
/// # Errors
///
/// When there is no such batch; names the newest. When the database cannot be read, or holds the program in another currency.
pub async fn approval_sheet(at: &Environment, program: &Program, batch_id: &str) -> Result<Arc<ApprovalSheet>> {
    check_currency_shown(&at.store, program).await?;
    let payees = todays_payees(at, program).await;
    let mut tx = at.store.snapshot().await?;
    let of = Of::now(&mut tx, program, batch_id).await?;
    let Ok(payees) = payees else {
        return computed(at, program, tx, &of, payees).await.map(Arc::new);
    };
    if let Some(kept) = at.shelf.find(|kept: &KeptSheet| kept.of == of && kept.payees == payees) {
        return Ok(Arc::clone(&kept.sheet));
    }
    let sheet = Arc::new(computed(at, program, tx, &of, Ok(payees.clone())).await?);
    // What could not be read may be there in a moment.
    if sheet.holds_unread.is_none() {
        at.shelf.put(KeptSheet { of, payees, sheet: Arc::clone(&sheet) });
    }
    Ok(sheet)
}

async fn computed(
    at: &Environment,
    program: &Program,
    mut tx: Tx,
    of: &Of,
    payees: Result<Option<Payees>>,
) -> Result<ApprovalSheet> {
    let (batch_id, erased) = (of.batch_id.as_str(), &of.erased);
    let draft = match draft_entry(&mut tx, &program.id, batch_id).await {
        Ok(draft) => draft,
        // Where there is no such batch, that is what to say.
        Err(error) => return Err(find(&at.store, &program.id, batch_id).await.err().unwrap_or(error)),
    };
    let minimum = minimum_then(at, program, &draft).await?;
    let Sheet { batch, as_of, between, changed_by, lines, absent } = sheet(&mut tx, program, batch_id, minimum).await?;
    let seen = if batch.state == BatchState::Draft { i64::MAX } else { draft.entry };
    let (held, holds_unread) = if absent.iter().all(|absent| absent.balance.pending == 0) {
        (BTreeMap::new(), None)
    } else {
        match on_hold(at, &mut tx, program, seen).await {
            Ok(held) => (held, None),
            Err(error) => (BTreeMap::new(), Some(format!("{error:#}"))),
        }
    };
    let funds = funds_available(&mut tx, program).await?;
    let others = reserved_in_others(&mut tx, &program.id, batch_id).await?;
    drop(tx);
    let plain: Vec<BatchLine> =
        lines.iter().map(|line| BatchLine { creator_id: line.creator_id.clone(), amount: line.amount }).collect();
    let changed = match &payees {
        Ok(Some(payees)) => {
            let mut tx = at.store.snapshot().await?;
            changed_details(&mut tx, &program.id, &signed_with(&batch, &lines), payees, &at.keyring).await?
        }
        _ => BTreeSet::new(),
    };
    let signed = payees.as_ref().ok().and_then(|payees| seen_digest(program, &batch, &plain, payees.as_ref(), &at.keyring).ok());
    let approved = approved_rates(at, program, &batch).await?;
    let how = |payees| payees_of_batch(program, batch_id, &plain, &payees, approved);
    let payees = payees.and_then(|payees| payees.map(how).transpose());
    let waits = |proposal: &Proposal| proposal.state == State::Proposed && proposal.subject == batch_id;
    let waiting = proposals(&at.store, &program.id).await?.into_iter().filter(waits).collect();
    let lines = flagged(lines, payees.as_ref().ok().and_then(Option::as_ref), &changed, erased);
    let absent = absent.into_iter().map(|absent| {
        // Money that has moved since is on hold no more, and nothing says until when it was.
        let on_hold = held.get(&absent.creator_id).copied().filter(|on_hold| on_hold.amount == absent.balance.pending);
        ApprovalAbsence { absent, on_hold }
    });
    Ok(ApprovalSheet {
        as_of,
        between,
        changed_by,
        minimum,
        lines,
        absent: absent.collect(),
        payees,
        holds_unread,
        missing: missing(program, &batch),
        seen: signed,
        waiting,
        funds,
        others,
        batch,
    })
}

/// With which batch the payment details of each creator were signed that today's are held against: of a draft with the one that paid
/// them last, of an approved batch with itself; of others with none.
fn signed_with(batch: &Batch, lines: &[SheetLine]) -> BTreeMap<String, String> {
    let with = |line: &SheetLine| match batch.state {
        BatchState::Draft => line.earlier.as_ref().map(|earlier| earlier.batch_id.clone()),
        BatchState::Approved => Some(batch.batch_id.clone()),
        _ => None,
    };
    lines.iter().filter_map(|line| Some((line.creator_id.clone(), with(line)?))).collect()
}

/// The exchange rates that were approved with a batch; none while it is a draft, and today's hold.
async fn approved_rates(at: &Environment, program: &Program, batch: &Batch) -> Result<Option<Conversions>> {
    match batch.state {
        BatchState::Draft => Ok(None),
        _ => conversions(&at.store, &program.id, &batch.batch_id).await.map(Some),
    }
}

/// The minimum of the program file under which a batch was drafted; today's where that is not kept, or cannot be read any more.
async fn minimum_then(at: &Environment, program: &Program, draft: &JournalEntry) -> Result<i64> {
    let text = program_text(&at.store, &draft.program_text).await?;
    let then = text.and_then(|text| Program::parse(&program.id, &text, Path::new("/")).ok());
    Ok(then.map_or(program.payout.minimum, |then| then.payout.minimum))
}

/// What was on hold as of an entry, by creator.
async fn on_hold(at: &Environment, tx: &mut Tx, program: &Program, seen: i64) -> Result<BTreeMap<String, OnHold>> {
    let Some(last) = last_in(tx, &program.id).await?.filter(|last| last.is_sealed) else { return Ok(BTreeMap::new()) };
    let reconciled = last_booked(tx, &program.id, Some(EntryKind::Reconciled), seen).await?;
    let Some(reconciled) = reconciled else { return Ok(BTreeMap::new()) };
    let (outcome, data, zone) = (last.kept()?, at.data.clone(), program.time_zone);
    let through = if seen == i64::MAX { i32::MAX } else { day_of(zone, reconciled) };
    blocking(move || outcome.on_hold(&data, zone, reconciled, through)).await
}

fn flagged(
    lines: Vec<SheetLine>,
    payees: Option<&BatchPayees>,
    changed: &BTreeSet<String>,
    erased: &BTreeSet<String>,
) -> Vec<ApprovalLine> {
    let left: BTreeSet<&str> = payees.iter().flat_map(|payees| &payees.left).map(|left| left.creator_id.as_str()).collect();
    let flagged = |line: SheetLine| {
        let creator = line.creator_id.as_str();
        let is_far = line.earlier.as_ref().is_some_and(|earlier| is_far_above(line.amount, earlier.most));
        let is_shared = payees.is_some_and(|payees| payees.shared.contains(creator));
        let flags = [
            (Flag::OwesMoney, line.owes > 0),
            (Flag::Held, line.is_held),
            (Flag::NoDetails, left.contains(creator)),
            (Flag::ChangedDetails, changed.contains(creator)),
            (Flag::SharedPayee, is_shared),
            (Flag::FarAboveHabit, is_far),
            (Flag::FirstPayout, line.earlier.is_none()),
            (Flag::Erased, erased.contains(creator)),
        ];
        let flags = flags.into_iter().filter_map(|(flag, is_so)| is_so.then_some(flag)).collect();
        ApprovalLine { line, flags }
    };
    lines.into_iter().map(flagged).collect()
}
