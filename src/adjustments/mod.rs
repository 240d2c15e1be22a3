//! What people do by hand, with a second person's approval: corrections, debts written off, opening balances, orders
//! given to a creator, exported batches voided.
//!
//! One person proposes, another approves or rejects; who proposed may withdraw. Nothing moves before the approval. What
//! was approved is undone only by another proposal. The journal's entries `proposed`, `accepted` and `declined` say how
//! a proposal stands, and hold the digest of its content; the tables `proposals` and `proposal_lines` show it.

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
