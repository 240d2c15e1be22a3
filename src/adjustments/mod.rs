//! What people decide, with a second person's approval: corrections, debts written off, opening balances, manual
//! attribution and its withdrawal, exported batches voided, payments that failed or came back, people erased, books closed. Each of them is a [`Proposal`].
//!
//! 1. [`propose`]: one person asks, with a reason. An entry `proposed` holds the digest of the content; nothing moves.
//! 2. [`decide`]: another person approves, and what was proposed is posted at once; or somebody rejects it. The proposer may
//!    reject too, which withdraws it. Entries `accepted` and `declined` say so.
//! 3. A manual attribution posts nothing by itself: [`credits`] hands it to the next reconciliation, so that tiers, caps and
//!    later refunds treat the order like any other. Nor does an erasure: [`proposed_erasure`] hands it to the use case that carries it out.
//!
//! The approval of a closing posts a second entry, `closed`, right after its own (`closing.rs`): what closes books has the ledger ask for
//! without knowing what a proposal is.
//!
//! [`settle`] settles a batch, and proposes in the same transaction what it says of payments that failed. An amount far above
//! the usual is held up for a second look, when it is proposed and when it is approved (`unusual.rs`).
//!
//! The entries count; the tables `proposals` and `proposal_lines` show them. Whatever is decided is decided by what both say:
//! where they differ, nothing is (`told.rs`). An approval names the digest of what was proposed.
//! What was approved is undone only by another proposal, as everything in the ledger is.
//!
//! Letting one person book small amounts alone was rejected: a limit is worked around by halves. So was editing a proposal:
//! reject it, and make a new proposal.
//!
//! To add something to propose: a variant of [`Kind`] and [`Request`], what its approval moves in `decide.rs`, its row in
//! `RULES.md`, section 17, and what `audit/proposals.rs` should see.

mod closing;
mod content;
mod credits;
mod decide;
mod erasure;
mod known;
mod list;
mod opening;
mod propose;
mod settle;
mod told;
mod unusual;

pub use content::{Kind, ProposalLine, State, content_digest};
pub use credits::{credits, credits_without};
pub use decide::{Decided, Grounds, Verdict, decide};
pub use erasure::{check_erasure, proposed_erasure};
pub use known::{Known, KnownOrder, Worth, refuse_unknown};
pub use list::{Proposal, find, proposals, waiting};
pub use propose::{Proposed, Request, propose};
pub use settle::{Settled, Settlement, check_export, settle};
pub use told::read as proposals_in;
