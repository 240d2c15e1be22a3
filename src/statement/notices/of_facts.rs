//! What is new in facts, terms and payees, compared with what was there when they were seen last.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use super::code_issued::CodeIssued;
use super::details_changed::DetailsChanged;
use super::dispute_closed::DisputeClosed;
use super::dispute_opened::DisputeOpened;
use super::notice::{About, Notice};
use super::noticed::{remember, remembered, see_to, seen_to};
use super::seen::{Disputed, Owned, Seen};
use crate::calendar::day_of;
use crate::ledger::transfers_of_order;
use crate::program::Program;
use crate::statement::terms::Terms;
use crate::statement::tier::TierReached;
use crate::store::Tx;
use crate::vocabulary::Event;

/// What is so of a subject, and what was so when it was seen last; none where it is new.
struct Change {
    subject: String,
    was: Option<String>,
    is: String,
}

/// What there is to tell of facts, terms and payees.
pub(super) async fn notices(tx: &mut Tx, seen: &Seen<'_>) -> Result<Vec<Notice>> {
    let mut notices = Vec::new();
    let is_active = |creator_id: &&str| seen.addressees.is_active_at(creator_id, seen.as_of);
    for event in &seen.program.mailing.notices {
        match event {
            Event::PayoutSent | Event::PayoutFailed | Event::PayoutSkipped => {}
            Event::Invited => {
                let now = seen.addressees.ids().filter(is_active).map(|id| (id.to_owned(), "active".to_owned())).collect();
                let new = changes(tx, seen, *event, now).await?.into_iter().filter(|change| change.was.is_none());
                notices.extend(new.map(|change| Notice::of(&change.subject, "welcome", About::Invited)));
            }
            Event::CodeIssued => notices.extend(issued(tx, seen).await?),
            Event::DetailsChanged => {
                // What is not known now is compared the next time.
                let Some(details) = seen.details else { continue };
                let now = details.iter().map(|(id, (fingerprint, _))| (id.clone(), fingerprint.clone())).collect();
                for Change { subject, is, .. } in changes(tx, seen, *event, now).await? {
                    let account = details.get(&subject).map_or_else(String::new, |(_, account)| account.clone());
                    let mark = format!("{}-{}", seen.as_of, hash(&is));
                    notices.push(Notice::of(&subject, &mark, About::DetailsChanged(DetailsChanged { account })));
                }
            }
            Event::TierReached => notices.extend(tiers(tx, seen).await?),
            Event::TermsChanged => notices.extend(terms(tx, seen).await?),
            Event::DisputeOpened | Event::DisputeClosed => notices.extend(disputes(tx, seen, *event).await?),
        }
    }
    Ok(notices)
}

/// What changed of an event's subjects, which are then remembered as they are; nothing the first time. What is gone is remembered, so
/// that a table that was short for a night makes nobody new.
async fn changes(tx: &mut Tx, seen: &Seen<'_>, event: Event, now: BTreeMap<String, String>) -> Result<Vec<Change>> {
    let program = seen.program.id.as_str();
    let is_first = seen_to(tx, program, event).await?.is_none();
    let mut before = remembered(tx, program, event).await?;
    let mut changes = Vec::new();
    for (subject, is) in now {
        let was = before.remove(&subject);
        if was.as_ref() != Some(&is) {
            remember(tx, program, event, &subject, &is).await?;
            changes.push(Change { subject, was, is });
        }
    }
    if is_first {
        see_to(tx, program, event, "on").await?;
        changes.clear();
    }
    Ok(changes)
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..12].to_owned()
}

/// Codes and links that became somebody's: one notice for all of one night.
async fn issued(tx: &mut Tx, seen: &Seen<'_>) -> Result<Vec<Notice>> {
    let subject = |owned: &Owned| format!("{}/{}/{}", if owned.is_code { "code" } else { "link" }, owned.key, owned.creator_id);
    let by_subject: BTreeMap<String, &Owned> = seen.owned.iter().map(|owned| (subject(owned), owned)).collect();
    let now = by_subject.keys().map(|subject| (subject.clone(), String::new())).collect();
    let mut of: BTreeMap<&str, CodeIssued> = BTreeMap::new();
    for change in changes(tx, seen, Event::CodeIssued, now).await? {
        if let Some(owned) = by_subject.get(&change.subject) {
            let issued = of.entry(&owned.creator_id).or_default();
            (if owned.is_code { &mut issued.codes } else { &mut issued.links }).push(owned.key.clone());
        }
    }
    let notice = |(creator_id, issued): (&str, CodeIssued)| {
        let mark = hash(&[issued.codes.join("\n"), issued.links.join("\n")].join("\n\n"));
        Notice::of(creator_id, &mark, About::CodeIssued(issued))
    };
    Ok(of.into_iter().map(notice).collect())
}

/// Tiers above the first that were reached: a new period begins in the first one, which nobody is told.
async fn tiers(tx: &mut Tx, seen: &Seen<'_>) -> Result<Vec<Notice>> {
    let mut reached = BTreeMap::new();
    for creator_id in seen.addressees.ids().filter(|id| seen.addressees.is_active_at(id, seen.as_of)) {
        let group = seen.addressees.group(creator_id, seen.as_of);
        if let Some(at) = seen.tiers.of(seen.program, creator_id, group) {
            reached.insert(creator_id.to_owned(), at);
        }
    }
    let said = |(tier, place): &(TierReached, usize)| format!("{} {place}", tier.period);
    let now = reached.iter().map(|(creator_id, at)| (creator_id.clone(), said(at))).collect();
    let mut notices = Vec::new();
    for Change { subject, was, is } in changes(tx, seen, Event::TierReached, now).await? {
        let Some((tier, place)) = reached.remove(&subject) else { continue };
        let before = was.as_deref().and_then(|was| was.rsplit_once(' ')).filter(|(period, _)| *period == tier.period);
        let before = before.map_or(1, |(_, place)| place.parse().unwrap_or(1));
        if place > before {
            notices.push(Notice::of(&subject, &is.replace(' ', "-"), About::TierReached(tier)));
        }
    }
    Ok(notices)
}

/// Creators whose terms are others under today's program file than under that of the last time.
async fn terms(tx: &mut Tx, seen: &Seen<'_>) -> Result<Vec<Notice>> {
    let program = seen.program;
    // The text itself, as that of a program whose edit moved no money is kept nowhere else.
    let now = BTreeMap::from([("program file".to_owned(), program.text.clone())]);
    let Some(was) = changes(tx, seen, Event::TermsChanged, now).await?.into_iter().find_map(|change| change.was) else {
        return Ok(Vec::new());
    };
    // Another version may have read it otherwise; then nothing is compared.
    let Ok(before) = Program::parse(&program.id, &was, Path::new("/")) else { return Ok(Vec::new()) };
    let agreed = program.commission.rates.iter().filter(|rate| rate.is_agreed).cloned().collect();
    let before = before.with_rates(agreed);
    let day = day_of(program.time_zone, seen.as_of);
    let mut notices = Vec::new();
    for creator_id in seen.addressees.ids().filter(|id| seen.addressees.is_active_at(id, seen.as_of)) {
        let group = seen.addressees.group(creator_id, seen.as_of);
        if let Some(terms) = Terms::changed(program, &before, creator_id, group, day) {
            notices.push(Notice::of(creator_id, &hash(&program.text), About::TermsChanged(Box::new(terms))));
        }
    }
    Ok(notices)
}

/// Disputes that were opened, or ended, of orders that were credited to somebody.
async fn disputes(tx: &mut Tx, seen: &Seen<'_>, event: Event) -> Result<Vec<Notice>> {
    let is_told = |dispute: &&Disputed| event == Event::DisputeOpened || !dispute.outcome.is_empty();
    let of: BTreeMap<&str, &Disputed> =
        seen.disputes.iter().filter(is_told).map(|dispute| (dispute.dispute_id.as_str(), dispute)).collect();
    let said = |dispute: &Disputed| if event == Event::DisputeOpened { "opened".to_owned() } else { dispute.outcome.clone() };
    let now = of.iter().map(|(&id, &dispute)| (id.to_owned(), said(dispute))).collect();
    let mut notices = Vec::new();
    for Change { subject, is, .. } in changes(tx, seen, event, now).await? {
        let Some(dispute) = of.get(subject.as_str()) else { continue };
        // One that is over when it is first seen is told by its end alone.
        if event == Event::DisputeOpened && !dispute.outcome.is_empty() {
            continue;
        }
        let mut days: BTreeMap<String, i32> = BTreeMap::new();
        for posted in transfers_of_order(tx, &seen.program.id, &dispute.order_id).await? {
            let about = posted.transfer.about;
            days.entry(about.creator_id).or_insert(about.effective_day);
        }
        for (creator_id, day) in days {
            let (about, mark) = match event {
                Event::DisputeOpened => (About::DisputeOpened(DisputeOpened { day }), subject.clone()),
                _ => (About::DisputeClosed(DisputeClosed { day, is_lost: is == "lost" }), format!("{subject}-{is}")),
            };
            notices.push(Notice::of(&creator_id, &mark, about));
        }
    }
    Ok(notices)
}
