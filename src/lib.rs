//! Purser pays creators what they earned.
#![warn(missing_docs)]

pub mod durable;
pub mod facts;
pub mod money;
pub mod program;
pub mod reconcile;
pub mod sources;
