//! What was changed about users, by whom: a chain of its own, in which each row holds a digest of the user as they were then.

use anyhow::Result;

use super::account::Account;
use crate::store::{Row, Tx};
use crate::vocabulary::seal_of;

/// A change, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// Its number, from 1.
    pub number: i64,
    /// When (microseconds since 1970).
    pub changed_at: i64,
    /// By whom; empty for the first user.
    pub changed_by: String,
    /// Of which user.
    pub name: String,
    /// What was changed, in words.
    pub change: String,
    /// The digest of the user as they were then.
    pub state: String,
    /// The hash of all that, and of the change before.
    pub hash: String,
}

impl ChangeRow {
    /// What its hash should be after a change with another.
    pub fn sealed(&self, before: &str) -> String {
        let (number, at) = (self.number.to_string(), self.changed_at.to_string());
        seal_of([before, &number, &at, &self.changed_by, &self.name, &self.change, &self.state])
    }
}

impl Account {
    /// The digest of what decides what a user may do and what proves who they are. The last code that counted is not part of it.
    pub fn digest(&self) -> String {
        let Self { user, password, token, second_factor, .. } = self;
        let (groups, until) = (user.groups.join("\n"), user.token_until.unwrap_or_default().to_string());
        let disabled = user.disabled_at.map(|at| at.to_string()).unwrap_or_default();
        let (token, factor) = (token.as_deref().unwrap_or_default(), second_factor.as_deref().unwrap_or_default());
        let added = self.added_at.to_string();
        seal_of([&user.name, user.role.code(), &groups, password, token, &until, factor, &disabled, &added])
    }
}

/// Records a change in the transaction that makes it.
pub async fn record_change(tx: &mut Tx, now: i64, by: &str, account: &Account, change: &str) -> Result<()> {
    let last = tx.rows("SELECT number, hash FROM user_changes ORDER BY number DESC LIMIT 1", &[]).await?;
    let (number, before) = match last.first() {
        Some(row) => (row.int(0)? + 1, row.text(1)?.to_owned()),
        None => (1, String::new()),
    };
    let mut row = ChangeRow {
        number,
        changed_at: now,
        changed_by: by.to_owned(),
        name: account.user.name.clone(),
        change: change.to_owned(),
        state: account.digest(),
        hash: String::new(),
    };
    row.hash = row.sealed(&before);
    let sql = "INSERT INTO user_changes (number, changed_at, changed_by, name, change, state, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let ChangeRow { changed_by, name, change, state, hash, .. } = row;
    tx.execute(sql, &[number.into(), now.into(), changed_by.into(), name.into(), change.into(), state.into(), hash.into()])
        .await?;
    Ok(())
}

/// All changes, oldest first.
pub async fn changes(tx: &mut Tx) -> Result<Vec<ChangeRow>> {
    let sql = "SELECT number, changed_at, changed_by, name, change, state, hash FROM user_changes ORDER BY number";
    let rows = tx.rows(sql, &[]).await?;
    let change = |row: &Row| -> Result<ChangeRow> {
        Ok(ChangeRow {
            number: row.int(0)?,
            changed_at: row.int(1)?,
            changed_by: row.text(2)?.to_owned(),
            name: row.text(3)?.to_owned(),
            change: row.text(4)?.to_owned(),
            state: row.text(5)?.to_owned(),
            hash: row.text(6)?.to_owned(),
        })
    };
    rows.iter().map(change).collect()
}
