//! Tests of plain values, each in a table of cases. `cargo test -p purser-plain` builds and runs them in seconds.
#![allow(dead_code, unused_imports)]

#[path = "../../src/calendar/mod.rs"]
mod calendar;
#[path = "../../src/error.rs"]
mod error;
#[path = "../../src/money/mod.rs"]
mod money;
#[path = "../../src/vocabulary/mod.rs"]
mod vocabulary;

mod amounts;
mod codes;
mod days;
mod errors;
