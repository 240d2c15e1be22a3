//! Sessions on the pages: each has a random id that only the browser knows.

use anyhow::Result;

use super::account::{Account, User, find_account};
use super::secret::{Secret, new_secret};
use crate::store::{Store, Tx};

/// After how long without a page a session ends, and how long it lasts at most (microseconds).
const IDLE: i64 = 1_800_000_000;
const LONGEST: i64 = 43_200_000_000;

/// How exact the time of the last page is: not every page writes.
const SEEN: i64 = 60_000_000;

/// Somebody's session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whose.
    pub user: User,
    /// Whether the second factor was given, or there is none: before, it opens nothing.
    pub is_whole: bool,
}

/// Begins a session. A session of before is none of its own: who is given another id has another session.
pub async fn begin_session(tx: &mut Tx, account: &Account, is_whole: bool, now: i64) -> Result<Secret> {
    let secret = new_secret()?;
    let sql = "INSERT INTO sessions (hash, name, begun_at, seen_at, is_whole) VALUES ($1, $2, $3, $3, $4)";
    let values = [secret.hash().into(), account.user.name.as_str().into(), now.into(), i64::from(is_whole).into()];
    tx.execute(sql, &values).await?;
    Ok(secret)
}

/// The session of this id, if it goes on.
pub async fn find_session(store: &Store, secret: &Secret, now: i64) -> Result<Option<Session>> {
    let mut tx = store.snapshot().await?;
    let sql = "SELECT name, begun_at, seen_at, is_whole FROM sessions WHERE hash = $1";
    let rows = tx.rows(sql, &[secret.hash().into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (begun_at, seen_at, is_whole) = (row.int(1)?, row.int(2)?, row.int(3)? != 0);
    if now - begun_at >= LONGEST || now - seen_at >= IDLE {
        return Ok(None);
    }
    let user = find_account(&mut tx, row.text(0)?).await?.user;
    if user.disabled_at.is_some() {
        return Ok(None);
    }
    drop(tx);
    if now - seen_at >= SEEN {
        let (store, hash) = (store.clone(), secret.hash());
        // A job that is writing for long keeps no page waiting.
        tokio::spawn(async move {
            if let Err(error) = touch(&store, hash, now).await {
                tracing::warn!("the use of a session could not be recorded: {error:#}");
            }
        });
    }
    Ok(Some(Session { user, is_whole }))
}

async fn touch(store: &Store, hash: String, now: i64) -> Result<()> {
    let mut tx = super::begin(store).await?;
    tx.execute("UPDATE sessions SET seen_at = $1 WHERE hash = $2 AND seen_at < $1", &[now.into(), hash.into()]).await?;
    tx.commit("the use of a session").await
}

/// Ends a session.
pub async fn end_session(tx: &mut Tx, secret: &Secret) -> Result<()> {
    tx.execute("DELETE FROM sessions WHERE hash = $1", &[secret.hash().into()]).await?;
    Ok(())
}

/// Ends all sessions of a user.
pub async fn end_sessions(tx: &mut Tx, name: &str) -> Result<()> {
    tx.execute("DELETE FROM sessions WHERE name = $1", &[name.into()]).await?;
    Ok(())
}

/// Removes sessions that have ended.
pub async fn prune_sessions(tx: &mut Tx, now: i64) -> Result<()> {
    let sql = "DELETE FROM sessions WHERE begun_at <= $1 OR seen_at <= $2";
    tx.execute(sql, &[(now - LONGEST).into(), (now - IDLE).into()]).await?;
    Ok(())
}
