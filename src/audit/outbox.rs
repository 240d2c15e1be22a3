//! Letters: every one that was written is there, and says what it said then.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::check::Check;
use super::findings::{Findings, Found};
use super::shared::Audit;
use crate::alerts::is_about;
use crate::calendar::{Month, format_time};
use crate::outbox::{Channel, LetterState, Sealed, unsealed_bounces};
use crate::statement::letters_written;
use crate::store::{Row, Tx};
use crate::vocabulary::{Event, counted};

/// How many letters are in memory at a time.
const LETTERS_PER_PAGE: i64 = 1_000;

pub(super) async fn check(tx: &mut Tx, audit: &Audit<'_>) -> Found {
    let mut findings = Findings::default();
    let seen = read(tx, audit, &mut findings).await;
    findings.end(audit.program, Check::Outbox, seen)
}

async fn read(tx: &mut Tx, audit: &Audit<'_>, findings: &mut Findings) -> Result<String> {
    let sql = "SELECT message_key, channel, sender, recipient, message, state, attempts, seal, changed_at FROM outbox \
               WHERE program = $1 AND message_key > $2 ORDER BY message_key LIMIT $3";
    let (mut after, mut count) = (String::new(), 0);
    let (mut to_creators, mut to_operators) = (BTreeSet::new(), BTreeSet::new());
    loop {
        let rows = tx.rows(sql, &[audit.program.into(), after.as_str().into(), LETTERS_PER_PAGE.into()]).await?;
        for row in &rows {
            after = row.text(0)?.to_owned();
            count += 1;
            match letter(row, audit, findings)? {
                Some(Channel::Statement) => to_creators.insert(after.clone()),
                _ => to_operators.insert(after.clone()),
            };
        }
        if rows.is_empty() {
            break;
        }
    }
    of_months(tx, audit, to_creators, findings).await?;
    of_alerts(tx, audit, to_operators, findings).await?;
    let (changed, bounces) = unsealed_bounces(tx, audit.program).await?;
    for key in changed {
        findings
            .add(|| format!("what is recorded of the message {key} coming back was changed: whether its address is suppressed"));
    }
    let came_back = if bounces == 0 { String::new() } else { format!(", {bounces} came back") };
    Ok(format!("{}{came_back}", counted(count, "message", "messages")))
}

/// A letter on its own; answers which way it goes.
fn letter(row: &Row, audit: &Audit<'_>, findings: &mut Findings) -> Result<Option<Channel>> {
    let key = row.text(0)?;
    let (is, seal) = Sealed::of(row, 1)?;
    let Sealed { channel, message, state, attempts, .. } = &is;
    let (channel, known, changed_at) = (Channel::parse(channel), LetterState::parse(state), row.int(8)?);
    // What retention or an erasure forgot has no words any more, and is never sent.
    let is_forgotten = message.is_empty() && known.is_some_and(LetterState::is_over);
    if is.seal(key) != seal {
        findings.add(|| {
            format!(
                "the message {key} is not the one that was written, or has not come as far as it says: its sender, recipient, \
                 channel, text, state or number of attempts was changed"
            )
        });
    }
    let attempts = *attempts;
    if known.is_none() {
        findings.add(|| format!("the message {key} is \"{state}\", which none is"));
    }
    if attempts == 0 && known != Some(LetterState::Waiting) && !is_forgotten {
        findings.add(|| format!("the message {key} is {state}, but nobody tried to send it"));
    }
    if changed_at > audit.clock && attempts > 0 {
        findings.add(|| format!("the message {key} was sent at {}, which is in the future", format_time(changed_at)));
    }
    Ok(channel)
}

/// What was written when months were closed is there, and nothing else to creators.
async fn of_months(tx: &mut Tx, audit: &Audit<'_>, letters: BTreeSet<String>, findings: &mut Findings) -> Result<()> {
    let mut written: BTreeMap<i64, i64> = BTreeMap::new();
    let mut letters = letters;
    for row in tx.rows("SELECT creator_id, month FROM statements WHERE program = $1", &[audit.program.into()]).await? {
        let month = row.int(1)?;
        let label = Month::from_number(month)?.label();
        if letters.remove(&format!("{}/{}/{label}", audit.program, row.text(0)?)) {
            *written.entry(month).or_default() += 1;
        }
    }
    of_events(tx, audit, letters, findings).await?;
    let sql = "SELECT month, letters FROM statement_months WHERE program = $1 ORDER BY month";
    for row in tx.rows(sql, &[audit.program.into()]).await? {
        let (month, expected) = (row.int(0)?, row.int(1)?);
        let found = written.remove(&month).unwrap_or_default();
        let label = Month::from_number(month)?.label();
        findings.differs(|| format!("the number of messages with statements of {label}"), found, expected);
    }
    Ok(())
}

/// What was written about events is there, and nothing else to creators beside statements.
async fn of_events(tx: &mut Tx, audit: &Audit<'_>, letters: BTreeSet<String>, findings: &mut Findings) -> Result<()> {
    let mut found: BTreeMap<&str, i64> = BTreeMap::new();
    for key in &letters {
        let event = key.rsplit('/').next().and_then(|last| last.split_once('.')).and_then(|(event, _)| Event::parse(event));
        match event {
            Some(event) => *found.entry(event.code()).or_default() += 1,
            None => findings.add(|| format!("the message {key} is of no statement that was built")),
        }
    }
    let written = letters_written(tx, audit.program).await?;
    for event in Event::ALL.iter().map(|event| event.code()) {
        let (found, expected) = (found.remove(event).unwrap_or_default(), written.get(event).copied().unwrap_or_default());
        findings.differs(|| format!("the number of messages about the event {event}"), found, expected);
    }
    Ok(())
}

/// What was written when alerts were raised is there, and nothing else to operators.
async fn of_alerts(tx: &mut Tx, audit: &Audit<'_>, letters: BTreeSet<String>, findings: &mut Findings) -> Result<()> {
    let mut letters = letters;
    let sql = "SELECT alert, letters FROM alerts WHERE program = $1 ORDER BY alert";
    for row in tx.rows(sql, &[audit.program.into()]).await? {
        let (alert, expected) = (row.text(0)?, row.int(1)?);
        let about: Vec<String> = letters.iter().filter(|key| is_about(key, audit.program, alert)).cloned().collect();
        about.iter().for_each(|key| {
            letters.remove(key);
        });
        findings.differs(|| format!("the number of messages about the alert {alert}"), i64::try_from(about.len())?, expected);
    }
    for key in letters {
        findings.add(|| format!("the message {key} is about no alert that was raised"));
    }
    Ok(())
}
