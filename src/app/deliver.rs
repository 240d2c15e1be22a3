//! Sending what waits in the outbox.

use anyhow::Result;

use super::bounces::tell_of_bounces;
use super::environment::Environment;
use crate::outbox::Channel;

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Alerts to the operator.
    Alerts,
    /// Statements to creators.
    Statements,
    /// Both.
    All,
}

/// Sends what waits of all programs.
///
/// # Errors
///
/// When the database or the data folder cannot be used. What could not be sent is no error: it waits.
pub async fn deliver_waiting(at: &Environment, waiting: Waiting) -> Result<()> {
    let channels: &[Channel] = match waiting {
        Waiting::Alerts => &[Channel::Operator, Channel::Webhook],
        Waiting::Statements => &[Channel::Statement],
        Waiting::All => &[Channel::Operator, Channel::Webhook, Channel::Statement],
    };
    at.post.deliver_all(&at.store, &at.data, channels).await?;
    if waiting == Waiting::Alerts { Ok(()) } else { tell_of_bounces(at).await }
}
