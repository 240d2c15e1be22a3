//! How fast a mail server is given mails: providers refuse what comes faster than they allow.

use std::time::Duration;

use anyhow::Result;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::error::Invalid;

/// At most so many mails a minute, from this process; or as fast as they are taken.
#[derive(Debug, Default)]
pub struct Pace {
    /// From one mail to the next.
    between: Option<Duration>,
    /// When the next may go.
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// Reads what `PURSER_SMTP_RATE` holds: a number of mails a minute, or nothing.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn read(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        let rate = text.parse::<u32>().ok().filter(|rate| (1..=60_000).contains(rate));
        let rate = rate.ok_or_else(|| {
            Invalid(format!("PURSER_SMTP_RATE is \"{text}\"; write how many mails a minute the server is given, such as 100"))
        })?;
        Ok(Self { between: Some(Duration::from_secs(60) / rate), next: Mutex::default() })
    }

    /// Waits for its turn, and takes it.
    pub(super) async fn wait(&self) {
        let Some(between) = self.between else { return };
        let at = {
            let mut next = self.next.lock().await;
            let at = next.unwrap_or_else(Instant::now).max(Instant::now());
            *next = Some(at + between);
            at
        };
        tokio::time::sleep_until(at).await;
    }
}
