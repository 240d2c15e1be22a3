use std::fmt;

use anyhow::{Context, Result, bail};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::error::Invalid;
use crate::vocabulary::of_hex;

/// How a sealed text begins; the id of its key and the end of the line follow.
const BEGINS: &str = "purser-sealed-1 ";

/// The keys under which details of payees are kept. The first seals; all of them open. So a key is changed by putting a new one
/// before it, and the old one stays as long as something is kept under it.
#[derive(Clone, Default)]
pub struct Keyring(Vec<(String, [u8; 32])>);

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(id, _)| id)).finish()
    }
}

impl Keyring {
    /// Reads keys: each is an id, a colon and 64 hexadecimal digits; spaces, commas or line ends between them.
    ///
    /// # Errors
    ///
    /// When one has another form, or an id stands there twice. The message holds no key.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let mut keys: Vec<(String, [u8; 32])> = Vec::new();
        for (at, item) in text.split([',', ' ', '\t', '\r', '\n']).filter(|item| !item.is_empty()).enumerate() {
            let wrong = || {
                Invalid(format!(
                    "key {} of PURSER_KEY is not written as ID:DIGITS with 64 hexadecimal digits, such as the output of \
                     `echo \"k1:$(openssl rand -hex 32)\"`",
                    at + 1
                ))
            };
            let (id, digits) = item.split_once(':').ok_or_else(wrong)?;
            let is_id = !id.is_empty() && id.len() <= 32 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
            let key = bytes_of(digits).filter(|_| is_id).ok_or_else(wrong)?;
            if keys.iter().any(|(known, _)| known == id) {
                return Err(Invalid(format!("PURSER_KEY holds two keys with the id {id}")));
            }
            keys.push((id.to_owned(), key));
        }
        Ok(Self(keys))
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Seals a text under the first key. `about` is what it belongs to: it opens only under the same. The same text comes to the
    /// same bytes, so that a repeat writes no second copy: its nonce is a keyed hash of both.
    ///
    /// # Errors
    ///
    /// When there is no key.
    pub fn seal(&self, about: &str, text: &[u8]) -> Result<Vec<u8>> {
        let Some((id, key)) = self.0.first() else {
            bail!(Invalid(
                "details of payees are kept encrypted, and there is no key: set PURSER_KEY, or PURSER_KEY_FILE to a file that only \
                 its owner can read, to ID:DIGITS, such as the output of `echo \"k1:$(openssl rand -hex 32)\"`. Keep a copy of it \
                 apart from backups; nothing was written"
                    .to_owned()
            ))
        };
        let begin = format!("{BEGINS}{id}\n");
        let mut hasher = blake3::Hasher::new_keyed(&blake3::derive_key("purser payees 1 nonce", key));
        hasher.update(&u64::try_from(about.len())?.to_le_bytes()).update(about.as_bytes()).update(text);
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&hasher.finalize().as_bytes()[..NONCE_LEN]);
        let mut sealed = text.to_vec();
        let aad = Aad::from(format!("{begin}{about}"));
        let done = sealing_key(key)?.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed);
        done.ok().context("the text is too long to be sealed")?;
        Ok([begin.as_bytes(), &nonce, &sealed].concat())
    }

    /// A hash of a text that nobody computes without the first key: `k1:` and hexadecimal digits. So that an account number, of which
    /// there are few, cannot be guessed from it.
    ///
    /// # Errors
    ///
    /// When there is no key.
    pub fn fingerprint(&self, text: &[u8]) -> Result<String, Invalid> {
        let (id, key) = self.0.first().ok_or_else(unsigned)?;
        Ok(fingerprint(id, key, text))
    }

    /// Whether a text has this fingerprint, under whichever key that was made.
    ///
    /// # Errors
    ///
    /// When that key is not there.
    pub fn has_fingerprint(&self, kept: &str, text: &[u8]) -> Result<bool, Invalid> {
        if self.0.is_empty() {
            return Err(unsigned());
        }
        let id = kept.split(':').next().unwrap_or_default();
        let Some((id, key)) = self.0.iter().find(|(known, _)| known == id) else {
            return Err(Invalid(format!(
                "the details of payees were signed under the key {id}, which PURSER_KEY and PURSER_KEY_FILE do not hold: add it after the \
                 key of today; nothing was changed"
            )));
        };
        Ok(fingerprint(id, key, text) == kept)
    }

    /// Opens what was sealed about the same.
    ///
    /// # Errors
    ///
    /// When its key is not there, or something changed it.
    pub fn open(&self, about: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let damaged = || format!("what is kept about {about} is damaged: restore it from the last backup");
        let line = sealed.iter().position(|byte| *byte == b'\n').with_context(damaged)?;
        let (begin, rest) = sealed.split_at(line + 1);
        let begin = std::str::from_utf8(begin).ok().with_context(damaged)?;
        let id = begin.strip_prefix(BEGINS).with_context(damaged)?.trim_end();
        let Some((_, key)) = self.0.iter().find(|(known, _)| known == id) else {
            bail!(Invalid(format!(
                "what is kept about {about} was encrypted with the key {id}, which PURSER_KEY and PURSER_KEY_FILE do not hold: add it \
                 after the key of today"
            )))
        };
        let (nonce, text) = rest.split_at_checked(NONCE_LEN).with_context(damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok().with_context(damaged)?;
        let mut text = text.to_vec();
        let aad = Aad::from(format!("{begin}{about}"));
        let opened = sealing_key(key)?.open_in_place(nonce, aad, &mut text).ok().with_context(damaged)?;
        Ok(opened.to_vec())
    }
}

/// That there is no key by which details could be signed, or compared with what was.
fn unsigned() -> Invalid {
    Invalid(
        "details of payees are signed by a keyed hash, and there is no key: set PURSER_KEY, or PURSER_KEY_FILE to a file that only its \
         owner can read, as for exports (PAYMENTS.md); nothing was changed"
            .to_owned(),
    )
}

fn fingerprint(id: &str, key: &[u8; 32], text: &[u8]) -> String {
    let hash = blake3::keyed_hash(&blake3::derive_key("purser payees 1 fingerprint", key), text);
    format!("{id}:{}", hash.to_hex())
}

fn sealing_key(key: &[u8; 32]) -> Result<LessSafeKey> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, &blake3::derive_key("purser payees 1 seal", key));
    Ok(LessSafeKey::new(key.ok().context("a key has 32 bytes")?))
}

fn bytes_of(digits: &str) -> Option<[u8; 32]> {
    of_hex(digits)?.try_into().ok()
}
