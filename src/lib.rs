//! Purser pays creators what they earned.
#![warn(missing_docs)]

pub mod adjustments;
pub mod alerts;
pub mod app;
pub mod audit;
pub mod calendar;
pub mod cli;
pub mod dump;
pub mod effect;
pub mod error;
pub mod explain;
pub mod facts;
pub mod leases;
pub mod ledger;
pub mod money;
pub mod outbox;
pub mod payees;
pub mod payout;
pub mod posting;
pub mod privacy;
pub mod program;
pub mod reconcile;
pub mod runs;
pub mod scheduler;
pub mod serve;
pub mod sources;
pub mod statement;
pub mod store;
pub mod users;
pub mod vocabulary;
pub mod web;
