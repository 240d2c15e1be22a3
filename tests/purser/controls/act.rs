//! What people type, one command at a time.

use purser::calendar::format_time;

use super::people::Who;

/// Creators, by whom codes and balances are counted.
pub const CREATORS: [&str; 2] = ["ana", "ben"];

/// A command.
#[derive(Debug, Clone)]
pub struct Act {
    pub what: What,
    pub by: Who,
    /// Microseconds since 1970.
    pub as_of: i64,
    pub reason: String,
    /// What they show of themselves, where there are users.
    pub shown: Shown,
}

/// What somebody shows to prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Nothing,
    OwnToken,
    /// The token of the person after them.
    AnothersToken,
}

/// What a command is to do. Batches and proposals by their place, from 0; amounts in
/// cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Nightly {
        restate: bool,
    },
    Payout,
    Approve(usize),
    Reject(usize),
    Export(usize),
    /// The batch, and of each creator whether the payment failed.
    Settle(usize, [bool; 2]),
    Return(usize, usize),
    Void(usize),
    Adjust {
        creator: usize,
        cents: i64,
        unusual: bool,
    },
    WriteOff(usize),
    /// The creator, the amount, and the proposals it adds to.
    Open {
        creator: usize,
        cents: i64,
        adds_to: Vec<usize>,
    },
    /// The proposal, and whether an unusual amount is meant.
    Accept(usize, bool),
    Decline(usize),
}

pub fn batch_id(number: usize) -> String {
    format!("shop-{:04}", number + 1)
}

pub fn proposal_id(number: usize) -> String {
    format!("shop-p{:04}", number + 1)
}

/// Cents as people write dollars.
pub fn dollars(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

impl Act {
    /// As it is typed. An opening's file lies in the shop's folder.
    pub fn arguments(&self) -> Vec<String> {
        let mut typed: Vec<String> = Vec::new();
        let mut say = |words: &[&str]| typed.extend(words.iter().map(|word| (*word).to_owned()));
        let has_reason = match &self.what {
            What::Nightly { .. } => {
                say(&["run", "nightly"]);
                false
            }
            What::Payout => {
                say(&["run", "payout"]);
                false
            }
            What::Approve(number) => {
                say(&["batch", "approve", &batch_id(*number)]);
                false
            }
            What::Reject(number) => {
                say(&["batch", "reject", &batch_id(*number)]);
                false
            }
            What::Export(number) => {
                say(&["batch", "export", &batch_id(*number)]);
                false
            }
            What::Settle(number, failed) => {
                say(&["batch", "settle", &batch_id(*number)]);
                for creator in failed_creators(*failed) {
                    say(&["--failed", creator]);
                }
                failed.contains(&true)
            }
            What::Return(number, creator) => {
                say(&["batch", "return", &batch_id(*number), "--creator", CREATORS[*creator]]);
                true
            }
            What::Void(number) => {
                say(&["batch", "void", &batch_id(*number)]);
                true
            }
            What::Adjust { creator, cents, unusual } => {
                say(&["adjust", CREATORS[*creator], &dollars(*cents)]);
                if *unusual {
                    say(&["--unusual"]);
                }
                true
            }
            What::WriteOff(creator) => {
                say(&["write-off", CREATORS[*creator]]);
                true
            }
            What::Open { adds_to, .. } => {
                say(&["opening", "opening.csv"]);
                for number in adds_to {
                    say(&["--adds-to", &proposal_id(*number)]);
                }
                true
            }
            What::Accept(number, unusual) => {
                say(&["proposal", "approve", &proposal_id(*number)]);
                if *unusual {
                    say(&["--unusual"]);
                }
                false
            }
            What::Decline(number) => {
                say(&["proposal", "reject", &proposal_id(*number)]);
                false
            }
        };
        let reason = match self.what {
            What::Nightly { restate: true } => Some("--restate"),
            _ => has_reason.then_some("--reason"),
        };
        if let Some(reason) = reason {
            typed.extend([reason.to_owned(), self.reason.clone()]);
        }
        // A name that begins with a dash would be taken for an option.
        typed.extend([format!("--by={}", self.by.name), "--as-of".to_owned(), format_time(self.as_of)]);
        typed
    }

    /// The file of an opening.
    pub fn opening(&self) -> Option<String> {
        let What::Open { creator, cents, .. } = self.what else { return None };
        Some(format!("creator_id,amount\n{},{}\n", CREATORS[creator], dollars(cents)))
    }
}

/// The creators whose payments failed.
pub fn failed_creators(failed: [bool; 2]) -> impl Iterator<Item = &'static str> {
    CREATORS.into_iter().zip(failed).filter_map(|(creator, failed)| failed.then_some(creator))
}
