//! Who may do what, and what it moves: a shop's controls as the manual tells them, in whole cents and with no database.

use purser::app::Role;

use super::act::{Act, MONTHS, What};
pub use super::batch::{Batch, BatchState, Line, Refusals};
use super::earnings::{Order, Posted, Terms};
pub use super::records::{Kind, Proposal, ProposalState};

/// No command that posts may be dated later (microseconds since 1970): every clock is earlier than that.
pub const FUTURE: i64 = 2_903_000_000_000_000;

/// The program's earliest day, 2025-01-01.
pub const EARLIEST: i64 = 1_735_689_600_000_000;

/// The shop.
#[derive(Debug)]
pub struct Model {
    /// The role of each person, where there are users.
    pub roles: Option<[Role; 3]>,
    /// The terms and orders as the files have them.
    pub terms: Terms,
    pub orders: Vec<Order>,
    posted: Option<Posted>,
    /// What the last reconciliation made of each creator: pending and payable.
    earned: [[i64; 2]; 2],
    payable: [i64; 2],
    pub batches: Vec<Batch>,
    pub proposals: Vec<Proposal>,
    /// Who is on hold, by whom and for what reason.
    holds: [Option<(usize, String)>; 2],
    /// When a creator was last put on hold or released.
    held_at: [i64; 2],
    /// The latest entry.
    last: Option<i64>,
    /// When the last month ended whose books are closed.
    closed: Option<i64>,
}

impl Model {
    pub fn new(terms: Terms) -> Self {
        Self {
            roles: None,
            terms,
            orders: Vec::new(),
            posted: None,
            earned: [[0; 2]; 2],
            payable: [0; 2],
            batches: Vec::new(),
            proposals: Vec::new(),
            holds: [None, None],
            held_at: [i64::MIN; 2],
            last: None,
            closed: None,
        }
    }

    pub fn payable(&self, creator: usize) -> i64 {
        self.payable[creator]
    }

    /// Pending, payable, reserved and paid of a creator.
    pub fn balance(&self, creator: usize) -> [i64; 4] {
        let lines = |state: Line| self.batches.iter().filter(move |batch| batch.lines[creator] == state);
        let sum = |state: Line| lines(state).map(|batch| batch.amounts[creator]).sum();
        [self.earned[creator][0], self.payable[creator], sum(Line::Reserved), sum(Line::Paid)]
    }

    /// Everything that speaks against a command. Nothing: it is done.
    pub fn refusals(&self, act: &Act) -> Refusals {
        let mut why = Refusals::new();
        if act.by.person.is_none() {
            why.extend(["--by", "name", "runner"]);
        }
        if act.as_of >= FUTURE {
            why.insert("is in the future");
        }
        if act.as_of < EARLIEST {
            why.insert("the program's earliest day");
        }
        self.prove(act, &mut why);
        match &act.what {
            What::Nightly { .. } | What::Payout => self.run(act, &mut why),
            What::Approve(batch) | What::Reject(batch) | What::Export(batch) | What::Settle(batch, _) => {
                let Some(batch) = self.batches.get(*batch) else { return with(why, "has no batch") };
                before(act, batch.last, &mut why);
                self.decide_batch(act, batch, &mut why);
            }
            What::HoldLine(batch, creator) | What::ReleaseLine(batch, creator) => {
                let Some(batch) = self.batches.get(*batch) else { return with(why, "has no batch") };
                before(act, batch.last, &mut why);
                let is_hold = matches!(act.what, What::HoldLine(..));
                batch.refuse_change(is_hold, *creator, (self.holds[*creator].is_some(), self.payable[*creator]), &mut why);
            }
            What::Hold(creator) | What::Release(creator) => {
                before(act, self.held_at[*creator], &mut why);
                let is_hold = matches!(act.what, What::Hold(_));
                match &self.holds[*creator] {
                    None if !is_hold => drop(why.insert("is not on hold")),
                    Some(_) if is_hold && !self.is_held_so(act, *creator) => drop(why.insert("has been on hold since")),
                    _ => {}
                }
                if is_hold && self.posted.is_none() {
                    why.insert("reconcil");
                }
            }
            What::Accept(number, _) | What::Decline(number) => {
                let Some(proposal) = self.proposals.get(*number) else { return with(why, "has no proposal") };
                before(act, proposal.last(), &mut why);
                self.decide_proposal(act, proposal, *number, &mut why);
            }
            _ => self.propose(act, &mut why),
        }
        if self.closed.is_some_and(|ends| act.as_of < ends) && self.books(act) {
            why.insert("nothing is booked before");
        }
        why
    }

    /// Whether a command books an entry at its time. A run is never earlier than the last entry anyway; what was done before is only said
    /// again.
    fn books(&self, act: &Act) -> bool {
        match act.what {
            What::Nightly { .. } | What::Payout => false,
            What::Export(number) => self.batches.get(number).is_some_and(|batch| batch.state == BatchState::Approved),
            _ => !self.repeated(act),
        }
    }

    fn run(&self, act: &Act, why: &mut Refusals) {
        let last = self.last.max(self.posted.map(|posted| posted.as_of));
        if last.is_some_and(|last| act.as_of < last) {
            why.insert("postings are never undone by going back in time");
        }
        let Some(posted) = self.posted.filter(|_| act.what == (What::Nightly { restate: false })) else { return };
        if posted.is_restated(&self.terms, &self.orders, act.as_of) {
            why.insert("If it is intended, run again with --restate");
        }
    }

    fn decide_batch(&self, act: &Act, batch: &Batch, why: &mut Refusals) {
        use BatchState::{Approved, Draft, Exported, Settled};
        let allowed: &[BatchState] = match act.what {
            What::Approve(_) => &[Draft],
            What::Reject(_) => &[Draft, Approved],
            _ => &[Approved, Exported, Settled],
        };
        if !allowed.contains(&batch.state) {
            why.extend(["only a batch that is", "has been exported and payment may already be under way"]);
        }
        let is_held = [0, 1].into_iter().any(|creator| batch.pays(creator) && self.holds[creator].is_some());
        match act.what {
            What::Approve(_) => {
                if is_held {
                    why.insert("it cannot be approved");
                }
                batch.refuse_signature(act.by.person, self.payable, why);
            }
            What::Export(number) => {
                if batch.state == Approved && is_held {
                    why.insert("it cannot be exported");
                }
                if batch.state == Settled && !batch.is_listed {
                    why.insert("settled without a payment list");
                }
                if self.waiting().any(|proposal| proposal.kind == Kind::Void && proposal.batch == number) {
                    why.insert("cannot be exported until that proposal is approved or rejected");
                }
            }
            What::Settle(number, failed) => {
                let waits = |proposal: &&Proposal| matches!(proposal.kind, Kind::Void | Kind::Failed);
                if self.waiting().filter(waits).any(|proposal| proposal.batch == number) {
                    why.insert("cannot be settled until that proposal is approved or rejected");
                }
                if !batch.lines.contains(&Line::Reserved) {
                    why.insert("it has no unresolved payments");
                }
                why.extend([0, 1].iter().filter(|creator| failed[**creator]).filter_map(|creator| match batch.lines[*creator] {
                    Line::Reserved => None,
                    Line::None => Some("has no line for"),
                    Line::Paid => Some("has paid"),
                    Line::Failed | Line::Returned | Line::Released | Line::Withheld => Some("already; nothing was changed"),
                }));
            }
            _ => {}
        }
    }

    /// Whether a repeat of a hold finds that it stands.
    fn is_held_so(&self, act: &Act, creator: usize) -> bool {
        self.holds[creator].as_ref().is_some_and(|(person, reason)| act.by.person == Some(*person) && act.reason == *reason)
    }

    fn waiting(&self) -> impl Iterator<Item = &Proposal> {
        self.proposals.iter().filter(|proposal| proposal.state == ProposalState::Proposed)
    }

    /// Whether a repeat of a command finds its proposal waiting.
    fn repeated(&self, act: &Act) -> bool {
        self.same(act).any(|proposal| Some(proposal.proposer) == act.by.person)
    }

    /// What waits and was typed in the same words, by whomever.
    fn same<'a>(&'a self, act: &'a Act) -> impl Iterator<Item = &'a Proposal> {
        let is_typed = |own: &Act| (&own.what, &own.reason) == (&act.what, &act.reason);
        // What is written off is the debt of now.
        let is_same = |proposal: &Proposal| match act.what {
            What::WriteOff(creator) => proposal.amounts[creator] == -self.payable[creator],
            _ => true,
        };
        self.waiting().filter(move |proposal| is_typed(&proposal.act) && is_same(proposal))
    }

    fn propose(&self, act: &Act, why: &mut Refusals) {
        match act.what {
            What::Return(batch, creator) => {
                self.reverse(act, batch, why);
                why.extend(self.batches.get(batch).and_then(|batch| match batch.lines[creator] {
                    Line::Paid => None,
                    Line::None => Some("has no line for"),
                    Line::Returned => Some("was already returned"),
                    Line::Reserved | Line::Withheld | Line::Failed | Line::Released => {
                        Some("only a payment that was made can be returned")
                    }
                }));
                let same = |p: &Proposal| p.kind == Kind::Returned && p.batch == batch && p.amounts[creator] != 0;
                if !self.repeated(act) && self.waiting().any(same) {
                    why.insert("has already proposed this");
                }
            }
            What::Void(batch) => {
                self.reverse(act, batch, why);
                if self.batches.get(batch).is_some_and(|batch| batch.state != BatchState::Exported) {
                    why.extend(["was not exported; reject it", "only a batch that is"]);
                }
                if !self.repeated(act) && self.waiting().any(|p| p.kind == Kind::Void && p.batch == batch) {
                    why.insert("has already proposed this");
                }
            }
            What::Close(month) => {
                self.close(act.as_of, month, why);
                let is_same = |proposal: &Proposal| proposal.act.what == act.what;
                if !self.repeated(act) && self.waiting().any(is_same) {
                    why.insert("has already proposed this");
                }
            }
            _ if self.posted.is_none() => drop(why.insert("reconcil")),
            _ if self.same(act).next().is_some() && !self.repeated(act) => {
                why.insert("has already proposed the same for the same reason");
            }
            What::WriteOff(creator) if self.payable[creator] >= 0 => drop(why.insert("owes nothing that could be written off")),
            What::Adjust { cents, unusual, .. } if !unusual && !self.repeated(act) && self.is_unusual(cents, 100_000) => {
                why.insert("is far larger than usual");
            }
            What::Open { creator, cents, ref adds_to } if !self.repeated(act) => {
                let earlier = |number: &usize| {
                    let counts = |p: &&Proposal| p.kind == Kind::Opening && p.state != ProposalState::Rejected;
                    self.proposals.get(*number).filter(counts).is_some_and(|p| p.amounts[creator] != 0)
                };
                if !adds_to.iter().all(earlier) {
                    why.insert("is not an opening-balance proposal for any creator in this file");
                }
                if (0..self.proposals.len()).any(|number| earlier(&number) && !adds_to.contains(&number)) {
                    why.insert("a second one would be added to it");
                }
                if self.is_unusual(cents, 10_000_000) {
                    why.insert("is far larger than usual");
                }
            }
            _ => {}
        }
    }

    /// Whether the books of a month can be closed.
    fn close(&self, as_of: i64, month: usize, why: &mut Refusals) {
        let ends = MONTHS[month].1;
        if as_of < ends {
            why.insert("cannot be closed before the month ends");
        }
        if self.closed.is_some_and(|closed| closed >= ends) {
            why.insert("books are never opened again");
        }
        if self.posted.is_none_or(|posted| posted.as_of < ends) {
            why.insert("the ledger has not seen the end of");
        }
    }

    fn reverse(&self, act: &Act, batch: usize, why: &mut Refusals) {
        match self.batches.get(batch) {
            Some(batch) => before(act, batch.last, why),
            None => drop(why.insert("has no batch")),
        }
    }

    /// More than ten times what any creator was ever paid or is owed.
    fn is_unusual(&self, cents: i64, modest: i64) -> bool {
        let paid = self.batches.iter().flat_map(|batch| [batch.amounts, batch.withheld].concat()).max().unwrap_or(0);
        let owed = [0, 1].map(|creator| self.balance(creator)[..3].iter().sum::<i64>().abs());
        cents.abs() > modest && cents.abs() / 10 > paid.max(owed[0]).max(owed[1])
    }

    fn decide_proposal(&self, act: &Act, proposal: &Proposal, number: usize, why: &mut Refusals) {
        if proposal.state != ProposalState::Proposed {
            why.insert("it cannot be decided again");
        }
        let What::Accept(_, unusual) = act.what else { return };
        if act.by.person == Some(proposal.proposer) {
            why.insert("and cannot approve it");
        }
        match proposal.kind {
            Kind::Adjustment => self.still_unusual(proposal, unusual, 100_000, why),
            Kind::WriteOff => {
                if [0, 1]
                    .iter()
                    .any(|creator| proposal.amounts[*creator] != 0 && self.payable[*creator] + proposal.amounts[*creator] > 0)
                {
                    why.insert("so less is owed than the proposal would write off");
                }
            }
            Kind::Opening => {
                self.still_unusual(proposal, unusual, 10_000_000, why);
                let openings = self.proposals.iter().enumerate().filter(|(other, p)| p.kind == Kind::Opening && *other != number);
                for (other, opening) in openings {
                    let is_shared = [0, 1].iter().any(|c| opening.amounts[*c] != 0 && proposal.amounts[*c] != 0);
                    let (is_named, is_approved) = (proposal.adds_to.contains(&other), opening.state == ProposalState::Approved);
                    if is_shared && is_approved && !is_named {
                        why.insert("does not say that it adds to that");
                    }
                    if is_named && !is_approved {
                        why.insert("decide about that first");
                    }
                }
            }
            Kind::Void | Kind::Failed | Kind::Returned => self.reverse(act, proposal.batch, why),
            Kind::Closing => self.close(act.as_of, proposal.month(), why),
        }
    }

    fn still_unusual(&self, proposal: &Proposal, unusual: bool, modest: i64, why: &mut Refusals) {
        if !unusual && proposal.amounts.iter().any(|cents| self.is_unusual(*cents, modest)) {
            why.insert("is far larger than usual");
        }
    }

    /// Does what nothing speaks against.
    pub fn apply(&mut self, act: &Act) {
        let at = act.as_of;
        match act.what {
            What::Nightly { .. } => self.reconcile(at),
            What::Payout => self.draft(act),
            What::Approve(number) => self.batches[number].sign(act.by.person),
            What::HoldLine(number, creator) | What::ReleaseLine(number, creator) => {
                let is_hold = matches!(act.what, What::HoldLine(..));
                self.payable[creator] += self.batches[number].change(is_hold, creator, act.by.person);
            }
            What::Hold(creator) if self.is_held_so(act, creator) => return,
            What::Hold(creator) => {
                self.holds[creator] = act.by.person.map(|person| (person, act.reason.clone()));
                self.held_at[creator] = at;
            }
            What::Release(creator) => (self.holds[creator], self.held_at[creator]) = (None, at),
            What::Reject(number) => {
                self.batches[number].state = BatchState::Rejected;
                self.release(number, [true; 2], Line::Released);
            }
            What::Export(number) => {
                let batch = &mut self.batches[number];
                if batch.state != BatchState::Approved {
                    return;
                }
                (batch.state, batch.is_listed) = (BatchState::Exported, true);
            }
            What::Settle(number, failed) => self.settle(act, number, failed),
            What::Accept(number, _) => self.accept(number, at),
            What::Decline(number) => self.proposals[number].decide(ProposalState::Rejected, at),
            _ if self.repeated(act) => return,
            What::Return(batch, creator) => {
                let amounts = [0, 1].map(|own| if own == creator { self.batches[batch].amounts[own] } else { 0 });
                self.add(Kind::Returned, batch, amounts, act);
            }
            What::Void(batch) => self.add(Kind::Void, batch, self.batches[batch].amounts, act),
            What::Adjust { creator, cents, .. } => self.add(Kind::Adjustment, 0, of(creator, cents), act),
            What::WriteOff(creator) => self.add(Kind::WriteOff, 0, of(creator, -self.payable[creator]), act),
            What::Open { creator, cents, .. } => self.add(Kind::Opening, 0, of(creator, cents), act),
            What::Close(_) => self.add(Kind::Closing, 0, [0; 2], act),
        }
        self.batches.iter_mut().for_each(|batch| batch.forget_signatures(self.payable));
        if let What::Approve(number)
        | What::Reject(number)
        | What::Export(number)
        | What::Settle(number, _)
        | What::HoldLine(number, _)
        | What::ReleaseLine(number, _) = act.what
        {
            self.batches[number].last = self.batches[number].last.max(at);
        }
        if !matches!(act.what, What::Nightly { .. } | What::Payout) {
            self.last = self.last.max(Some(at));
        }
    }

    fn reconcile(&mut self, as_of: i64) {
        let earned = [0, 1].map(|creator| self.terms.earned(&self.orders, creator, as_of));
        for (creator, earned) in earned.iter().enumerate() {
            self.payable[creator] += earned[1] - self.earned[creator][1];
        }
        self.earned = earned;
        self.posted = Some(Posted { terms: self.terms, as_of, orders: self.orders.len() });
    }

    fn draft(&mut self, act: &Act) {
        let due = |creator: usize| if self.holds[creator].is_some() { 0 } else { self.payable[creator].max(0) };
        let amounts = [due(0), due(1)];
        let (Some(drafter), true) = (act.by.person, amounts != [0, 0]) else { return };
        let lines = amounts.map(|amount| if amount > 0 { Line::Reserved } else { Line::None });
        self.batches.push(Batch::draft(amounts, lines, drafter, act.as_of));
        for (payable, amount) in self.payable.iter_mut().zip(amounts) {
            *payable -= amount;
        }
        self.last = self.last.max(Some(act.as_of));
    }

    fn settle(&mut self, act: &Act, number: usize, failed: [bool; 2]) {
        let batch = &mut self.batches[number];
        batch.state = BatchState::Settled;
        let mut in_question = [0; 2];
        for (creator, line) in batch.lines.iter_mut().enumerate().filter(|(_, line)| **line == Line::Reserved) {
            if failed[creator] { in_question[creator] = batch.amounts[creator] } else { *line = Line::Paid }
        }
        if in_question != [0, 0] {
            self.add(Kind::Failed, number, in_question, act);
        }
    }

    fn accept(&mut self, number: usize, at: i64) {
        let Proposal { kind, batch, amounts, .. } = self.proposals[number];
        let whom = amounts.map(|amount| amount != 0);
        match kind {
            Kind::Adjustment | Kind::WriteOff | Kind::Opening => {
                for (payable, amount) in self.payable.iter_mut().zip(amounts) {
                    *payable += amount;
                }
            }
            Kind::Void => {
                self.batches[batch].state = BatchState::Voided;
                self.release(batch, whom, Line::Released);
            }
            Kind::Failed => self.release(batch, whom, Line::Failed),
            Kind::Returned => self.release(batch, whom, Line::Returned),
            Kind::Closing => self.closed = Some(MONTHS[self.proposals[number].month()].1),
        }
        if matches!(kind, Kind::Void | Kind::Failed | Kind::Returned) {
            self.batches[batch].last = self.batches[batch].last.max(at);
        }
        self.proposals[number].decide(ProposalState::Approved, at);
    }

    /// The money of lines goes back to payable.
    fn release(&mut self, number: usize, whom: [bool; 2], to: Line) {
        let batch = &mut self.batches[number];
        for (creator, line) in
            batch.lines.iter_mut().enumerate().filter(|(own, line)| whom[*own] && !matches!(line, Line::None | Line::Withheld))
        {
            self.payable[creator] += batch.amounts[creator];
            *line = to;
        }
    }

    fn add(&mut self, kind: Kind, batch: usize, amounts: [i64; 2], act: &Act) {
        let adds_to = if let What::Open { adds_to, .. } = &act.what { adds_to.clone() } else { Vec::new() };
        let Some(proposer) = act.by.person else { return };
        self.proposals.push(Proposal {
            kind,
            state: ProposalState::Proposed,
            batch,
            amounts,
            adds_to,
            proposer,
            act: act.clone(),
        });
    }
}

fn of(creator: usize, cents: i64) -> [i64; 2] {
    [0, 1].map(|own| if own == creator { cents } else { 0 })
}

fn with(mut why: Refusals, reason: &'static str) -> Refusals {
    why.insert(reason);
    why
}

/// What is decided about is not decided before the last that was done to it.
fn before(act: &Act, last: i64, why: &mut Refusals) {
    if act.as_of < last {
        why.insert("cannot be dated earlier than that");
    }
}
