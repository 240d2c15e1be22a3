//! What happens next, by lot: facts and terms that change, and commands that people may or may not give.

use crate::support::shops::rng::Rng;

use super::act::{Act, Shown, What};
use super::earnings::{DAY, Order, Terms};
use super::model::{BatchState, EARLIEST, FUTURE, Kind, Line, Model, ProposalState};
use super::people::{NOBODY, SPELLINGS, Who};
use purser::app::Role;

/// When the story of a shop begins: 10 January 2026 (microseconds since 1970).
const BEGIN: i64 = 1_768_003_200_000_000;

const HOUR: i64 = DAY / 24;

pub struct Chance {
    rng: Rng,
    now: i64,
    /// How many commands were given: no two have the same reason, but for repeats.
    given: usize,
    last: Option<Act>,
}

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self { rng: Rng::new(seed), now: BEGIN, given: 0, last: None }
    }

    /// Now and then there are users: two approvers, and a preparer, who never is the last.
    pub fn roles(seed: u64) -> Option<[Role; 3]> {
        let preparer = usize::try_from(seed / 4 % 3).unwrap_or_default();
        let role = |person| if person == preparer { Role::Preparer } else { Role::Approver };
        seed.is_multiple_of(4).then(|| [0, 1, 2].map(role))
    }

    pub fn terms(&mut self) -> Terms {
        let mut terms = Terms { percent: 10, hold: 30, owners: [0, 1], fee: 1_500 };
        for _ in 0..3 {
            self.edit(&mut terms);
        }
        terms
    }

    fn edit(&mut self, terms: &mut Terms) {
        let rng = &mut self.rng;
        match rng.below(5) {
            0 | 1 => terms.percent = rng.pick(&[5, 10, 12, 90]),
            2 => terms.hold = rng.pick(&[0, 3, 14, 30]),
            3 => terms.owners = [rng.below(2), rng.below(2)],
            _ => terms.fee = rng.pick(&[1_500, 2_500, -4_000]),
        }
    }

    /// Time goes by: people buy and send back, and somebody edits the terms.
    pub fn days_go_by(&mut self, model: &mut Model) {
        self.now += self.rng.pick(&[0, HOUR, HOUR, 5 * HOUR, DAY, 2 * DAY, 9 * DAY]);
        if self.rng.chance(40) {
            let late = self.rng.pick(&[1, HOUR, 3 * DAY, 8 * DAY, 40 * DAY]);
            let (code, net) = (self.rng.below(2), self.rng.between(1, 300));
            model.orders.push(Order { code, at: second(self.now - late), net, refunded_at: None });
        }
        if self.rng.chance(20) && !model.orders.is_empty() {
            let place = self.rng.below(model.orders.len());
            let order = &mut model.orders[place];
            order.refunded_at = order.refunded_at.or(Some(second(self.now.max(order.at))));
        }
        if self.rng.chance(20) {
            self.edit(&mut model.terms);
        }
    }

    pub fn act(&mut self, model: &Model) -> Act {
        if let Some(mut last) = self.last.clone().filter(|_| self.rng.chance(8)) {
            // Now and then it is somebody else who says it again.
            if self.rng.chance(30) {
                last.by = self.who(&last.what, model);
                last.shown = self.shown(model);
            }
            return last;
        }
        self.given += 1;
        let what = self.what(model);
        let as_of = match self.rng.below(100) {
            0..2 => FUTURE,
            2 => EARLIEST - HOUR,
            3..8 => second(self.now - self.rng.between(1, 240) * HOUR),
            _ => second(self.now),
        };
        let (by, shown) = (self.who(&what, model), self.shown(model));
        let act = Act { by, what, as_of, reason: format!("reason {}", self.given), shown };
        self.last = Some(act.clone());
        act
    }

    /// Where there are users, some forget their token, and some take another's.
    fn shown(&mut self, model: &Model) -> Shown {
        if model.roles.is_none() {
            return Shown::Nothing;
        }
        match self.rng.below(100) {
            0..3 => Shown::Nothing,
            3..6 => Shown::AnothersToken,
            _ => Shown::OwnToken,
        }
    }

    fn who(&mut self, what: &What, model: &Model) -> Who {
        if self.rng.chance(4) {
            return Who { person: None, name: self.rng.pick(&NOBODY) };
        }
        let other = match what {
            What::Approve(number) => model.batches.get(*number).map(|batch| batch.drafter),
            What::Accept(number, _) => model.proposals.get(*number).map(|proposal| proposal.proposer),
            _ => None,
        };
        // As often as not, somebody else is asked to approve.
        let person = match other {
            Some(other) if self.rng.chance(50) => (other + 1) % SPELLINGS.len(),
            _ => self.rng.below(SPELLINGS.len()),
        };
        Who { person: Some(person), name: self.rng.pick(SPELLINGS[person]) }
    }

    fn what(&mut self, model: &Model) -> What {
        let rng = &mut self.rng;
        // Most commands are about what there is; now and then, about what there is not.
        let is_sought = rng.chance(5);
        let batch = if is_sought { model.batches.len() } else { rng.below(model.batches.len().max(1)) };
        let waiting = model.proposals.iter().rposition(|proposal| proposal.state == ProposalState::Proposed);
        let proposal = match waiting {
            Some(waiting) if rng.chance(75) => waiting,
            _ => rng.below(model.proposals.len() + 1),
        };
        let (has_batch, has_proposal) = (batch < model.batches.len() || is_sought, proposal < model.proposals.len() || is_sought);
        let creator = rng.below(2);
        let mut lot = rng.below(100);
        while (20..61).contains(&lot) && !has_batch || lot >= 81 && !has_proposal {
            lot = rng.below(100);
        }
        match lot {
            0..10 => What::Nightly { restate: rng.chance(35) },
            10..20 => What::Payout,
            20..50 => self.of_batch(model, batch),
            50..53 => What::Void(batch),
            53..61 => What::Return(batch, self.paid(model, batch, creator)),
            61..70 => {
                let cents = self.rng.pick(&[-90_000, -2_000, -500, 500, 1_000, 99_999, 100_001, 250_000, 5_000_000]);
                What::Adjust { creator, cents, unusual: self.rng.chance(30) }
            }
            70..74 => What::WriteOff(if model.payable(1 - creator) < 0 { 1 - creator } else { creator }),
            74..81 => self.open(model, creator),
            81..97 => What::Accept(proposal, self.rng.chance(50)),
            _ => What::Decline(proposal),
        }
    }

    /// What is next for a batch, most of the time.
    fn of_batch(&mut self, model: &Model, batch: usize) -> What {
        let failed = if self.rng.chance(40) { [self.rng.chance(60), self.rng.chance(60)] } else { [false; 2] };
        let state = model.batches.get(batch).filter(|_| self.rng.chance(75)).map(|batch| batch.state);
        let choices: &[What] = match state {
            Some(BatchState::Draft) => &[What::Approve(batch), What::Approve(batch), What::Reject(batch)],
            Some(BatchState::Approved) => {
                &[What::Export(batch), What::Export(batch), What::Settle(batch, failed), What::Reject(batch)]
            }
            Some(BatchState::Exported) => &[What::Settle(batch, failed), What::Void(batch), What::Export(batch)],
            Some(BatchState::Settled) => &[What::Settle(batch, failed), What::Export(batch)],
            _ => &[What::Approve(batch), What::Reject(batch), What::Export(batch), What::Settle(batch, failed)],
        };
        self.rng.pick(choices)
    }

    /// Rather a creator who was paid.
    fn paid(&mut self, model: &Model, batch: usize, otherwise: usize) -> usize {
        let is_paid = |creator: &usize| model.batches.get(batch).is_some_and(|batch| batch.lines[*creator] == Line::Paid);
        if self.rng.chance(70) { [0, 1].into_iter().find(is_paid).unwrap_or(otherwise) } else { otherwise }
    }

    fn open(&mut self, model: &Model, creator: usize) -> What {
        let openings = || model.proposals.iter().enumerate().filter(|(_, p)| p.kind == Kind::Opening && p.concerns(creator));
        let adds_to = match self.rng.below(4) {
            0 => Vec::new(),
            1 => openings().map(|(number, _)| number).chain([model.proposals.len()]).take(1).collect(),
            _ => openings().filter(|(_, p)| p.state != ProposalState::Rejected).map(|(number, _)| number).collect(),
        };
        What::Open { creator, cents: self.rng.pick(&[-3_000, 700, 20_000, 10_000_001]), adds_to }
    }
}

/// Times are typed in whole seconds.
fn second(time: i64) -> i64 {
    time / 1_000_000 * 1_000_000
}
