//! What people say of themselves and of their decisions: a name and a reason.

use anyhow::{Result, ensure};

use crate::error::Invalid;

/// A name as it is kept: without surrounding space.
///
/// # Errors
///
/// When it is empty, or holds control characters.
pub fn checked_name(by: &str) -> Result<&str> {
    let name = by.trim();
    ensure!(!name.is_empty(), Invalid("say who does this with --by NAME; nothing was changed".to_owned()));
    ensure!(
        !name.contains(char::is_control),
        Invalid("the name after --by is one line of plain text; nothing was changed".to_owned())
    );
    Ok(name)
}

/// A reason as it is kept: one line, without surrounding space.
///
/// # Errors
///
/// When it is empty, or holds control characters.
pub fn checked_reason(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    ensure!(!reason.is_empty(), Invalid("say why with --reason REASON; nothing was changed".to_owned()));
    ensure!(!reason.contains(char::is_control), Invalid("the reason is one line of plain text; nothing was changed".to_owned()));
    Ok(reason)
}

/// Whether two names are one person's: case and surrounding space tell nobody apart.
pub fn is_same_person(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}
