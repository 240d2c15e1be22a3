//! A batch: its lines, who signed it, and who may.

use std::collections::BTreeSet;

/// Why a command is refused: words of the answer. Where there are several reasons, any may be told.
pub type Refusals = BTreeSet<&'static str>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchState {
    Draft,
    Approved,
    Exported,
    Settled,
    Voided,
    Rejected,
}

/// Where the money of a creator's line is; `None` where there is no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    None,
    Reserved,
    Withheld,
    Paid,
    Failed,
    Returned,
    Released,
}

#[derive(Debug)]
pub struct Batch {
    pub state: BatchState,
    pub amounts: [i64; 2],
    /// What was taken out of it.
    pub withheld: [i64; 2],
    pub lines: [Line; 2],
    pub drafter: usize,
    /// Who last took a line out or put one back.
    changer: Option<usize>,
    /// Who signed it as it is.
    signed: Vec<usize>,
    pub is_listed: bool,
    /// When anything was last done to it.
    pub last: i64,
}

/// José and İpek.
const BOARD: [usize; 2] = [0, 2];

/// How many people have to sign a batch that comes to so many cents, and whether one of them has to be of the board.
fn needed(cents: i64) -> (usize, bool) {
    (if cents <= 5_000 { 1 } else { 2 }, cents > 50_000)
}

impl Batch {
    pub fn draft(amounts: [i64; 2], lines: [Line; 2], drafter: usize, last: i64) -> Self {
        let (withheld, changer, signed) = ([0; 2], None, Vec::new());
        Self { state: BatchState::Draft, amounts, withheld, lines, drafter, changer, signed, is_listed: false, last }
    }

    pub fn pays(&self, creator: usize) -> bool {
        !matches!(self.lines[creator], Line::None | Line::Withheld)
    }

    /// What speaks against a person's signature; `payable` is what is payable to each creator.
    pub fn refuse_signature(&self, person: Option<usize>, payable: [i64; 2], why: &mut Refusals) {
        let Some(person) = person else { return };
        if person == self.drafter || Some(person) == self.changer {
            why.insert("and cannot approve it");
        }
        if self.has_debtor(payable) {
            why.insert("has fallen below zero");
        }
        if self.signed.contains(&person) {
            why.insert("the next signature has to be somebody else's");
        }
        let (people, of_board) = needed(self.amounts.iter().sum());
        let is_missed = of_board && !self.signed.iter().any(|person| BOARD.contains(person));
        if is_missed && self.signed.len() + 1 >= people && !BOARD.contains(&person) {
            why.insert("is none of them");
        }
    }

    fn has_debtor(&self, payable: [i64; 2]) -> bool {
        [0, 1].into_iter().any(|creator| self.pays(creator) && payable[creator] < 0)
    }

    /// The batch is approved by the last signature that it needs.
    pub fn sign(&mut self, person: Option<usize>) {
        self.signed.extend(person);
        let (people, of_board) = needed(self.amounts.iter().sum());
        if self.signed.len() >= people && (!of_board || self.signed.iter().any(|person| BOARD.contains(person))) {
            self.state = BatchState::Approved;
        }
    }

    /// What was signed before a creator came to owe money is void.
    pub fn forget_signatures(&mut self, payable: [i64; 2]) {
        if self.state == BatchState::Draft && self.has_debtor(payable) {
            self.signed.clear();
        }
    }

    /// What speaks against taking a line out, or putting it back, of a creator who is on hold or not, and what is payable to them.
    pub fn refuse_change(&self, is_hold: bool, creator: usize, (is_held, payable): (bool, i64), why: &mut Refusals) {
        if self.state != BatchState::Draft {
            why.insert("only a batch that is");
        }
        match (is_hold, self.lines[creator]) {
            (true, Line::None) => drop(why.insert("has no line for")),
            (true, Line::Withheld) => drop(why.insert("was taken out of batch")),
            (true, _) if !self.pays(1 - creator) => drop(why.insert("is the only one whom batch")),
            (true, _) => {}
            (false, Line::None) => drop(why.insert("no line of")),
            (false, Line::Withheld) => {
                if is_held {
                    why.insert("release that first");
                }
                if payable < self.withheld[creator] {
                    why.insert("less is payable to");
                }
            }
            (false, _) => drop(why.insert("already; nothing was changed")),
        }
    }

    /// A line is taken out, or put back; answers how that changes what is payable.
    pub fn change(&mut self, is_hold: bool, creator: usize, person: Option<usize>) -> i64 {
        self.signed.clear();
        self.changer = person;
        if is_hold {
            self.lines[creator] = Line::Withheld;
            (self.withheld[creator], self.amounts[creator]) = (self.amounts[creator], 0);
            self.withheld[creator]
        } else {
            self.lines[creator] = Line::Reserved;
            (self.withheld[creator], self.amounts[creator]) = (0, self.withheld[creator]);
            -self.amounts[creator]
        }
    }
}
