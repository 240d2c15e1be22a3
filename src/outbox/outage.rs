//! What the log says of letters that are not taken: one line when a way out stops taking them and one when it takes them
//! again, however many letters there are and however often they are tried; and one line for all that are refused for good for
//! one reason.
//!
//! What was said lives in the process. That letters wait, and why, stands in the database: a process that is started again
//! says it once more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Result;

use super::deliver::Delivery;
use super::letter::{Channel, counts};
use super::transport::Transport;
use crate::store::Store;
use crate::vocabulary::counted;

/// How many letters of those refused for one reason are named.
const NAMED: usize = 20;

/// The outages that this process has seen and not seen the end of.
#[derive(Debug, Default)]
pub(super) struct Outages(Mutex<BTreeMap<Matter, Outage>>);

/// What is out of order: a transport as a whole, or only some letters of a channel, which it did not take.
type Matter = (&'static str, Option<&'static str>);

#[derive(Debug)]
struct Outage {
    since: i64,
    /// In which channels letters wait for its end.
    channels: BTreeSet<&'static str>,
}

impl Outages {
    /// A transport takes nothing now: says so, with how many letters of all programs wait for it, unless that was said.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub(super) async fn is_away(&self, store: &Store, channel: Channel, transport: &Transport, why: &str) -> Result<()> {
        let matter = (transport.name(), None);
        if !self.goes_on(&matter, channel) {
            self.begin(matter, channel, &waiting_for(store, transport).await?, why);
        }
        Ok(())
    }

    /// Says what is new about a channel after letters of it were tried: those of all programs, or of one.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub(super) async fn note(
        &self,
        store: &Store,
        (channel, transport): (Channel, &Transport),
        delivery: &Delivery,
        is_of_all: bool,
    ) -> Result<()> {
        tell_refused(transport, &delivery.failed);
        let (whole, some) = ((transport.name(), None), (transport.name(), Some(channel.code())));
        if let Some(why) = &delivery.away {
            return self.is_away(store, channel, transport, why).await;
        }
        if delivery.is_empty() {
            // Perhaps somebody else sent what waited. Letters of other channels and programs may still wait.
            if is_of_all {
                self.nothing_waits(&whole, channel);
                self.nothing_waits(&some, channel);
            }
            return Ok(());
        }
        if delivery.is_reached {
            self.end(&whole, delivery.sent);
        }
        match reasons(&delivery.waiting) {
            None => self.end(&some, delivery.sent),
            Some(_) if self.goes_on(&some, channel) => {}
            Some(why) => self.begin(some, channel, &letters(delivery.waiting.len()), &why),
        }
        Ok(())
    }

    /// The same after letters were tried that are in no database: why some were not taken.
    pub(super) fn note_unsaved(&self, channel: Channel, transport: &Transport, unsent: &[(String, String)], sent: usize) {
        let matter = (transport.name(), None);
        match reasons(unsent) {
            None => self.end(&matter, sent),
            Some(_) if self.goes_on(&matter, channel) => {}
            Some(why) => self.begin(matter, channel, &letters(unsent.len()), &why),
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Matter, Outage>> {
        // Nothing is done under the lock that could leave it half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this was said before; then letters of the channel wait for its end, too.
    fn goes_on(&self, matter: &Matter, channel: Channel) -> bool {
        let mut all = self.all();
        let known = all.get_mut(matter);
        let was_said = known.is_some();
        if let Some(outage) = known {
            outage.channels.insert(channel.code());
            tracing::debug!(channel = channel.code(), "{} still does not accept letters", matter.0);
        }
        was_said
    }

    fn begin(&self, matter: Matter, channel: Channel, what: &str, why: &str) {
        let mut all = self.all();
        if let Some(outage) = all.get_mut(&matter) {
            // Another delivery was quicker.
            outage.channels.insert(channel.code());
            return;
        }
        all.insert(matter, Outage { since: now(), channels: BTreeSet::from([channel.code()]) });
        let some = if matter.1.is_some() { "some letters" } else { "letters" };
        tracing::warn!("{} does not accept {some}: {why}. Waiting: {what}; nothing more is logged until it does", matter.0);
    }

    fn end(&self, matter: &Matter, sent: usize) {
        let ended = self.all().remove(matter);
        if let Some(Outage { since, .. }) = ended {
            let minutes = now().saturating_sub(since) / 60_000_000;
            let all = if matter.1.is_some() { "all letters" } else { "letters" };
            tracing::info!("{} accepts {all} again, after {minutes} min; just sent: {sent}", matter.0);
        }
    }

    fn nothing_waits(&self, matter: &Matter, channel: Channel) {
        let mut all = self.all();
        let is_over = all.get_mut(matter).is_some_and(|outage| {
            outage.channels.remove(channel.code());
            outage.channels.is_empty()
        });
        if is_over {
            all.remove(matter);
            tracing::info!("no letter waits for {} any more", matter.0);
        }
    }
}

/// Letters that were refused for good are not tried again: one line for each reason.
fn tell_refused(transport: &Transport, refused: &[(String, String)]) {
    for (why, keys) in by_reason(refused) {
        let more = keys.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let named = keys.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        tracing::warn!("{} permanently refused {}: {named}{more}: {why}", transport.name(), letters(keys.len()));
    }
}

/// The reasons for which letters wait, each with how many where there are several; none where none waits.
fn reasons(waiting: &[(String, String)]) -> Option<String> {
    let by_reason = by_reason(waiting);
    let is_one = by_reason.len() == 1;
    let each: Vec<String> = by_reason
        .iter()
        .map(|(why, keys)| if is_one { (*why).to_owned() } else { format!("{} for {why}", keys.len()) })
        .collect();
    Some(each.join("; ")).filter(|text| !text.is_empty())
}

fn by_reason(letters: &[(String, String)]) -> BTreeMap<&str, Vec<&str>> {
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (key, why) in letters {
        by_reason.entry(why).or_default().push(key);
    }
    by_reason
}

/// How many letters of all programs wait for a transport, by what they are.
async fn waiting_for(store: &Store, transport: &Transport) -> Result<String> {
    let (mut statements, mut alerts) = (0, 0);
    for row in counts(store).await? {
        let waits = !row.state.is_over();
        let is_ours = (row.channel == Channel::Webhook) == matches!(transport, Transport::Webhook(_));
        if waits && is_ours {
            *(if row.channel == Channel::Statement { &mut statements } else { &mut alerts }) += row.count;
        }
    }
    let both = [(statements, counted(statements, "statement", "statements")), (alerts, counted(alerts, "alert", "alerts"))];
    let each: Vec<String> = both.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect();
    Ok(each.join(" and "))
}

fn letters(count: usize) -> String {
    counted(i64::try_from(count).unwrap_or(i64::MAX), "letter", "letters")
}

fn now() -> i64 {
    chrono::Utc::now().timestamp_micros()
}
