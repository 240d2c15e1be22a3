//! Sessions on the pages: signing in, with a second factor where there is one, and out.

use anyhow::{Context, Result, ensure};

use super::super::door::take_code;
use super::super::environment::Environment;
use super::prove::with_password;
use crate::error::Forbidden;
use crate::users::{self, Secret, Session};

/// What came of a password that was right.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The user, as the ledger names them.
    pub name: String,
    /// The new session.
    pub secret: Secret,
    /// Whether a code of the second factor is still missing: the session opens nothing before.
    pub needs_code: bool,
}

/// Signs a user in with their password, from an address. Always a new session: an id that somebody else put into the browser is
/// worth nothing.
///
/// # Errors
///
/// When the name or the password is wrong, or there were too many attempts.
pub async fn sign_in(at: &Environment, name: &str, password: &str, address: &str) -> Result<SignIn> {
    let account = with_password(at, name, password, address).await?;
    let needs_code = account.user.has_second_factor;
    let now = (at.clock)();
    let mut tx = users::begin(&at.store).await?;
    users::prune_sessions(&mut tx, now).await?;
    let secret = users::begin_session(&mut tx, &account, !needs_code, now).await?;
    tx.commit("a sign-in").await?;
    Ok(SignIn { name: account.user.name, secret, needs_code })
}

/// Completes a sign-in with a code of the second factor: another session takes the place of the half one.
///
/// # Errors
///
/// When the code is wrong or was used, or the session has ended.
pub async fn confirm_sign_in(at: &Environment, half: &Secret, code: &str) -> Result<Secret> {
    let now = (at.clock)();
    let session = users::find_session(&at.store, half, now).await?;
    let session = session.with_context(|| Forbidden("sign in again: this took too long".to_owned()))?;
    ensure!(!session.is_whole, Forbidden("you are signed in already".to_owned()));
    take_code(at, &session.user.name, code).await?;
    let mut tx = users::begin(&at.store).await?;
    let account = users::find_account(&mut tx, &session.user.name).await?;
    users::end_session(&mut tx, half).await?;
    let secret = users::begin_session(&mut tx, &account, true, now).await?;
    tx.commit("a sign-in").await?;
    Ok(secret)
}

/// The session of this id, if it goes on.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn session_of(at: &Environment, secret: &Secret) -> Result<Option<Session>> {
    users::find_session(&at.store, secret, (at.clock)()).await
}

/// Ends a session.
///
/// # Errors
///
/// When the database cannot be written.
pub async fn sign_out(at: &Environment, secret: &Secret) -> Result<()> {
    let mut tx = users::begin(&at.store).await?;
    users::end_session(&mut tx, secret).await?;
    tx.commit("a sign-out").await
}
