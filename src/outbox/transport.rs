//! How letters leave: to a mail server, as files, or to a webhook.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use lettre::address::Envelope;
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::letter::{Channel, Content};
use super::pace::Pace;
use super::post_office::PostOffice;
use super::report::is_status_code;
use crate::effect::{Kind, effect};
use crate::error::Invalid;

/// How long one answer of the server may take.
const ANSWER: Duration = Duration::from_secs(60);

/// How long a whole attempt may take.
const ATTEMPT: Duration = Duration::from_secs(180);

/// How purser calls itself to a webhook.
const AGENT: &str = concat!("purser/", env!("CARGO_PKG_VERSION"));

/// Codes that concern the account at the server, not the mail.
const ACCOUNT_CODES: [u16; 4] = [530, 534, 535, 538];

/// How letters leave.
pub enum Transport {
    /// Mails to a mail server.
    Smtp(Box<Smtp>),
    /// Mails as `.eml` files in the outbox folder of the data folder.
    Files,
    /// JSON to a webhook.
    Webhook(Box<Webhook>),
}

/// A mail server.
pub struct Smtp {
    server: AsyncSmtpTransport<Tokio1Executor>,
    url: String,
    pace: Pace,
}

/// An address that takes JSON by POST.
pub struct Webhook {
    client: reqwest::Client,
    url: String,
}

/// How an attempt ended.
pub(super) enum Outcome {
    /// The mail was accepted.
    Sent,
    /// It was refused for good.
    Refused(String),
    /// The server takes nothing for the address.
    Bounced {
        /// Such as `5.1.1` (RFC 3463).
        status: String,
        /// What the server said.
        said: String,
    },
    /// It was not accepted; later it may be.
    Later(String),
    /// It may or may not have been accepted.
    InDoubt(String),
    /// Nothing can be sent now.
    Closed(String),
}

impl Outcome {
    /// Why it was not sent, as far as anybody knows; none where it was.
    pub(super) fn unsent(self) -> Option<String> {
        match self {
            Self::Sent => None,
            Self::Refused(why) | Self::Bounced { said: why, .. } | Self::Later(why) | Self::InDoubt(why) | Self::Closed(why) => {
                Some(why)
            }
        }
    }
}

impl Transport {
    /// A mail server, by the address that `PURSER_SMTP_URL` holds; files where it is empty.
    ///
    /// # Errors
    ///
    /// When the address is none. The message does not repeat it: it may hold a password.
    pub fn mails(url: &str) -> Result<Self> {
        let url = url.trim();
        if url.is_empty() {
            return Ok(Self::Files);
        }
        let unusable = || {
            anyhow!(Invalid(
                "PURSER_SMTP_URL is not the address of a mail server; write smtp://HOST:PORT, \
                 smtp://USER:PASSWORD@HOST:587?tls=required or smtps://USER:PASSWORD@HOST, special characters as %XX"
                    .to_owned()
            ))
        };
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| unusable())?;
        let server = server.timeout(Some(ANSWER)).pool_config(PoolConfig::new().max_size(1)).build();
        Ok(Self::Smtp(Box::new(Smtp { server, url: url.to_owned(), pace: Pace::default() })))
    }

    /// A webhook, by the address that `PURSER_WEBHOOK_URL` holds.
    ///
    /// # Errors
    ///
    /// When the address is none. The message does not repeat it: it may hold a secret.
    pub fn webhook(url: &str) -> Result<Self> {
        let url = url.trim();
        let parsed = reqwest::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        parsed.ok_or_else(|| anyhow!(Invalid("PURSER_WEBHOOK_URL is not an address; write https://HOST/PATH".to_owned())))?;
        let client = reqwest::Client::builder().timeout(ANSWER).user_agent(AGENT).redirect(reqwest::redirect::Policy::none());
        let client = client.build().context("cannot prepare to call the webhook")?;
        Ok(Self::Webhook(Box::new(Webhook { client, url: url.to_owned() })))
    }

    /// What it is called in messages.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Smtp(_) => "the mail server",
            Self::Files => "the outbox folder",
            Self::Webhook(_) => "the webhook",
        }
    }

    /// Whether an attempt may be repeated although nobody knows how it ended: a file that is written again is the same.
    pub(super) fn repeats_are_harmless(&self) -> bool {
        matches!(self, Self::Files)
    }

    /// How fast a mail server is given mails.
    pub(super) fn set_pace(&mut self, pace: Pace) {
        if let Self::Smtp(smtp) = self {
            smtp.pace = pace;
        }
    }

    /// Waits until the server may be given another mail.
    pub(super) async fn wait_for_turn(&self) {
        if let Self::Smtp(smtp) = self {
            smtp.pace.wait().await;
        }
    }

    /// Says why nothing can be sent, before anything is tried.
    ///
    /// # Errors
    ///
    /// What the mail server said, without secrets.
    pub async fn check(&self) -> Result<(), String> {
        let Self::Smtp(smtp) = self else { return Ok(()) };
        match tokio::time::timeout(ATTEMPT, smtp.server.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("the mail server is not responding".to_owned()),
            Ok(Err(error)) => Err(format!("the mail server cannot be used: {}", smtp.said(&error))),
            Err(_) => Err("the mail server is not responding".to_owned()),
        }
    }

    pub(super) async fn send(&self, office: &Arc<PostOffice>, key: &str, content: Content) -> Outcome {
        match self {
            Self::Smtp(smtp) => smtp.send(key, &content).await,
            Self::Webhook(webhook) => webhook.send(key, content).await,
            Self::Files => {
                let (office, key) = (office.clone(), key.to_owned());
                match tokio::task::spawn_blocking(move || office.write(&key, &content.message)).await {
                    Ok(Ok(())) => Outcome::Sent,
                    Ok(Err(error)) => Outcome::Closed(format!("{error:#}")),
                    Err(_) => Outcome::Closed("an internal fault prevented an email from being written".to_owned()),
                }
            }
        }
    }
}

impl Smtp {
    async fn send(&self, key: &str, content: &Content) -> Outcome {
        let envelope = match envelope(content) {
            Ok(envelope) => envelope,
            Err(error) => return Outcome::Refused(format!("{error:#}")),
        };
        let sending =
            async { Ok(tokio::time::timeout(ATTEMPT, self.server.send_raw(&envelope, content.message.as_bytes())).await) };
        match effect(Kind::Send, key, sending).await {
            Ok(Ok(Ok(_))) => Outcome::Sent,
            Ok(Ok(Err(error))) => self.judged(&error, &content.recipient),
            Ok(Err(_)) => Outcome::InDoubt("the mail server did not respond in time".to_owned()),
            Err(error) => Outcome::InDoubt(format!("{error:#}")),
        }
    }

    fn judged(&self, error: &Error, recipient: &str) -> Outcome {
        // Servers repeat whom they refuse; logs and records name nobody.
        let said = self.said(error).replace(recipient, "the recipient");
        match error.status().map(u16::from) {
            Some(code) if ACCOUNT_CODES.contains(&code) => Outcome::Closed(said),
            // 5.7.x is about who sends and from where (RFC 3463), not about this mail: all others would be refused too.
            Some(_) if error.is_permanent() && said.contains("5.7.") => Outcome::Closed(said),
            Some(code) if error.is_permanent() => match address_status(code, &said) {
                Some(status) => Outcome::Bounced { status, said },
                None => Outcome::Refused(said),
            },
            _ if error.is_transient() || error.is_client() || error.is_tls() => Outcome::Later(said),
            _ => Outcome::InDoubt(said),
        }
    }

    /// An error in words, without what is secret in the server's address.
    fn said(&self, error: &Error) -> String {
        secrets_hidden(&in_words(error), &self.url)
    }
}

impl Webhook {
    async fn send(&self, key: &str, content: Content) -> Outcome {
        let request = self.client.post(&self.url).header("content-type", "application/json").header("idempotency-key", key);
        let posting = async { Ok(request.body(content.message).send().await) };
        match effect(Kind::Send, key, posting).await {
            Ok(Ok(answer)) => judged(answer.status()),
            Ok(Err(error)) => {
                let is_before = error.is_connect() || error.is_builder();
                let said = secrets_hidden(&in_words(&error.without_url()), &self.url);
                if is_before { Outcome::Later(said) } else { Outcome::InDoubt(said) }
            }
            Err(error) => Outcome::InDoubt(format!("{error:#}")),
        }
    }
}

/// The status by which a permanent answer is about the address (RFC 3463, 5.1.x and 5.2.x); none where it is about something else, such
/// as what the mail says. Where no status stands, the code tells (RFC 5321, section 4.2.2).
fn address_status(code: u16, said: &str) -> Option<String> {
    let is_around = |c: char| !c.is_ascii_digit() && c != '.';
    let status =
        said.split(is_around).map(|word| word.trim_matches('.')).find(|word| word.starts_with("5.") && is_status_code(word));
    match status {
        Some(status) => Some(status.to_owned()).filter(|status| status.starts_with("5.1.") || status.starts_with("5.2.")),
        None => matches!(code, 550 | 551 | 553).then(|| "5.1.1".to_owned()),
    }
}

/// What the answer of a webhook means (RFC 9110, section 15).
fn judged(status: reqwest::StatusCode) -> Outcome {
    let said = || format!("the webhook answers {status}");
    match status.as_u16() {
        200..300 => Outcome::Sent,
        408 | 425 | 429 | 500.. => Outcome::Later(said()),
        // All others would be refused too: an address or a token is wrong.
        _ => Outcome::Closed(said()),
    }
}

/// An error with its causes, each said once.
fn in_words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !words.contains(&text) {
            words = format!("{words}: {text}");
        }
        cause = inner.source();
    }
    words
}

fn envelope(content: &Content) -> Result<Envelope> {
    let from = content.return_path.parse().with_context(|| format!("\"{}\" is not an email address", content.return_path))?;
    let to = content.recipient.parse().with_context(|| format!("\"{}\" is not an email address", content.recipient))?;
    Envelope::new(Some(from), vec![to]).context("the mail has no recipient")
}

/// A text with the URL's user, password and the URL itself redacted, also where they are written with `%XX`.
pub fn secrets_hidden(text: &str, url: &str) -> String {
    let mut hidden = text.replace(url, "…");
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let Some((userinfo, _)) = after_scheme.rsplit_once('@') else { return hidden };
    let mut secrets: Vec<String> = userinfo.splitn(2, ':').chain([userinfo]).map(str::to_owned).collect();
    let plain: Vec<String> = secrets.iter().map(|secret| percent_decoded(secret)).collect();
    secrets.extend(plain);
    // The longest first, so that no rest of one is left standing.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    for secret in secrets.iter().filter(|secret| secret.len() > 1) {
        hidden = hidden.replace(secret.as_str(), "…");
    }
    hidden
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|d| u8::from_str_radix(d, 16).ok());
        match (first, code) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The outbox folder, opened off the threads that wait; none while another process delivers the same letters from it.
pub(super) async fn open_post_office(data: &Path, program: &str, channel: Channel) -> Result<Option<Arc<PostOffice>>> {
    let (data, program) = (data.to_owned(), program.to_owned());
    match tokio::task::spawn_blocking(move || PostOffice::open(&data, &program, channel)).await {
        Ok(office) => office.map(|office| office.map(Arc::new)),
        Err(_) => Err(anyhow!("an internal fault stopped the opening of the outbox folder")),
    }
}
