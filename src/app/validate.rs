//! A program's facts checked, and nothing kept of them.

use anyhow::Result;

use crate::effect::Scratch;
use crate::facts::{TableSize, validate};
use crate::program::Program;

/// Checks all facts of a program by way of a folder that is removed again. Returns how much each table has.
///
/// # Errors
///
/// Every missing column, and the first mistakes of each table.
pub fn validate_facts(program: &Program) -> Result<Vec<TableSize>> {
    let scratch = Scratch::new()?;
    validate(program, scratch.path())
}
