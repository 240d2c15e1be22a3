//! What people decide by hand, with a second person's approval: corrections, debts written off, opening balances, manual
//! attribution, exported batches voided. Each of them is a [`Proposal`].
//!
//! 1. [`propose`]: one person asks, with a reason. An entry `proposed` holds the digest of the content; nothing moves.
//! 2. [`decide`]: another person approves, and what was proposed is posted at once; or somebody rejects it. The proposer may
//!    reject too, which withdraws it. Entries `accepted` and `declined` say so.
//! 3. A manual attribution posts nothing by itself: [`credits`] hands it to the next reconciliation, so that tiers, caps and
//!    later refunds treat the order like any other.
//!
//! The entries count; the tables `proposals` and `proposal_lines` show them. An approval names the digest of what was proposed.
//! What was approved is undone only by another proposal, as everything in the ledger is.
//!
//! Letting one person book small amounts alone was rejected: a limit is worked around by halves. So was editing a proposal:
//! reject it, and propose anew.
//!
//! To add something to propose: a variant of [`Kind`] and [`Request`], what its approval moves in `decide.rs`, its row in
//! `RULES.md`, section 17, and what `audit/proposals.rs` should see.

mod content;
mod credits;
mod decide;
mod known;
mod list;
mod opening;
mod propose;

pub use content::{Kind, ProposalLine, State, content_digest};
pub use credits::credits;
pub use decide::{Verdict, decide};
pub use known::Known;
pub use list::{Proposal, find, proposals, waiting};
pub use propose::{Request, propose};
