//! Signing mails (DKIM, RFC 6376): a receiver sees that they come from the domain that they say.

use anyhow::Result;
use lettre::message::Message;
use lettre::message::dkim::{DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey};
use lettre::message::header::HeaderName;

use crate::error::Invalid;

/// What is signed beside the text, where a mail has it.
const HEADERS: [&str; 9] =
    ["From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type", "List-Unsubscribe"];

/// The key by which a domain signs, under a selector of its DNS.
#[derive(Debug)]
pub struct Signer {
    pem: String,
    domain: String,
    selector: String,
}

impl Signer {
    /// Reads what `PURSER_DKIM_KEY`, `PURSER_DKIM_DOMAIN` and `PURSER_DKIM_SELECTOR` hold; none where there is no key.
    ///
    /// # Errors
    ///
    /// When the key is none, or the others are missing. What is secret is not repeated.
    pub fn read(key: &str, domain: &str, selector: &str) -> Result<Option<Self>> {
        let [key, domain, selector] = [key, domain, selector].map(str::trim);
        if key.is_empty() {
            return Ok(None);
        }
        for (name, text) in [("PURSER_DKIM_DOMAIN", domain), ("PURSER_DKIM_SELECTOR", selector)] {
            if text.is_empty() || !text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) {
                let advice = "with PURSER_DKIM_KEY it has to name where the public key stands, SELECTOR._domainkey.DOMAIN";
                return Err(Invalid(format!("{name} is \"{text}\"; {advice}")).into());
            }
        }
        let signer = Self { pem: key.to_owned(), domain: domain.to_owned(), selector: selector.to_owned() };
        signer.key()?;
        Ok(Some(signer))
    }

    /// An RSA key as PEM, or the 32 bytes of an Ed25519 key in base64.
    fn key(&self) -> Result<DkimSigningKey, Invalid> {
        let algorithm = match self.pem.contains("-----BEGIN") {
            true => DkimSigningAlgorithm::Rsa,
            false => DkimSigningAlgorithm::Ed25519,
        };
        DkimSigningKey::new(&self.pem, algorithm).map_err(|_| {
            Invalid(
                "PURSER_DKIM_KEY holds no key that can sign; make one by `openssl genrsa -traditional -out dkim.pem 2048`, and name the \
                 file by PURSER_DKIM_KEY_FILE"
                    .to_owned(),
            )
        })
    }

    /// Signs a mail. Nothing may change it afterwards.
    ///
    /// # Errors
    ///
    /// When the key can no longer be read.
    pub fn sign(&self, message: &mut Message) -> Result<()> {
        let relaxed = DkimCanonicalization { header: DkimCanonicalizationType::Relaxed, body: DkimCanonicalizationType::Relaxed };
        let is_there = |name: &&str| message.headers().get_raw(name).is_some();
        let headers = HEADERS.into_iter().filter(is_there).map(HeaderName::new_from_ascii_str).collect();
        let config = DkimConfig::new(self.selector.clone(), self.domain.clone(), self.key()?, headers, relaxed);
        message.sign(&config);
        Ok(())
    }
}
