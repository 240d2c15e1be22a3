//! What people said about alerts and exceptions: that they know, who looks after it, and why. It keeps something quiet for a while.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use crate::store::{Row, Store, Tx};

/// For how long what was acknowledged is quiet (microseconds): then it is asked about again.
const QUIET: i64 = 30 * 86_400_000_000;

/// What somebody said about an alert or an exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// About what: see [`about_alert`] and [`about_exception`].
    pub subject: String,
    /// Who said so.
    pub by: String,
    /// When (microseconds since 1970).
    pub at: i64,
    /// Who looks after it, or empty.
    pub assigned_to: String,
    /// What they wrote.
    pub note: String,
}

impl Acknowledgement {
    /// Until when it keeps its subject quiet (microseconds since 1970).
    pub fn quiet_until(&self) -> i64 {
        self.at.saturating_add(QUIET)
    }
}

/// The subject that stands for an alert, by its key within its program.
pub fn about_alert(key: &str) -> String {
    format!("alert/{key}")
}

/// The subject that stands for an exception, by its kind's code and what it names.
pub fn about_exception(kind: &str, subject: &str) -> String {
    format!("exception/{kind}/{subject}")
}

/// Records what somebody said, in the caller's transaction.
///
/// # Errors
///
/// When the database refuses.
pub async fn acknowledge(tx: &mut Tx, program: &str, said: &Acknowledgement) -> Result<()> {
    let sql = "INSERT INTO acknowledgements (program, subject, number, acknowledged_by, acknowledged_at, assigned_to, note) \
               SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, $5, $6 FROM acknowledgements WHERE program = $1 AND subject = $2";
    let Acknowledgement { subject, by, at, assigned_to, note } = said;
    let text = |text: &str| text.into();
    let done = tx.execute(sql, &[program.into(), text(subject), text(by), (*at).into(), text(assigned_to), text(note)]).await;
    done.with_context(|| format!("recording what {by} said about {subject}")).map(|_| ())
}

/// What was said last about each subject of a program.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn acknowledgements(store: &Store, program: &str) -> Result<BTreeMap<String, Acknowledgement>> {
    let sql = "SELECT subject, acknowledged_by, acknowledged_at, assigned_to, note FROM acknowledgements WHERE program = $1 \
               ORDER BY subject, number";
    let said = |row: &Row| -> Result<(String, Acknowledgement)> {
        let subject = row.text(0)?.to_owned();
        let text = |column| row.text(column).map(str::to_owned);
        let said =
            Acknowledgement { subject: subject.clone(), by: text(1)?, at: row.int(2)?, assigned_to: text(3)?, note: text(4)? };
        Ok((subject, said))
    };
    store.rows(sql, &[program.into()]).await?.iter().map(said).collect()
}

/// Rewrites what was written about a program's alerts and exceptions with the words that `other` gives.
///
/// # Errors
///
/// When the database refuses.
pub(super) async fn redact(tx: &mut Tx, program: &str, other: &dyn Fn(&str) -> String) -> Result<()> {
    let sql = "SELECT subject, number, note FROM acknowledgements WHERE program = $1 ORDER BY subject, number";
    for row in tx.rows(sql, &[program.into()]).await? {
        let note = other(row.text(2)?);
        if note != row.text(2)? {
            let sql = "UPDATE acknowledgements SET note = $4 WHERE program = $1 AND subject = $2 AND number = $3";
            tx.execute(sql, &[program.into(), row.text(0)?.into(), row.int(1)?.into(), note.as_str().into()]).await?;
        }
    }
    Ok(())
}
