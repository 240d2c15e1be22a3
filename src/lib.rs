//! Purser pays creators what they earned.
#![warn(missing_docs)]

pub mod money;
pub mod program;
