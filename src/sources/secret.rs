//! Secrets: from the environment, or from a file that others cannot read. They appear in no message.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result, ensure};

use crate::error::Invalid;
use crate::program::Secret;

/// Reads a secret, such as `what` names: "the access token". It is read when it is needed, so that a new one counts at once.
///
/// # Errors
///
/// When it is not there, is empty, or lies in a file that every user of this machine can read. Nothing of it is said.
pub(super) fn read_secret(secret: &Secret, what: &str) -> Result<String> {
    let (text, place) = match secret {
        Secret::Variable(name) => (std::env::var(name).unwrap_or_default(), format!("the environment variable {name}")),
        Secret::File(path) => {
            let place = format!("the file {}", path.display());
            let cannot = || format!("cannot read {place}; write {what} into it, for this user alone (chmod 600)");
            // The file that is looked at is the one that is read.
            let mut file = File::open(path).with_context(cannot)?;
            let mode = file.metadata().with_context(cannot)?.permissions().mode();
            ensure!(
                mode & 0o007 == 0,
                Invalid(format!("every user of this machine can read {what} in {place}: chmod 600 {}", path.display()))
            );
            let mut text = String::new();
            file.read_to_string(&mut text).with_context(cannot)?;
            (text, place)
        }
    };
    let text = text.trim();
    ensure!(!text.is_empty(), Invalid(format!("{place} does not hold {what}")));
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    ensure!(is_plain, Invalid(format!("what {place} holds is not {what}: there are spaces or other signs in it")));
    Ok(text.to_owned())
}
