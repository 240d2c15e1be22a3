//! The books that an independent accountant keeps: what everybody has earned by the plain model of the rules, and what
//! became of each batch. From these follow all balances, and what must be done or refused next (`src/reconcile/RULES.md`, section 13).

use std::collections::{BTreeMap, BTreeSet};

use purser::explain::{Model, Target};
use purser::facts::{Credits, Rows};
use purser::ledger::Balance;
use purser::payout::Decision;
use purser::program::Program;
use purser::vocabulary::{Kind, OutcomeReason};

/// What a target is known by: kind, order, line, creator, and the threshold of a net-sales bonus.
pub type Key = [String; 5];

/// What stands for a key, and whether it is payable; keys with nothing are left out.
pub type Standing = BTreeMap<Key, (i64, bool)>;

#[derive(Default)]
pub struct Books {
    pub posted: Option<Posted>,
    pub batches: Vec<Batch>,
}

/// The last reconciliation.
pub struct Posted {
    program: Program,
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

pub struct Batch {
    pub id: String,
    pub state: State,
    pub lines: BTreeMap<String, i64>,
    pub created_at: i64,
    pub drafted_by: String,
    pub approved_by: Option<String>,
    failed: BTreeSet<String>,
}

/// What is said when an edit would change what was payable.
pub const RESTATES: &str = "amounts that were payable already";

/// What has to be said if something must be refused; each of several reasons will do.
pub type Refusals = Vec<&'static str>;

impl Posted {
    pub fn new(program: &Program, facts: Rows, as_of: i64) -> Self {
        let model = model(program, &facts, as_of);
        let standing = standing(&model);
        Self { program: program.clone(), as_of, model, facts, standing }
    }

    /// Whether what was payable would be another amount, or on hold again, only because people edited the program file, the
    /// creators, links, codes or rates since `posted`.
    fn restates(&self, posted: &Self) -> bool {
        let payable = || posted.standing.iter().filter(|(_, (_, payable))| *payable).map(|(key, _)| key);
        let differs = |then: &Standing| payable().any(|key| then.get(key) != self.standing.get(key));
        let Rows { creators, links, codes, fx, .. } = posted.facts.clone();
        let facts = Rows { creators, links, codes, fx, ..self.facts.clone() };
        differs(&posted.standing) && differs(&standing(&model(&posted.program, &facts, self.as_of)))
    }
}

fn key(row: &Target) -> Key {
    let detail = if row.kind == Kind::BonusNetSales { &row.touch } else { "" };
    [row.kind.code(), &row.order_id, &row.line_id, &row.creator_id, detail].map(str::to_owned)
}

fn model(program: &Program, facts: &Rows, as_of: i64) -> Model {
    purser::explain::model(program, facts, &Credits::default(), as_of).expect("a simulated shop can be computed")
}

fn standing(model: &Model) -> Standing {
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

    pub fn last_draft(&self) -> Option<i64> {
        self.batches.last().map(|batch| batch.created_at)
    }

    /// Why a reconciliation that would come to `next` must be refused.
    pub fn refuse_reconciliation(&self, next: &Posted, accept_missing: bool, restate: bool) -> Refusals {
        let Some(posted) = &self.posted else { return Refusals::new() };
        let mut refusals = Refusals::new();
        let moves = posted.standing != next.standing;
        if next.as_of < posted.as_of || (moves && self.last_draft().is_some_and(|drafted| next.as_of < drafted)) {
            refusals.push("would be earlier than the last posted run");
        }
        if !accept_missing && has_vanished(posted, next) {
            refusals.push("no longer among the facts");
        }
        if !restate && next.restates(posted) {
            refusals.push(RESTATES);
        }
        refusals
    }

    /// Whether anything is posted when the books come to `next`.
    pub fn moves(&self, next: &Posted) -> bool {
        self.posted.as_ref().map_or(!next.standing.is_empty(), |posted| posted.standing != next.standing)
    }

    /// Why nothing that follows a reconciliation (a payout, statements) may be done at a time.
    pub fn refuse_earlier(&self, as_of: i64) -> Refusals {
        let last = self.posted.as_ref().map(|posted| posted.as_of).max(self.last_draft());
        if last.is_some_and(|last| as_of < last) { vec!["would be earlier than the last posted run"] } else { Refusals::new() }
    }

    /// The batch that a payout drafts; none where nobody is due anything.
    pub fn draft(&self, program: &Program, as_of: i64, by: &str) -> Option<Batch> {
        let creators = &self.posted.as_ref()?.facts.creators;
        let is_active = |id: &str| creators.iter().any(|c| c.creator_id == id && c.active_from <= as_of && as_of < c.active_to);
        let is_due = |id: &str, payable: i64| payable > 0 && (payable >= program.payout_minimum || !is_active(id));
        let due = self.balances().into_iter().filter(|(id, balance)| is_due(id, balance.payable));
        let lines: BTreeMap<String, i64> = due.map(|(id, balance)| (id, balance.payable)).collect();
        (!lines.is_empty()).then(|| Batch {
            id: format!("{}-{:04}", program.id, self.batches.len() + 1),
            state: State::Draft,
            lines,
            created_at: as_of,
            drafted_by: by.to_owned(),
            approved_by: None,
            failed: BTreeSet::new(),
        })
    }

    /// Why a decision about a batch must be refused.
    pub fn refuse_decision(&self, place: usize, decision: Decision<'_>, by: &str, as_of: i64) -> Refusals {
        let batch = &self.batches[place];
        let mut refusals = Refusals::new();
        if as_of < batch.created_at {
            refusals.push("cannot be decided earlier");
        }
        let (states, failed): (&[State], &[String]) = match decision {
            Decision::Approve => (&[State::Draft], &[]),
            Decision::Reject => (&[State::Draft, State::Approved], &[]),
            Decision::Settle { failed } => (&[State::Approved], failed),
        };
        if !states.contains(&batch.state) {
            refusals.push("only a batch that is");
        }
        if failed.iter().any(|creator| !batch.lines.contains_key(creator)) {
            refusals.push("has no line for");
        }
        if decision == Decision::Approve {
            let balances = self.balances();
            if batch.drafted_by == by {
                refusals.push("somebody else has to");
            }
            if batch.lines.keys().any(|creator| balances.get(creator).is_some_and(|balance| balance.payable < 0)) {
                refusals.push("has fallen below zero");
            }
        }
        refusals
    }

    /// Notes a decision that was carried out.
    pub fn decide(&mut self, place: usize, decision: Decision<'_>, by: &str) {
        let batch = &mut self.batches[place];
        match decision {
            Decision::Approve => {
                batch.state = State::Approved;
                batch.approved_by = Some(by.to_owned());
            }
            Decision::Reject => batch.state = State::Rejected,
            Decision::Settle { failed } => {
                batch.state = State::Settled;
                batch.failed = failed.iter().cloned().collect();
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
