//! What admins do about users.

use anyhow::{Context, Result, bail, ensure};

use super::super::door::admit_person;
use super::super::environment::Environment;
use crate::error::{Conflict, Forbidden, Invalid};
use crate::ledger::{checked_name, is_same_person};
use crate::users::{self, Account, Act, ChangeRow, Role, User};

/// Somebody to be added.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// The name, which the ledger keeps.
    pub name: &'a str,
    /// What they may do.
    pub role: Role,
    /// The groups that approval limits may ask for.
    pub groups: &'a [String],
    /// A first password.
    pub password: &'a str,
}

/// What is changed about a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserChange {
    /// What they may do.
    Role(Role),
    /// Their groups, instead of those before.
    Groups(Vec<String>),
    /// They may do nothing any more.
    Disable,
    /// They may again.
    Enable,
    /// The second factor is gone, with the telephone that had it: they set up another one.
    RemoveSecondFactor,
}

/// All users, by name.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn list_users(at: &Environment) -> Result<Vec<User>> {
    let mut tx = at.store.snapshot().await?;
    Ok(users::list_accounts(&mut tx).await?.into_iter().map(|account| account.user).collect())
}

/// What was changed about users, oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn list_user_changes(at: &Environment) -> Result<Vec<ChangeRow>> {
    users::changes(&mut at.store.snapshot().await?).await
}

/// Adds a user. The first one is an admin, whom nobody has to add.
///
/// # Errors
///
/// When the name is one that a user has, however spelled; when `by` is no admin; when the password is too easy.
pub async fn add_user(at: &Environment, by: Option<&str>, new: &NewUser<'_>) -> Result<User> {
    let name = checked_name(new.name)?;
    let groups = checked_groups(new.groups)?;
    let by = match by {
        Some(by) if users::are_there_users(&at.store).await? => Some(admit_person(at, by, Act::Manage).await?),
        _ => None,
    };
    let password = users::hash_password(name, new.password).await?;
    let now = (at.clock)();
    let mut tx = users::begin(&at.store).await?;
    let others = users::list_accounts(&mut tx).await?;
    if let Some(other) = others.iter().find(|other| is_same_person(&other.user.name, name)) {
        bail!(Conflict(format!("{name} is a user already, as {}; nothing was changed", other.user.name)));
    }
    match (&by, others.is_empty()) {
        (None, false) => {
            bail!(Forbidden("there are users already: an admin adds others, with --by NAME; nothing was changed".to_owned()))
        }
        (None, true) => ensure!(
            new.role == Role::Admin,
            Invalid("the first user is an admin, who adds all others: --role admin; nothing was changed".to_owned())
        ),
        (Some(_), _) => {}
    }
    let user =
        User { name: name.to_owned(), role: new.role, groups, disabled_at: None, has_second_factor: false, token_until: None };
    let (token, second_factor, pending_factor) = (None, None, None);
    let account = Account { user, password, token, second_factor, pending_factor, last_step: 0, added_at: now };
    users::write(&mut tx, &account).await?;
    let change = format!("added as {}{}", account.user.role.words(), in_groups(&account.user.groups));
    users::record_change(&mut tx, now, by.as_deref().unwrap_or_default(), &account, &change).await?;
    tx.commit("a new user").await?;
    Ok(account.user)
}

fn in_groups(groups: &[String]) -> String {
    if groups.is_empty() { String::new() } else { format!(", in the groups {}", groups.join(", ")) }
}

fn checked_groups(groups: &[String]) -> Result<Vec<String>> {
    let mut checked = Vec::new();
    for group in groups {
        let group = group.trim();
        let is_plain = !group.is_empty() && group.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
        ensure!(is_plain, Invalid(format!("{group:?} names no group: it takes letters, digits, - and _; nothing was changed")));
        checked.push(group.to_owned());
    }
    checked.sort();
    checked.dedup();
    Ok(checked)
}

/// Changes something about a user. Their sessions end.
///
/// # Errors
///
/// When there is no such user, when `by` is no admin, or when no admin would be left.
pub async fn change_user(at: &Environment, by: &str, name: &str, change: &UserChange) -> Result<User> {
    ensure!(
        users::are_there_users(&at.store).await?,
        Conflict("there are no users yet: add the first one with `purser user add NAME --role admin`".to_owned())
    );
    let by = admit_person(at, by, Act::Manage).await?;
    let now = (at.clock)();
    let mut tx = users::begin(&at.store).await?;
    let mut account = users::find_account(&mut tx, name).await?;
    let words = apply(&mut account, change, now)?;
    users::write(&mut tx, &account).await?;
    let is_admin = |account: &Account| account.user.role == Role::Admin && account.user.disabled_at.is_none();
    ensure!(
        users::list_accounts(&mut tx).await?.iter().any(is_admin),
        Conflict(format!("{} is the last admin, and nobody could change users any more; nothing was changed", account.user.name))
    );
    users::end_sessions(&mut tx, &account.user.name).await?;
    users::record_change(&mut tx, now, &by, &account, &words).await?;
    tx.commit("a change of a user").await?;
    Ok(account.user)
}

/// Changes the account; answers what was done, in words.
fn apply(account: &mut Account, change: &UserChange, now: i64) -> Result<String> {
    let user = &mut account.user;
    Ok(match change {
        UserChange::Role(role) => {
            let before = std::mem::replace(&mut user.role, *role);
            format!("{} and no longer {}", role.words(), before.words())
        }
        UserChange::Groups(groups) => {
            user.groups = checked_groups(groups)?;
            if user.groups.is_empty() { "in no group".to_owned() } else { format!("in the groups {}", user.groups.join(", ")) }
        }
        UserChange::Disable => {
            user.disabled_at.get_or_insert(now);
            // Enabled again, they prove anew who they are on the command line.
            (account.token, user.token_until) = (None, None);
            "disabled".to_owned()
        }
        UserChange::Enable => {
            user.disabled_at = None;
            "enabled".to_owned()
        }
        UserChange::RemoveSecondFactor => {
            account.second_factor.take().with_context(|| Conflict(format!("{} has no second factor", user.name)))?;
            (account.pending_factor, user.has_second_factor) = (None, false);
            "second factor removed".to_owned()
        }
    })
}
