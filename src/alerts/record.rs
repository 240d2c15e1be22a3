//! Alerts in the database and on their way.

use std::path::Path;

use anyhow::{Context, Result};

use super::alert::{Alert, AlertKind};
use super::{acknowledged, bank_problems, render};
use crate::outbox::{self, Channel, NewLetter, Post, put};
use crate::store::{Row, Store, Tx};

/// Raises an alert in the caller's transaction, unless it was raised before; answers whether it is new.
///
/// # Errors
///
/// When the database refuses.
pub async fn raise(tx: &mut Tx, post: &Post, alert: &Alert, now: i64) -> Result<bool> {
    let (program, key) = (alert.program.as_str(), alert.key());
    let sql = "INSERT INTO alerts (program, alert, kind, job, headline, body, raised_at, cleared_at, letters) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (program, alert) DO NOTHING";
    let letters = letters(post, alert, now)?;
    let cleared = alert.kind.is_news().then_some(now);
    let parameters = [
        program.into(),
        key.as_str().into(),
        alert.kind.code().into(),
        alert.job.as_str().into(),
        alert.headline.as_str().into(),
        render::text(alert).into(),
        now.into(),
        cleared.into(),
        i64::try_from(letters.len())?.into(),
    ];
    if tx.execute(sql, &parameters).await? == 0 {
        return Ok(false);
    }
    for letter in letters {
        put(tx, program, &letter, now).await?;
    }
    Ok(true)
}

/// Sends an alert at once, where there is no database to raise it in. Answers whether a channel accepted it, or none ever
/// will.
///
/// # Errors
///
/// When it cannot be put into words, or the outbox folder cannot be used.
pub async fn send_now(post: &Post, data: &Path, alert: &Alert, now: i64) -> Result<bool> {
    post.send_now(data, letters(post, alert, now)?).await
}

/// What carries an alert, on every way there is.
fn letters(post: &Post, alert: &Alert, now: i64) -> Result<Vec<NewLetter>> {
    let id = format!("{}/{}", alert.program, alert.key());
    let mut letters = Vec::new();
    for (place, operator) in post.operators.iter().enumerate() {
        letters.push(NewLetter {
            channel: Channel::Operator,
            message: render::mail((&alert.headline, &render::text(alert)), &id, &post.sender, operator, now)?,
            key: format!("alert/{id}/{place}"),
            sender: post.sender.email.to_string(),
            recipient: operator.email.to_string(),
        });
    }
    if post.webhook.is_some() {
        letters.push(NewLetter {
            channel: Channel::Webhook,
            message: render::json(alert, &id, now)?,
            key: format!("alert/{id}"),
            sender: String::new(),
            recipient: String::new(),
        });
    }
    Ok(letters)
}

/// Rewrites every alert of a program, sent or waiting, and what people wrote about it, with the words that `other` gives. What was sent keeps no
/// words at all.
///
/// # Errors
///
/// When the database refuses.
pub async fn redact(tx: &mut Tx, post: &Post, program: &str, other: &dyn Fn(&str) -> String) -> Result<()> {
    acknowledged::redact(tx, program, other).await?;
    bank_problems::redact(tx, program, other).await?;
    let letters = outbox::operator_letters(tx, program).await?;
    let sql = "SELECT alert, headline, body, raised_at FROM alerts WHERE program = $1 ORDER BY alert";
    for row in tx.rows(sql, &[program.into()]).await? {
        let (key, headline, body) = (row.text(0)?, other(row.text(1)?), other(row.text(2)?));
        if headline == row.text(1)? && body == row.text(2)? {
            continue;
        }
        let sql = "UPDATE alerts SET headline = $3, body = $4 WHERE program = $1 AND alert = $2";
        tx.execute(sql, &[program.into(), key.into(), headline.as_str().into(), body.as_str().into()]).await?;
        for letter in letters.iter().filter(|letter| is_about(&letter.key, program, key)) {
            let message = if letter.is_over {
                String::new()
            } else if letter.recipient.is_empty() {
                render::reworded(&letter.message, other)?
            } else {
                let to = letter.recipient.parse().context("the operator's address cannot be read")?;
                render::mail((&headline, &body), &letter.key, &post.sender, &to, row.int(3)?)?
            };
            outbox::reword(tx, program, &letter.key, &message).await?;
        }
    }
    Ok(())
}

/// Whether a letter's key is that of a letter about an alert: with the place of the operator behind it, on a mail.
pub fn is_about(letter: &str, program: &str, alert: &str) -> bool {
    let rest = letter.strip_prefix("alert/").map(|rest| rest.strip_prefix(&format!("{program}/")).unwrap_or(rest));
    let place = rest.and_then(|rest| rest.strip_prefix(alert));
    place.is_some_and(|place| place.strip_prefix('/').map_or(place.is_empty(), |place| place.parse::<usize>().is_ok()))
}

/// An alert as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// The program's id.
    pub program: String,
    /// What tells it from the others of the program.
    pub key: String,
    /// What it is about.
    pub kind: AlertKind,
    /// The job, or empty.
    pub job: String,
    /// One line.
    pub headline: String,
    /// All of it, for people.
    pub body: String,
    /// When it was raised (microseconds since 1970).
    pub raised_at: i64,
}

impl Raised {
    /// Whether it says the same as an alert that is about to be raised. The heading above differs between versions.
    pub fn says(&self, alert: &Alert) -> bool {
        let opening = render::opening(alert);
        match (self.body.split_once('\n'), opening.split_once('\n')) {
            (Some((_, said)), Some((_, now))) => said.starts_with(now),
            _ => false,
        }
    }
}

/// The alerts that are open, of all programs, oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn list_open(store: &Store) -> Result<Vec<Raised>> {
    let sql = "SELECT program, kind, job, headline, body, raised_at, alert FROM alerts WHERE cleared_at IS NULL \
               ORDER BY raised_at, program, alert";
    store.rows(sql, &[]).await?.iter().map(raised).collect()
}

/// What is open about a job of a program (an empty job: about its file), in the caller's transaction.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn open_about(tx: &mut Tx, program: &str, job: &str) -> Result<Vec<Raised>> {
    let sql = "SELECT program, kind, job, headline, body, raised_at, alert FROM alerts \
               WHERE program = $1 AND job = $2 AND cleared_at IS NULL ORDER BY raised_at, alert";
    tx.rows(sql, &[program.into(), job.into()]).await?.iter().map(raised).collect()
}

/// Clears what is open about a job of a program (an empty job: about its file), in the caller's transaction.
///
/// # Errors
///
/// When the database refuses.
pub async fn clear(tx: &mut Tx, program: &str, job: &str, now: i64) -> Result<()> {
    let sql = "UPDATE alerts SET cleared_at = $3 WHERE program = $1 AND job = $2 AND cleared_at IS NULL";
    tx.execute(sql, &[program.into(), job.into(), now.into()]).await.map(|_| ())
}

/// Clears one alert that is open, in the caller's transaction.
///
/// # Errors
///
/// When the database refuses.
pub async fn clear_one(tx: &mut Tx, program: &str, key: &str, now: i64) -> Result<()> {
    let sql = "UPDATE alerts SET cleared_at = $3 WHERE program = $1 AND alert = $2 AND cleared_at IS NULL";
    tx.execute(sql, &[program.into(), key.into(), now.into()]).await.map(|_| ())
}

fn raised(row: &Row) -> Result<Raised> {
    let kind = row.text(1)?;
    Ok(Raised {
        program: row.text(0)?.to_owned(),
        key: row.text(6)?.to_owned(),
        kind: AlertKind::parse(kind).with_context(|| format!("the database holds an alert of the unknown kind \"{kind}\""))?,
        job: row.text(2)?.to_owned(),
        headline: row.text(3)?.to_owned(),
        body: row.text(4)?.to_owned(),
        raised_at: row.int(5)?,
    })
}
