//! What is known about letters before any is written: who sends, how, and who receives operator alerts.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use lettre::message::Mailbox;

use super::deliver::{Delivery, deliver};
use super::letter::{Channel, Content, NewLetter, programs_with_letters};
use super::outage::Outages;
use super::pace::Pace;
use super::return_path::ReturnPath;
use super::signer::Signer;
use super::transport::{Transport, open_post_office};
use crate::error::{Conflict, Invalid};
use crate::store::Store;

/// The default sender of mails.
const SENDER: &str = "purser@localhost";

/// On whose behalf letters go that are about no program.
const SERVER: &str = "server";

/// How mail and webhooks are sent.
pub struct Post {
    /// Who mails are from.
    pub sender: Mailbox,
    /// Who receives operator alerts.
    pub operators: Vec<Mailbox>,
    /// How mails leave.
    pub mails: Transport,
    /// How mails to creators are signed, if they are.
    pub signer: Option<Signer>,
    /// How the operator's webhook is called, if there is one.
    pub webhook: Option<Transport>,
    /// Where it is reported that mails to creators could not be delivered, if that is not the sender.
    pub return_path: Option<ReturnPath>,
    /// Where such reports are found, if they are read: a folder or a file.
    pub bounces: Option<PathBuf>,
    outages: Outages,
}

impl Post {
    /// Reads what `PURSER_MAIL_FROM`, `PURSER_OPERATOR_MAIL`, `PURSER_SMTP_URL` and `PURSER_WEBHOOK_URL` hold; each may be
    /// empty.
    ///
    /// # Errors
    ///
    /// When one holds something that is no address. What may be secret is not repeated.
    pub fn new(sender: &str, operators: &str, smtp_url: &str, webhook_url: &str) -> Result<Self> {
        let sender = if sender.trim().is_empty() { SENDER } else { sender.trim() };
        let from = sender.parse().map_err(|why| {
            Invalid(format!(
                "PURSER_MAIL_FROM is \"{sender}\"; write an address such as Glow Creators <creators@glow.example>: {why}"
            ))
        })?;
        let operator = |text: &str| -> Result<Mailbox> {
            text.parse().map_err(|why| {
                let advice = "write addresses such as ops@glow.example, with commas between them";
                Invalid(format!("PURSER_OPERATOR_MAIL holds \"{text}\"; {advice}: {why}")).into()
            })
        };
        let operators =
            operators.split(',').map(str::trim).filter(|text| !text.is_empty()).map(operator).collect::<Result<_>>()?;
        let webhook = if webhook_url.trim().is_empty() { None } else { Some(Transport::webhook(webhook_url)?) };
        let mails = Transport::mails(smtp_url)?;
        Ok(Self {
            sender: from,
            operators,
            mails,
            signer: None,
            webhook,
            return_path: None,
            bounces: None,
            outages: Outages::default(),
        })
    }

    /// The same, by which mails are sent no faster than this, and those to creators are signed.
    pub fn with(mut self, pace: Pace, signer: Option<Signer>) -> Self {
        self.mails.set_pace(pace);
        Self { signer, ..self }
    }

    /// The same, by which mails to creators have return paths, and what comes there is read.
    pub fn with_bounces(self, return_path: Option<ReturnPath>, bounces: Option<PathBuf>) -> Self {
        Self { return_path, bounces, ..self }
    }

    /// How letters of a channel leave; none where there is no such way.
    pub fn transport(&self, channel: Channel) -> Option<&Transport> {
        match channel {
            Channel::Statement | Channel::Operator => Some(&self.mails),
            Channel::Webhook => self.webhook.as_ref(),
        }
    }
}

impl Post {
    /// Sends letters at once, once each, on behalf of no program. Answers whether one was taken, or there is none.
    ///
    /// # Errors
    ///
    /// When the outbox folder cannot be used. That a letter could not be sent is logged.
    pub async fn send_now(&self, data: &Path, letters: Vec<NewLetter>) -> Result<bool> {
        let mut taken = letters.is_empty();
        let (mails, calls): (Vec<_>, Vec<_>) = letters.into_iter().partition(|letter| letter.channel != Channel::Webhook);
        for (channel, letters) in [(Channel::Operator, mails), (Channel::Webhook, calls)] {
            let Some(transport) = self.transport(channel).filter(|_| !letters.is_empty()) else { continue };
            let Some(office) = open_post_office(data, SERVER, channel).await? else { continue };
            let (mut sent, mut unsent) = (0, Vec::new());
            for NewLetter { key, sender, recipient, message, .. } in letters {
                let content = Content { return_path: sender, recipient, message, is_sealed: true };
                match transport.send(&office, &key, content).await.unsent() {
                    None => sent += 1,
                    Some(why) => unsent.push((key, why)),
                }
            }
            self.outages.note_unsaved(channel, transport, &unsent, sent);
            taken |= sent > 0;
        }
        Ok(taken)
    }

    /// Sends one mail at once that is in no outbox, such as a test.
    ///
    /// # Errors
    ///
    /// When the outbox folder cannot be used, or the mail was not taken: says why.
    pub async fn send_one(&self, data: &Path, letter: NewLetter) -> Result<()> {
        let office = open_post_office(data, SERVER, Channel::Operator).await?;
        let office = office.context("another process is sending mails from this data folder; try again")?;
        let NewLetter { key, sender, recipient, message, .. } = letter;
        let content = Content { return_path: sender, recipient, message, is_sealed: true };
        match self.mails.send(&office, &key, content).await.unsent() {
            None => Ok(()),
            Some(why) => bail!(Conflict(format!("the mail was not sent: {why}"))),
        }
    }

    /// Sends what waits of a program and channel. What cannot be sent waits on, and the log says so once.
    ///
    /// # Errors
    ///
    /// When the database or the outbox folder cannot be used.
    pub async fn deliver(&self, store: &Store, data: &Path, program: &str, channel: Channel) -> Result<Delivery> {
        let Some(transport) = self.transport(channel) else { return Ok(Delivery::default()) };
        let delivery = deliver(store, data, program, channel, transport, self.return_path.as_ref()).await?;
        self.outages.note(store, (channel, transport), &delivery, false).await?;
        Ok(delivery)
    }

    /// Sends what waits for creators, or for the operator, of all programs. What cannot be sent waits on, and the log says so
    /// once.
    ///
    /// # Errors
    ///
    /// When the database or the outbox folder cannot be used.
    pub async fn deliver_all(&self, store: &Store, data: &Path, channels: &[Channel]) -> Result<()> {
        for channel in channels {
            let Some(transport) = self.transport(*channel) else { continue };
            let programs = programs_with_letters(store, *channel).await?;
            // Asked once, not once for each program: a server that does not answer at all takes a minute to say so.
            if !programs.is_empty()
                && let Err(why) = transport.check().await
            {
                self.outages.is_away(store, *channel, transport, &why).await?;
                continue;
            }
            let mut all = Delivery::default();
            for program in programs {
                let delivery = deliver(store, data, &program, *channel, transport, self.return_path.as_ref()).await?;
                if delivery.sent > 0 {
                    tracing::info!(program, channel = channel.code(), "letters sent: {}", delivery.sent);
                }
                all.add(delivery);
            }
            self.outages.note(store, (*channel, transport), &all, true).await?;
        }
        Ok(())
    }
}
