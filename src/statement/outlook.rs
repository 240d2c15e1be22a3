//! What will be paid, and when: the money of a creator as it stands while a statement is built, which is later than the month's end.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

use crate::calendar::day_of;
use crate::ledger::{Balance, balances_at};
use crate::money::Overflow;
use crate::payout::{BatchState, Hold, HoldKind, OpenLine, holds_on, open_lines};
use crate::posting::KeptOutcome;
use crate::program::{Job, Program, Schedule, Step};
use crate::store::Tx;

/// How many payouts are looked ahead.
const PAYOUTS_AHEAD: usize = 24;

/// What will be paid. Amounts are minor units, days are days since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    /// The local day as of which it is.
    pub day: i32,
    /// What is in payout batches, which were neither paid nor ended.
    pub batches: Vec<InBatch>,
    /// What is reserved in a batch that was settled: somebody said that the payment failed, and it is looked into.
    pub in_question: i64,
    /// What is due and in no batch; below zero, a debt.
    pub payable: i64,
    /// Why the next payout leaves the creator out, if it does: payments to them are on hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<HoldKind>,
    /// The least that is paid out.
    pub minimum: i64,
    /// Whether it is paid out even below that: the creator has left.
    pub has_left: bool,
    /// The day of the next scheduled payout; none where payouts are not scheduled.
    pub next_payout: Option<i32>,
    /// What is on hold.
    pub pending: i64,
    /// When that becomes payable, by the payout that can pay it; nothing where nobody knows.
    pub coming: Vec<Coming>,
    /// What of it waits for the end of a dispute, whenever that is.
    pub disputed: i64,
}

/// What a batch is to pay a creator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InBatch {
    /// Which.
    pub batch_id: String,
    /// Where it stands.
    pub state: BatchState,
    /// How much.
    pub amount: i64,
}

/// What becomes payable in time for one payout.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coming {
    /// The day of the payout; none where none is scheduled in time.
    pub payout: Option<i32>,
    /// The first day on which some of it becomes payable.
    pub first: i32,
    /// The last such day.
    pub last: i32,
    /// How much.
    pub amount: i64,
}

impl Outlook {
    /// What the next payout will pay of what is due now.
    pub fn due(&self) -> i64 {
        if self.payable > 0 && self.paused.is_none() && (self.payable >= self.minimum || self.has_left) {
            self.payable
        } else {
            0
        }
    }

    /// Refuses one whose parts are not the whole.
    pub(super) fn check(&self, key: &str) -> Result<()> {
        let coming = self.coming.iter().try_fold(self.disputed, |sum, coming| sum.checked_add(coming.amount)).ok_or(Overflow)?;
        ensure!(
            self.coming.is_empty() || coming == self.pending,
            "the statement {key} says that {coming} comes off hold, but {} is on hold; nothing was written",
            self.pending
        );
        Ok(())
    }
}

/// Until when everybody's money is on hold, as the last reconciliation knows it.
#[derive(Debug, Clone, Default)]
pub struct Holds(HashMap<String, OnHold>);

#[derive(Debug, Clone, Default)]
struct OnHold {
    by_payout: BTreeMap<usize, Coming>,
    disputed: i64,
}

/// The scheduled payouts to come: each with the time of the last reconciliation before it, which releases what it pays.
struct Payouts(Vec<(i64, i32)>);

impl Payouts {
    fn of(program: &Program, as_of: i64) -> Result<Self> {
        let with = |step: Step| {
            let jobs = program.jobs.iter().filter(move |job: &&Job| job.steps.contains(&step));
            jobs.filter_map(|job| Schedule::of(program, job).transpose()).collect::<Result<Vec<_>>>()
        };
        let (payouts, nights) = (with(Step::Payout)?, with(Step::Reconcile)?);
        let (mut found, mut at) = (Vec::new(), as_of);
        while found.len() < PAYOUTS_AHEAD {
            let Some(slot) = payouts.iter().filter_map(|schedule| schedule.next(at).ok()).min() else { break };
            let seen = nights.iter().filter_map(|schedule| schedule.latest(slot).ok()).max();
            found.push((seen.unwrap_or(slot), day_of(program.time_zone, slot)));
            at = slot;
        }
        Ok(Self(found))
    }

    /// The place of the first payout that can pay what becomes payable at a time; the number of them where none can.
    fn after(&self, time: i64) -> usize {
        self.0.partition_point(|(seen, _)| *seen < time)
    }
}

/// Reads until when everybody's money is on hold: what the reconciliation at `reconciled` left there, and which payout after
/// `as_of` can pay it (microseconds since 1970).
///
/// # Errors
///
/// When kept files are missing or cannot be read.
pub fn holds(program: &Program, outcome: &KeptOutcome, data: &Path, reconciled: i64, as_of: i64) -> Result<Holds> {
    let payouts = Payouts::of(program, as_of)?;
    let mut holds: HashMap<String, OnHold> = HashMap::new();
    outcome.for_each_on_hold(data, reconciled, |creator, amount, until| {
        let held = match holds.get_mut(creator) {
            Some(held) => held,
            None => holds.entry(creator.to_owned()).or_default(),
        };
        if until == i64::MAX {
            held.disputed = held.disputed.checked_add(amount).ok_or(Overflow)?;
            return Ok(());
        }
        let (place, day) = (payouts.after(until), day_of(program.time_zone, until));
        let payout = payouts.0.get(place).map(|(_, day)| *day);
        let coming = held.by_payout.entry(place).or_insert(Coming { payout, first: day, last: day, amount: 0 });
        (coming.first, coming.last) = (coming.first.min(day), coming.last.max(day));
        coming.amount = coming.amount.checked_add(amount).ok_or(Overflow)?;
        Ok(())
    })?;
    Ok(Holds(holds))
}

/// Where everybody's money stands while statements are built.
pub(super) struct Outlooks<'a> {
    holds: &'a Holds,
    balances: BTreeMap<String, Balance>,
    batches: HashMap<String, Vec<InBatch>>,
    paused: BTreeMap<String, Vec<Hold>>,
    common: Outlook,
}

impl<'a> Outlooks<'a> {
    /// Reads it, as of a time (microseconds since 1970).
    pub(super) async fn read(tx: &mut Tx, program: &Program, holds: &'a Holds, as_of: i64) -> Result<Self> {
        let next_payout = Payouts::of(program, as_of)?.0.first().map(|(_, day)| *day);
        let (day, minimum) = (day_of(program.time_zone, as_of), program.payout.minimum);
        let mut batches: HashMap<String, Vec<InBatch>> = HashMap::new();
        for OpenLine { creator_id, batch_id, state, amount } in open_lines(tx, &program.id).await? {
            batches.entry(creator_id).or_default().push(InBatch { batch_id, state, amount });
        }
        Ok(Self {
            holds,
            // A hold that ends by itself before the next payout does not keep anybody from it.
            paused: holds_on(tx, &program.id, next_payout.unwrap_or(day), i64::MAX).await?,
            balances: balances_at(tx, &program.id, i64::MAX, i32::MAX).await?,
            batches,
            common: Outlook { day, minimum, next_payout, ..Outlook::default() },
        })
    }

    /// One creator's.
    pub(super) fn of(&self, creator_id: &str, has_left: bool) -> Result<Outlook> {
        let Balance { pending, payable, reserved, .. } = self.balances.get(creator_id).copied().unwrap_or_default();
        let batches = self.batches.get(creator_id).cloned().unwrap_or_default();
        let in_batches = batches.iter().try_fold(0i64, |sum, batch| sum.checked_add(batch.amount)).ok_or(Overflow)?;
        let in_question = reserved.checked_sub(in_batches).ok_or(Overflow)?;
        let (mut coming, mut disputed) = (Vec::new(), 0);
        if let Some(held) = self.holds.0.get(creator_id) {
            coming = held.by_payout.values().copied().collect();
            disputed = held.disputed;
        }
        let known = coming.iter().try_fold(disputed, |sum, coming| sum.checked_add(coming.amount)).ok_or(Overflow)?;
        if known != pending {
            // What is on hold was moved since; nobody knows until when the rest is.
            (coming, disputed) = (Vec::new(), 0);
        }
        let paused = self.paused.get(creator_id).and_then(|holds| holds.first()).map(|hold| hold.kind);
        Ok(Outlook { paused, batches, in_question, payable, pending, coming, disputed, has_left, ..self.common.clone() })
    }
}
