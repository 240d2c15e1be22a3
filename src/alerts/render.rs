//! An alert as a text, a mail, and JSON: the same alert always makes the same bytes.

use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use serde_json::{Map, Value, json};

use super::alert::Alert;

/// How wide a text is.
const WIDTH: usize = 78;

/// An alert for people.
pub(super) fn text(alert: &Alert) -> String {
    let rest = [("Since", &alert.since), ("Effect on balances", &alert.money), ("What to do", &alert.to_do)];
    rest.into_iter().fold(opening(alert), |text, (name, words)| format!("{text}\n{name}\n{}\n", indented(words)))
}

/// How its text begins: what happened.
pub(super) fn opening(alert: &Alert) -> String {
    format!("What happened\n{}\n", indented(&alert.what))
}

/// Folds long lines between words; each line stands two spaces in.
fn indented(text: &str) -> String {
    text.lines().flat_map(folded).map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

fn folded(line: &str) -> Vec<String> {
    let start: String = line.chars().take_while(|c| *c == ' ').collect();
    let mut lines = vec![start.clone()];
    for word in line.split_whitespace() {
        let Some(last) = lines.last_mut() else { continue };
        if last.trim().is_empty() {
            last.push_str(word);
        } else if last.chars().count() + 1 + word.chars().count() <= WIDTH {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(format!("{start}{word}"));
        }
    }
    lines
}

/// The bytes of a mail with a headline and a text; `key` names it among all mails.
pub(super) fn mail(words: (&str, &str), key: &str, sender: &Mailbox, to: &Mailbox, now: i64) -> Result<String> {
    let (headline, text) = words;
    let id = &blake3::hash(key.as_bytes()).to_hex()[..32];
    let raised = u64::try_from(now).context("an alert is raised after 1970")?;
    let automatic = HeaderName::new_from_ascii("Auto-Submitted".to_owned()).ok().context("a header has a plain name")?;
    let message = Message::builder()
        .from(sender.clone())
        .to(to.clone())
        .date(UNIX_EPOCH + Duration::from_micros(raised))
        .message_id(Some(format!("<alert.{id}@{}>", sender.email.domain())))
        .subject(format!("[purser] {}", headline))
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(text.to_owned())
        .context("the parts do not make a mail")?;
    String::from_utf8(message.formatted()).context("a mail is written in ASCII")
}

/// The JSON of an alert in other words.
pub(super) fn reworded(message: &str, other: &dyn Fn(&str) -> String) -> Result<String> {
    let mut body: Map<String, Value> = serde_json::from_str(message).context("a letter to the webhook is JSON")?;
    for (name, value) in &mut body {
        if let Value::String(text) = value
            && name != "id"
        {
            *text = other(text);
        }
    }
    Ok(Value::Object(body).to_string())
}

/// The JSON that carries an alert. `text` says all of it, as chat services expect it.
pub(super) fn json(alert: &Alert, key: &str, now: i64) -> Result<String> {
    let Alert { kind, program, job, headline, what, since, money, to_do, .. } = alert;
    let time = chrono::DateTime::from_timestamp_micros(now).context("an alert is raised after 1970")?;
    let body = json!({
        "id": key,
        "kind": kind.code(),
        "program": program,
        "job": job,
        "raised_at": time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "headline": headline,
        "what": what,
        "since": since,
        "money": money,
        "to_do": to_do,
        "text": format!("{headline}\n\n{}", text(alert)),
    });
    Ok(body.to_string())
}
