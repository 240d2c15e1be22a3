//! Secrets that the program file names, and does not hold: in an environment variable, or in a file that nobody else reads.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result, bail};

use crate::error::Invalid;
use crate::program::Secret;

/// Reads a secret. It is read when it is needed, so that a new one holds from then on.
///
/// # Errors
///
/// When it is not there, or others may read its file. Nothing of it is said.
pub(super) fn read(secret: &Secret) -> Result<String> {
    let text = match secret {
        Secret::Variable(name) => std::env::var(name)
            .ok()
            .filter(|text| !text.trim().is_empty())
            .with_context(|| Invalid(format!("the environment variable {name} is not set")))?,
        Secret::File(path) => {
            let shown = path.display();
            let rights = fs::metadata(path).with_context(|| format!("cannot look at {shown}"))?.permissions().mode();
            if rights & 0o077 != 0 {
                bail!(Invalid(format!("others than its owner may read {shown}, which holds a secret; run `chmod 600 {shown}`")));
            }
            fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?
        }
    };
    Ok(text.trim().to_owned())
}
