//! Secrets: from the environment, or from a file that others cannot read. They appear in no message.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result, ensure};

use crate::error::Invalid;
use crate::program::Secret;

/// Reads a secret. It is asked for each time, so that a new one counts at once.
///
/// # Errors
///
/// When it is not there, is empty, or lies in a file that every user of this machine can read.
pub fn read_secret(secret: &Secret) -> Result<String> {
    let (text, place) = match secret {
        Secret::Variable(name) => {
            let text = std::env::var(name).unwrap_or_default();
            (text, format!("the environment variable {name}, which token_env names"))
        }
        Secret::File(path) => {
            let place = format!("the file {}, which token_file names", path.display());
            let cannot = || format!("cannot read {place}; write the access token into it, for this user alone (chmod 600)");
            // The file that is looked at is the one that is read.
            let mut file = File::open(path).with_context(cannot)?;
            let mode = file.metadata().with_context(cannot)?.permissions().mode();
            ensure!(
                mode & 0o007 == 0,
                Invalid(format!("every user of this machine can use the token in {place}: chmod 600 {}", path.display()))
            );
            let mut text = String::new();
            file.read_to_string(&mut text).with_context(cannot)?;
            (text, place)
        }
    };
    let text = text.trim();
    ensure!(!text.is_empty(), Invalid(format!("there is no access token in {place}")));
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    ensure!(is_plain, Invalid(format!("what is in {place} is no access token: it holds spaces or other signs")));
    Ok(text.to_owned())
}
