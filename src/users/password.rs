//! Passwords: argon2id, with the library's parameters (19 MiB, two passes), as OWASP advises.

use std::sync::LazyLock;

use anyhow::{Context, Result, anyhow, ensure};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::error::Invalid;

/// The shortest and the longest password.
const LENGTHS: std::ops::RangeInclusive<usize> = 12..=256;

/// How many are hashed at once: each takes memory, and somebody may ask for many.
static AT_ONCE: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(4));

/// What an unknown user's password is compared with, so that the answer takes as long.
static NOBODYS: LazyLock<Option<PasswordHash>> = LazyLock::new(|| hash("nobody has this password").ok());

/// The hash of a password, in the form of PHC: it names its parameters and salt.
pub type PasswordHash = String;

/// Hashes a new password.
///
/// # Errors
///
/// When it is too short or too long, or is the user's name.
pub async fn hash_password(name: &str, password: &str) -> Result<PasswordHash> {
    let length = password.chars().count();
    ensure!(
        LENGTHS.contains(&length),
        Invalid(format!(
            "a password has {} to {} characters, and this one has {length}: a few words do well; nothing was changed",
            LENGTHS.start(),
            LENGTHS.end()
        ))
    );
    let (low, name) = (password.to_lowercase(), name.to_lowercase());
    let is_poor = low.replace(&name, "").chars().count() < 8 || low.chars().all(|c| low.starts_with(c));
    ensure!(!is_poor, Invalid("this password is too easy to guess: take another one; nothing was changed".to_owned()));
    let password = password.to_owned();
    aside(move || hash(&password)).await
}

/// Whether a password is the one that was hashed; of an unknown user it is none, and takes as long to tell.
pub async fn is_password(hash: Option<PasswordHash>, password: &str) -> Result<bool> {
    // What is longer was never accepted, and would cost time.
    let (password, is_long) =
        (password.chars().take(*LENGTHS.end()).collect::<String>(), password.chars().count() > *LENGTHS.end());
    aside(move || {
        let is_known = hash.is_some();
        let hash = hash.or_else(|| NOBODYS.clone()).context("no password can be compared")?;
        let is_it = Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok();
        Ok(is_it && is_known && !is_long)
    })
    .await
}

fn hash(password: &str) -> Result<PasswordHash> {
    let hash =
        Argon2::default().hash_password(password.as_bytes()).map_err(|error| anyhow!("a password cannot be hashed: {error}"))?;
    Ok(hash.to_string())
}

/// Runs heavy work off the threads that wait for input and output, little of it at once.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let _permit = AT_ONCE.acquire().await.context("the server is ending")?;
    tokio::task::spawn_blocking(work).await.context("an internal fault stopped the comparison of a password")?
}
