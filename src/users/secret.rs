use std::fmt;

use anyhow::{Context, Result};
use ring::rand::{SecureRandom, SystemRandom};

use crate::vocabulary::hex;

/// What only its owner knows: a token, or the id of a session. It is shown once, and kept as its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A new one, of 256 random bits.
///
/// # Errors
///
/// When the system gives no random bytes.
pub fn new_secret() -> Result<Secret> {
    Ok(Secret(blake3::Hash::from_bytes(random()?).to_hex().to_string()))
}

/// Random bytes.
pub(super) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).ok().context("the system gives no random bytes; nothing was changed")?;
    Ok(bytes)
}

impl Secret {
    /// One that somebody gives.
    pub fn given(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The text itself, to hand it to its owner.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it. It is as random as the secret, so a plain hash tells nothing of it.
    pub fn hash(&self) -> String {
        hex(&blake3::derive_key("purser users 1 secret", self.0.as_bytes()))
    }

    /// What stands in the forms of a session: no other site knows it, and the session's id does not follow from it.
    pub fn form_token(&self) -> String {
        hex(&blake3::derive_key("purser users 1 forms", self.0.as_bytes()))
    }
}
