use std::fmt;

use anyhow::{Context, Result};

use super::role::Role;
use crate::error::NotFound;
use crate::ledger::is_same_person;
use crate::store::{Row, Store, Tx};

/// A user, as others may see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The name, as it stands in the ledger.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The groups that approval limits may ask for, in order.
    pub groups: Vec<String>,
    /// Since when they are disabled (microseconds since 1970); none if they are not.
    pub disabled_at: Option<i64>,
    /// Whether they have a second factor.
    pub has_second_factor: bool,
    /// Until when their token counts; none if they have none.
    pub token_until: Option<i64>,
}

/// A user with what proves who they are. It is never shown.
#[derive(Clone)]
pub struct Account {
    /// Who it is.
    pub user: User,
    /// The hash of the password.
    pub password: String,
    /// The hash of the token.
    pub token: Option<String>,
    /// The sealed secret of the second factor.
    pub second_factor: Option<String>,
    /// One that is not confirmed yet.
    pub pending_factor: Option<String>,
    /// The time step of the last code that counted.
    pub last_step: i64,
    /// When the user was added.
    pub added_at: i64,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.user.fmt(f)
    }
}

const COLUMNS: &str = "SELECT name, role, user_groups, password, token, token_until, second_factor, pending_factor, last_step, \
                       disabled_at, added_at FROM users ORDER BY name";

/// Begins to change users: one at a time.
pub async fn begin(store: &Store) -> Result<Tx> {
    store.begin("users").await
}

/// Whether there are any users: without, names are believed.
pub async fn are_there_users(store: &Store) -> Result<bool> {
    Ok(!store.rows("SELECT name FROM users LIMIT 1", &[]).await?.is_empty())
}

/// All users, by name.
pub async fn list_accounts(tx: &mut Tx) -> Result<Vec<Account>> {
    tx.rows(COLUMNS, &[]).await?.iter().map(account).collect()
}

/// A user, however the name is spelled.
///
/// # Errors
///
/// When there is none.
pub async fn find_account(tx: &mut Tx, name: &str) -> Result<Account> {
    let found = list_accounts(tx).await?.into_iter().find(|account| is_same_person(&account.user.name, name));
    found.with_context(|| {
        NotFound(format!("there is no user {name}; `purser user list` shows all, and an admin adds one with `purser user add`; nothing was changed"))
    })
}

fn account(row: &Row) -> Result<Account> {
    let (name, role) = (row.text(0)?.to_owned(), row.text(1)?);
    let role = Role::parse(role).with_context(|| format!("the user {name} has the role {role}, which is none"))?;
    let token = row.optional_text(4)?.map(str::to_owned);
    let second_factor = row.optional_text(6)?.map(str::to_owned);
    let user = User {
        name,
        role,
        groups: row.text(2)?.lines().map(str::to_owned).collect(),
        disabled_at: row.optional_int(9)?,
        has_second_factor: second_factor.is_some(),
        token_until: token.is_some().then(|| row.int(5)).transpose()?,
    };
    Ok(Account {
        user,
        password: row.text(3)?.to_owned(),
        token,
        second_factor,
        pending_factor: row.optional_text(7)?.map(str::to_owned),
        last_step: row.int(8)?,
        added_at: row.int(10)?,
    })
}

/// Writes a user, new or changed.
pub async fn write(tx: &mut Tx, account: &Account) -> Result<()> {
    let Account { user, password, token, second_factor, pending_factor, last_step, added_at } = account;
    let sql = "INSERT INTO users (name, role, user_groups, password, token, token_until, second_factor, pending_factor, last_step, \
               disabled_at, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
               ON CONFLICT (name) DO UPDATE SET role = excluded.role, user_groups = excluded.user_groups, \
               password = excluded.password, token = excluded.token, token_until = excluded.token_until, \
               second_factor = excluded.second_factor, pending_factor = excluded.pending_factor, \
               last_step = excluded.last_step, disabled_at = excluded.disabled_at";
    let values = [
        user.name.as_str().into(),
        user.role.code().into(),
        user.groups.join("\n").into(),
        password.as_str().into(),
        token.clone().into(),
        user.token_until.unwrap_or_default().into(),
        second_factor.clone().into(),
        pending_factor.clone().into(),
        (*last_step).into(),
        user.disabled_at.into(),
        (*added_at).into(),
    ];
    tx.execute(sql, &values).await?;
    Ok(())
}
