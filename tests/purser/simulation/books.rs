//! The books that an independent accountant keeps: what everybody has earned by the plain model of the rules, and what
//! became of each batch. From these follow all balances, and what must be done or refused next (`src/reconcile/RULES.md`, section 13).

use std::collections::{BTreeMap, BTreeSet};

use purser::explain::{Model, Target};
use purser::facts::{Credits, Rows};
use purser::ledger::Balance;
use purser::program::Program;
use purser::vocabulary::{Kind, OutcomeReason};

use super::edits::{decides_otherwise, restates};

/// What a target is known by: kind, order, line, creator, and the threshold of a net-sales bonus.
pub type Key = [String; 5];

/// What stands for a key, and whether it is payable; keys with nothing are left out.
pub type Standing = BTreeMap<Key, (i64, bool)>;

#[derive(Default)]
pub struct Books {
    pub posted: Option<Posted>,
    pub batches: Vec<Batch>,
    /// The latest time of an entry.
    pub last_entry: Option<i64>,
}

/// The last reconciliation.
pub struct Posted {
    pub program: Program,
    pub as_of: i64,
    pub model: Model,
    pub facts: Rows,
    pub standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Draft,
    Approved,
    Settled,
    Rejected,
}

/// What is decided about a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision<'a> {
    Approve,
    Reject,
    /// Some payments failed, which somebody else confirms at once.
    Settle {
        failed: &'a [String],
    },
}

pub struct Batch {
    pub id: String,
    pub state: State,
    pub lines: BTreeMap<String, i64>,
    pub created_at: i64,
    /// When something was last decided about it.
    pub decided_at: i64,
    pub drafted_by: String,
    pub approved_by: Option<String>,
    /// Whose payment failed.
    failed: BTreeSet<String>,
    /// Whether that waits for a second person.
    pub in_question: bool,
}

/// What is said when an edit would change what is payable or was paid, or make something payable.
pub const RESTATES: &str = "or about to become payable immediately";

/// What has to be said if something must be refused; each of several reasons will do.
pub type Refusals = Vec<&'static str>;

impl Posted {
    pub fn new(program: &Program, facts: Rows, as_of: i64) -> Self {
        let model = model(program, &facts, as_of);
        let standing = standing(&model);
        Self { program: program.clone(), as_of, model, facts, standing }
    }
}

pub fn key(row: &Target) -> Key {
    let detail = if row.kind == Kind::BonusNetSales { &row.touch } else { "" };
    [row.kind.code(), &row.order_id, &row.line_id, &row.creator_id, detail].map(str::to_owned)
}

pub fn model(program: &Program, facts: &Rows, as_of: i64) -> Model {
    purser::explain::model(program, facts, &Credits::default(), as_of).expect("a simulated shop can be computed")
}

pub fn standing(model: &Model) -> Standing {
    let mut standing = Standing::new();
    for row in model.commissions.iter().filter(|row| row.commission != 0) {
        standing.entry(key(row)).or_insert((0, row.payable)).0 += row.commission;
    }
    standing
}

impl Books {
    /// What everybody's money comes to; whoever has nothing is left out.
    pub fn balances(&self) -> BTreeMap<String, Balance> {
        let mut balances: BTreeMap<String, Balance> = BTreeMap::new();
        for row in self.posted.iter().flat_map(|posted| &posted.model.commissions) {
            let balance = balances.entry(row.creator_id.clone()).or_default();
            *(if row.payable { &mut balance.payable } else { &mut balance.pending }) += row.commission;
        }
        for batch in &self.batches {
            for (creator, amount) in &batch.lines {
                let balance = balances.entry(creator.clone()).or_default();
                match batch.state {
                    State::Rejected => continue,
                    State::Settled if batch.failed.contains(creator) && batch.in_question => balance.reserved += amount,
                    State::Settled if batch.failed.contains(creator) => continue,
                    State::Settled => balance.paid += amount,
                    State::Draft | State::Approved => balance.reserved += amount,
                }
                balance.payable -= amount;
            }
        }
        balances.retain(|_, balance| *balance != Balance::default());
        balances
    }

    /// Why a reconciliation that would come to `next` must be refused.
    pub fn refuse_reconciliation(&self, next: &Posted, accept_missing: bool, restate: bool) -> Refusals {
        let Some(posted) = &self.posted else { return Refusals::new() };
        let mut refusals = Refusals::new();
        refusals.extend(self.refuse_earlier(next.as_of));
        if !accept_missing && (has_vanished(posted, next) || has_gone(posted, next)) {
            refusals.push("missing from the source data");
        }
        if !restate && restates(posted, next) {
            refusals.push(RESTATES);
        }
        refusals
    }

    /// Whether an entry is posted when the books come to `next`: money moves, or is decided otherwise from now on.
    pub fn notes(&self, next: &Posted) -> bool {
        let differs = |posted: &Posted| posted.standing != next.standing || decides_otherwise(posted, next);
        self.posted.as_ref().map_or(!next.standing.is_empty(), differs)
    }

    /// Why no run may be as of a time: something with a later time was posted.
    pub fn refuse_earlier(&self, as_of: i64) -> Refusals {
        let last = self.posted.as_ref().map(|posted| posted.as_of).max(self.last_entry);
        if last.is_some_and(|last| as_of < last) { vec!["would be earlier than"] } else { Refusals::new() }
    }

    /// The batch that a payout drafts; none where nobody is due anything.
    pub fn draft(&self, program: &Program, as_of: i64, by: &str) -> Option<Batch> {
        let creators = &self.posted.as_ref()?.facts.creators;
        let is_active = |id: &str| creators.iter().any(|c| c.creator_id == id && c.active_from <= as_of && as_of < c.active_to);
        let is_due = |id: &str, payable: i64| payable > 0 && (payable >= program.payout.minimum || !is_active(id));
        let due = self.balances().into_iter().filter(|(id, balance)| is_due(id, balance.payable));
        let lines: BTreeMap<String, i64> = due.map(|(id, balance)| (id, balance.payable)).collect();
        (!lines.is_empty()).then(|| Batch {
            id: format!("{}-{:04}", program.id, self.batches.len() + 1),
            state: State::Draft,
            lines,
            created_at: as_of,
            decided_at: as_of,
            drafted_by: by.to_owned(),
            approved_by: None,
            failed: BTreeSet::new(),
            in_question: false,
        })
    }

    /// Why a decision about a batch must be refused.
    pub fn refuse_decision(&self, place: usize, decision: Decision<'_>, by: &str, as_of: i64) -> Refusals {
        let batch = &self.batches[place];
        let mut refusals = Refusals::new();
        if as_of < batch.decided_at {
            refusals.push("cannot be dated earlier than that");
        }
        let (states, failed): (&[State], &[String]) = match decision {
            Decision::Approve => (&[State::Draft], &[]),
            Decision::Reject => (&[State::Draft, State::Approved], &[]),
            Decision::Settle { failed } => (&[State::Approved], failed),
        };
        if !states.contains(&batch.state) {
            refusals.push("only a batch that is");
            if batch.state == State::Settled {
                refusals.push("it has no unresolved payments");
            }
        }
        if failed.iter().any(|creator| !batch.lines.contains_key(creator)) {
            refusals.push("has no line for");
        }
        if decision == Decision::Approve {
            let balances = self.balances();
            if batch.drafted_by == by {
                refusals.push("someone else has to");
            }
            if batch.lines.keys().any(|creator| balances.get(creator).is_some_and(|balance| balance.payable < 0)) {
                refusals.push("has fallen below zero");
            }
        }
        refusals
    }

    /// Notes a decision that was carried out.
    pub fn decide(&mut self, place: usize, decision: Decision<'_>, by: &str, as_of: i64) {
        let batch = &mut self.batches[place];
        batch.decided_at = as_of;
        self.last_entry = self.last_entry.max(Some(as_of));
        match decision {
            Decision::Approve => {
                batch.state = State::Approved;
                batch.approved_by = Some(by.to_owned());
            }
            Decision::Reject => batch.state = State::Rejected,
            Decision::Settle { failed } => {
                batch.state = State::Settled;
                batch.failed = failed.iter().cloned().collect();
                batch.in_question = !failed.is_empty();
            }
        }
    }
}

/// Whether an order that has money is gone, or all its lines are.
fn has_vanished(posted: &Posted, next: &Posted) -> bool {
    let still: BTreeSet<Key> = next.model.commissions.iter().map(key).collect();
    let reasons: BTreeMap<&str, OutcomeReason> = next.model.orders.iter().map(|o| (o.order_id.as_str(), o.reason)).collect();
    posted.standing.keys().any(|key| {
        let is_of_order = !matches!(key[0].as_str(), "fee" | "bonus_net_sales");
        is_of_order && !still.contains(key) && reasons.get(key[1].as_str()).is_none_or(|reason| *reason == OutcomeReason::NoLines)
    })
}

/// Whether a line, a refund or a fee is gone by which money moves: of an order that pays on more than before, or sooner, or for
/// something less. A line that is gone from an order which was edited since is an edit.
fn has_gone(posted: &Posted, next: &Posted) -> bool {
    let fees: BTreeSet<&str> = next.facts.fees.iter().map(|fee| fee.fee_id.as_str()).collect();
    let owed = posted.model.commissions.iter().filter(|row| row.kind == Kind::Fee && row.commission != 0);
    if owed.clone().any(|row| !fees.contains(row.order_id.as_str())) {
        return true;
    }
    let now: BTreeMap<Key, &Target> = next.model.commissions.iter().map(|row| (key(row), row)).collect();
    let is_sooner = next.program.commission.hold < posted.program.commission.hold;
    let moves = |was: &&Target| match now.get(&key(was)) {
        None => was.commission != 0,
        Some(is) => (was.commission, was.payable) != (is.commission, is.payable) && (is.base > was.base || is_sooner),
    };
    let commissions = posted.model.commissions.iter().filter(|row| row.kind.is_commission());
    let suspects: BTreeSet<&str> = commissions.filter(moves).map(|row| row.order_id.as_str()).collect();
    let numbers: BTreeMap<u32, &str> = posted.facts.orders.iter().map(|order| (order.order, order.order_id.as_str())).collect();
    let is_suspect = |order: u32| numbers.get(&order).is_some_and(|id| suspects.contains(id));
    let latest = |of: &Posted, order: u32| {
        let versions = of.facts.orders.iter().filter(|version| version.order == order && version.updated_at < of.as_of);
        versions.map(|version| version.updated_at).max()
    };
    let line = |line: &purser::facts::Line| (line.order, line.line_id.clone());
    let lines: BTreeSet<(u32, String)> = next.facts.lines.iter().map(line).collect();
    let refunds: BTreeSet<&str> = next.facts.refunds.iter().map(|refund| refund.refund_id.as_str()).collect();
    let is_line_gone = |old: &purser::facts::Line| {
        is_suspect(old.order) && !lines.contains(&line(old)) && latest(next, old.order) <= latest(posted, old.order)
    };
    let is_refund_gone = |old: &purser::facts::Refund| {
        old.refunded_at < posted.as_of && old.order.is_some_and(is_suspect) && !refunds.contains(old.refund_id.as_str())
    };
    posted.facts.lines.iter().any(is_line_gone) || posted.facts.refunds.iter().any(is_refund_gone)
}
