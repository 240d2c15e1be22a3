//! What several test files need: random shops, what they reach, a folder for a test, and exports as the program prints them.
#![allow(dead_code)]

pub mod exports;
pub mod folder;
pub mod shops;
pub mod tally;
