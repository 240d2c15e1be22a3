//! The sender: every waiting letter once.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use super::bounces::{folded, suppressed};
use super::letter::{Channel, End, Letter, LetterState, claim, settle, undelivered};
use super::return_path::ReturnPath;
use super::transport::{Outcome, Transport, open_post_office};
use crate::store::Store;

/// How many attempts in a row may end without an answer before the rest waits for the next run.
const DOUBTS: usize = 3;

/// For how long an attempt from another data folder may still be running (microseconds).
const ELSEWHERE: i64 = 3_600_000_000;

/// Why nobody knows whether a letter was sent whose sender died.
const CUT_SHORT: &str = "the sender was stopped before the mail server answered";

/// Why a letter is not sent that is not what was put into the outbox.
const CHANGED: &str = "something other than purser changed it while it waited, so it was not sent: run `purser check outbox`";

/// Why a letter is not sent whose address is suppressed.
const SUPPRESSED: &str =
    "its address is suppressed, as an earlier mail to it was refused or came back: see `purser mail suppressed`";

/// The result of a delivery. Letters are named by their keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivery {
    /// How many were handed over.
    pub sent: usize,
    /// How many of them an earlier run may have sent already: it died, or got no answer. They carry the same Message-ID.
    pub repeated: usize,
    /// Refused for good, and why.
    pub failed: Vec<(String, String)>,
    /// Not handed over; the next run tries again.
    pub waiting: Vec<(String, String)>,
    /// Perhaps handed over: the answer did not come, or the sender died before it. Only a person has them sent again.
    pub unknown: Vec<(String, String)>,
    /// Why nothing at all can be sent now, if so.
    pub away: Option<String>,
    /// Whether letters could be tried: nobody else was at it, and the transport answered.
    pub is_reached: bool,
}

impl Delivery {
    /// Whether there was no letter to be sent.
    pub(super) fn is_empty(&self) -> bool {
        self.sent == 0 && self.failed.is_empty() && self.waiting.is_empty() && self.unknown.is_empty()
    }

    /// Adds the result of another delivery.
    pub fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.repeated += other.repeated;
        self.failed.extend(other.failed);
        self.waiting.extend(other.waiting);
        self.unknown.extend(other.unknown);
        self.away = self.away.take().or(other.away);
        self.is_reached |= other.is_reached;
    }
}

/// Sends every letter of a program and channel that waits, each at most once at a time.
///
/// Each attempt is recorded before it is made. Once it is certain that an attempt that was cut short no longer runs (the lock of the
/// outbox folder says so), an alert is sent again, with the same bytes and the same key. A statement is not: who gets it twice does
/// not know which one holds, so it is kept apart until a person looks.
///
/// # Errors
///
/// When the database or the outbox folder cannot be used. A letter that is refused or has to wait is not an error: the
/// [`Delivery`] tells.
pub(super) async fn deliver(
    store: &Store,
    data: &Path,
    program: &str,
    channel: Channel,
    transport: &Transport,
    return_path: Option<&ReturnPath>,
) -> Result<Delivery> {
    let mut delivery = Delivery::default();
    let letters = undelivered(store, program, channel).await?;
    if letters.is_empty() {
        return Ok(delivery);
    }
    let Some(office) = open_post_office(data, program, channel).await? else {
        let why = "an unresponsive run may still be sending; stop it, and the next run sends the rest";
        delivery.waiting.extend(letters.into_iter().map(|letter| (letter.key, why.to_owned())));
        return Ok(delivery);
    };
    let (path, no_more) = match channel {
        Channel::Statement => (return_path, suppressed(store, program).await?),
        Channel::Operator | Channel::Webhook => (None, Vec::new()),
    };
    let no_more: BTreeSet<String> = no_more.into_iter().map(|suppressed| suppressed.address).collect();
    delivery.away = transport.check().await.err();
    delivery.is_reached = delivery.away.is_none();
    let mut doubts = 0;
    for (place, letter) in letters.iter().enumerate() {
        if let Some(why) = delivery.away.as_ref() {
            delivery.waiting.push((letter.key.clone(), why.clone()));
            continue;
        }
        if is_elsewhere(letter, &office.id, transport) {
            let why = "is being sent from another data folder; if that run is dead, this one sends it in an hour";
            delivery.waiting.push((letter.key.clone(), why.to_owned()));
            continue;
        }
        if is_for_a_person(letter, channel, transport) {
            let why = letter.why().unwrap_or(CUT_SHORT);
            if letter.is_sending() {
                let doubt = (letter, letter.attempt());
                let end = End { state: LetterState::Unknown, error: Some(why), bounced: None };
                settle(store, program, doubt, end, now()).await?;
            }
            delivery.unknown.push((letter.key.clone(), why.to_owned()));
            continue;
        }
        let is_suppressed = no_more.contains(&folded(&letter.recipient));
        if !is_suppressed {
            transport.wait_for_turn().await;
        }
        let Some(content) = claim(store, program, letter, (&office.id, path), now()).await? else { continue };
        let outcome = match content.is_sealed {
            false => Outcome::Refused(CHANGED.to_owned()),
            true if is_suppressed => Outcome::Refused(SUPPRESSED.to_owned()),
            true => transport.send(&office, &letter.key, content).await,
        };
        doubts = if matches!(outcome, Outcome::InDoubt(_)) { doubts + 1 } else { 0 };
        record(store, (program, channel), letter, outcome, &mut delivery).await?;
        if doubts >= DOUBTS {
            delivery.away = Some(format!("{} gave no answer {DOUBTS} times in a row", transport.name()));
        }
        if (place + 1) % 100 == 0 {
            tracing::info!(program, "sent {} of {} letters", delivery.sent, letters.len());
        }
    }
    Ok(delivery)
}

/// Records how an attempt ended.
async fn record(
    store: &Store,
    (program, channel): (&str, Channel),
    letter: &Letter,
    outcome: Outcome,
    delivery: &mut Delivery,
) -> Result<()> {
    let (state, why) = match &outcome {
        Outcome::Sent => (LetterState::Sent, None),
        Outcome::Refused(why) | Outcome::Bounced { said: why, .. } => (LetterState::Failed, Some(why)),
        Outcome::Later(why) | Outcome::Closed(why) => (LetterState::Waiting, Some(why)),
        Outcome::InDoubt(why) => (LetterState::Unknown, Some(why)),
    };
    let bounced = match &outcome {
        Outcome::Bounced { status, said } if channel == Channel::Statement => Some((status.as_str(), said.as_str())),
        _ => None,
    };
    let end = End { state, error: why.map(String::as_str), bounced };
    settle(store, program, (letter, letter.attempt().saturating_add(1)), end, now()).await?;
    match &outcome {
        Outcome::Sent => {
            delivery.sent += 1;
            delivery.repeated += usize::from(letter.is_in_doubt());
        }
        Outcome::Refused(why) | Outcome::Bounced { said: why, .. } => delivery.failed.push((letter.key.clone(), why.clone())),
        Outcome::InDoubt(why) if channel == Channel::Statement => delivery.unknown.push((letter.key.clone(), why.clone())),
        Outcome::Later(why) | Outcome::InDoubt(why) | Outcome::Closed(why) => {
            delivery.waiting.push((letter.key.clone(), why.clone()));
        }
    }
    if let Outcome::Closed(why) = outcome {
        delivery.away = Some(why);
    }
    Ok(())
}

/// Whether only a person may have a letter sent again: it may have been sent already, and a repeat is no harmless one.
fn is_for_a_person(letter: &Letter, channel: Channel, transport: &Transport) -> bool {
    channel == Channel::Statement && letter.is_in_doubt() && !transport.repeats_are_harmless()
}

/// Whether an attempt from another data folder may still be running. Ours cannot: we hold its lock.
fn is_elsewhere(letter: &Letter, office: &str, transport: &Transport) -> bool {
    let is_recent = now().saturating_sub(letter.changed_at) < ELSEWHERE;
    letter.is_sending() && letter.post_office != office && is_recent && !transport.repeats_are_harmless()
}

fn now() -> i64 {
    chrono::Utc::now().timestamp_micros()
}
