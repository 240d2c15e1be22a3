//! How often somebody may try to guess.

use anyhow::{Result, ensure};

use crate::error::Transient;
use crate::store::{Store, Tx};

/// For how long attempts are counted together (microseconds).
const WINDOW: i64 = 900_000_000;

/// What is tried.
#[derive(Debug, Clone, Copy)]
pub enum Attempt<'a> {
    /// A password, for a user, from an address.
    Password(&'a str, &'a str),
    /// A password, for a user, from wherever.
    AnyPassword(&'a str),
    /// A password, for whichever user, from an address.
    Address(&'a str),
    /// A code of a user's second factor, or their token.
    Code(&'a str),
}

impl Attempt<'_> {
    /// How many are judged in a window. Many addresses together cannot try much more than one, and one address cannot lock
    /// out everybody else.
    fn limit(self) -> i64 {
        match self {
            Self::Password(..) => 8,
            Self::AnyPassword(_) => 100,
            Self::Address(_) => 60,
            Self::Code(_) => 6,
        }
    }

    /// What is kept: no name that nobody has, and no address.
    fn key(self) -> String {
        let parts = match self {
            Self::Password(name, address) => ["password", name, address],
            Self::AnyPassword(name) => ["user", name, ""],
            Self::Address(address) => ["address", "", address],
            Self::Code(name) => ["code", name, ""],
        };
        crate::vocabulary::seal_of(parts)
    }
}

/// Counts an attempt, before it is judged.
///
/// # Errors
///
/// [`Transient`], when there were too many.
pub async fn count_attempt(store: &Store, attempts: &[Attempt<'_>], now: i64) -> Result<()> {
    let mut tx = super::begin(store).await?;
    tx.execute("DELETE FROM attempts WHERE since <= $1", &[(now - WINDOW).into()]).await?;
    let mut until = None;
    for attempt in attempts {
        let sql = "INSERT INTO attempts (attempt_key, since, failures) VALUES ($1, $2, 1) \
                   ON CONFLICT (attempt_key) DO UPDATE SET failures = attempts.failures + 1";
        tx.execute(sql, &[attempt.key().into(), now.into()]).await?;
        let rows = tx.rows("SELECT since, failures FROM attempts WHERE attempt_key = $1", &[attempt.key().into()]).await?;
        for row in rows {
            if row.int(1)? > attempt.limit() {
                until = until.max(Some(row.int(0)? + WINDOW));
            }
        }
    }
    tx.commit("an attempt to sign in").await?;
    let minutes = until.map_or(0, |until| (until - now).div_euclid(60_000_000) + 1);
    ensure!(
        until.is_none(),
        Transient(format!("there were too many attempts: try again in {minutes} minutes; nothing was changed"))
    );
    Ok(())
}

/// Forgets attempts of somebody who has proved who they are. What others tried from the same address counts on.
pub async fn forget_attempts(tx: &mut Tx, attempts: &[Attempt<'_>]) -> Result<()> {
    for attempt in attempts {
        tx.execute("DELETE FROM attempts WHERE attempt_key = $1", &[attempt.key().into()]).await?;
    }
    Ok(())
}
