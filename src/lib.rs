//! Purser pays creators what they earned.
#![warn(missing_docs)]

pub mod alert;
pub mod audit;
pub mod cli;
pub mod dump;
pub mod effect;
pub mod explain;
pub mod facts;
pub mod keeping;
pub mod ledger;
pub mod money;
pub mod outbox;
pub mod payout;
pub mod program;
pub mod proposal;
pub mod reconcile;
pub mod runner;
pub mod serve;
pub mod sources;
pub mod statement;
pub mod store;
pub mod trouble;
pub mod vocabulary;
pub mod words;
