//! What the model keeps of batches and proposals.

use super::act::{Act, What};

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
    Paid,
    Failed,
    Returned,
    Released,
}

#[derive(Debug)]
pub struct Batch {
    pub state: BatchState,
    pub amounts: [i64; 2],
    pub lines: [Line; 2],
    pub drafter: usize,
    pub is_listed: bool,
    /// When anything was last done to it.
    pub last: i64,
}

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
