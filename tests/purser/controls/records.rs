//! What the model keeps of proposals.

use super::act::{Act, What};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Adjustment,
    WriteOff,
    Opening,
    Void,
    Failed,
    Returned,
    Closing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalState {
    Proposed,
    Approved,
    Rejected,
}

#[derive(Debug)]
pub struct Proposal {
    pub kind: Kind,
    pub state: ProposalState,
    pub batch: usize,
    pub amounts: [i64; 2],
    pub adds_to: Vec<usize>,
    pub proposer: usize,
    /// What was typed: a repeat of it is no second proposal.
    pub act: Act,
}

impl Proposal {
    pub fn concerns(&self, creator: usize) -> bool {
        self.amounts[creator] != 0
    }

    /// The month of a closing.
    pub fn month(&self) -> usize {
        if let What::Close(month) = self.act.what { month } else { 0 }
    }

    pub fn last(&self) -> i64 {
        self.act.as_of
    }

    pub fn decide(&mut self, state: ProposalState, at: i64) {
        self.state = state;
        self.act.as_of = self.act.as_of.max(at);
    }
}
