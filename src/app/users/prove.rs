//! What users do about what proves who they are: password, token, second factor.

use anyhow::{Context, Result, ensure};

use super::super::door::{admit_person, take_code};
use super::super::environment::Environment;
use crate::error::{Conflict, Forbidden};
use crate::users::{self, Account, Act, Attempt, Enrolment, Secret, User};

/// How long a token counts (microseconds): a year.
const TOKEN_LASTS: i64 = 365 * 86_400_000_000;

/// What is said of a wrong name and of a wrong password alike, so that nobody learns which names there are.
const WRONG: &str = "the name or the password is wrong";

/// The account of a user, if the password is theirs. Who has no account waits as long, and hears the same.
///
/// # Errors
///
/// [`Forbidden`] when it is not; [`crate::error::Transient`] when there were too many attempts.
pub(super) async fn with_password(at: &Environment, name: &str, password: &str, address: &str) -> Result<Account> {
    let now = (at.clock)();
    let known = users::find_account(&mut at.store.snapshot().await?, name).await.ok();
    // Another spelling is no other user to try.
    let counted = known.as_ref().map_or(name, |account| &account.user.name).to_owned();
    let own = [Attempt::Password(&counted, address), Attempt::AnyPassword(&counted)];
    users::count_attempt(&at.store, &[&own[..], &[Attempt::Address(address)]].concat(), now).await?;
    let is_enabled = known.as_ref().is_some_and(|account| account.user.disabled_at.is_none());
    let is_it = users::is_password(known.as_ref().map(|account| account.password.clone()), password).await?;
    let account = known.filter(|_| is_it && is_enabled).with_context(|| Forbidden(WRONG.to_owned()))?;
    let mut tx = users::begin(&at.store).await?;
    users::forget_attempts(&mut tx, &own).await?;
    tx.commit("a password that was right").await?;
    Ok(account)
}

/// The same for somebody who is about to change what proves who they are: with a second factor, a code is needed too.
async fn with_all(at: &Environment, name: &str, password: &str, code: Option<&str>, address: &str) -> Result<Account> {
    let account = with_password(at, name, password, address).await?;
    if account.user.has_second_factor {
        let code = code.filter(|code| !code.is_empty());
        let code =
            code.with_context(|| Forbidden(format!("{} has a second factor: give its newest code, too", account.user.name)))?;
        take_code(at, &account.user.name, code).await?;
    }
    Ok(account)
}

/// Makes a token for a user, who gives their password, and a code of the second factor if they have one. The one of before counts no longer.
///
/// # Errors
///
/// When the password or the code is wrong.
pub async fn make_token(at: &Environment, name: &str, password: &str, code: Option<&str>) -> Result<(Secret, User)> {
    let name = with_all(at, name, password, code, "").await?.user.name;
    let token = users::new_secret()?;
    let hash = token.hash();
    let changed = change(at, &name, &name, "token made", |account, now| {
        account.token = Some(hash);
        account.user.token_until = Some(now + TOKEN_LASTS);
        Ok(())
    });
    Ok((token, changed.await?))
}

/// Who sets a password.
#[derive(Debug, Clone, Copy)]
pub enum PasswordBy<'a> {
    /// The user, who gives the one of before, from an address.
    Own(&'a str, &'a str),
    /// An admin.
    Admin(&'a str),
}

/// Sets a user's password. Their sessions end.
///
/// # Errors
///
/// When the password of before is wrong, when it is no admin who sets it, or when the new one is too easy.
pub async fn set_password(at: &Environment, name: &str, by: PasswordBy<'_>, new: &str) -> Result<User> {
    let by = match by {
        PasswordBy::Own(old, address) => with_password(at, name, old, address).await?.user.name,
        PasswordBy::Admin(by) => {
            ensure!(
                users::are_there_users(&at.store).await?,
                Conflict("there are no users yet: add the first one with `purser user add NAME --role admin`".to_owned())
            );
            admit_person(at, by, Act::Manage).await?
        }
    };
    let name = users::find_account(&mut at.store.snapshot().await?, name).await?.user.name;
    let hash = users::hash_password(&name, new).await?;
    let set = change(at, &by, &name, "password set", |account, _| {
        account.password = hash;
        Ok(())
    });
    set.await
}

/// Begins to set up a second factor, which counts once a code of it was given ([`confirm_second_factor`]).
///
/// # Errors
///
/// When the password, or the code of the factor of before, is wrong; when there is no key to keep it under.
pub async fn start_second_factor(
    at: &Environment,
    name: &str,
    password: &str,
    code: Option<&str>,
    address: &str,
) -> Result<Enrolment> {
    let name = with_all(at, name, password, code, address).await?.user.name;
    let enrolment = users::enrol(&at.keyring, &name)?;
    let mut tx = users::begin(&at.store).await?;
    let mut account = users::find_account(&mut tx, &name).await?;
    account.pending_factor = Some(enrolment.sealed.clone());
    users::write(&mut tx, &account).await?;
    tx.commit("the start of a second factor").await?;
    Ok(enrolment)
}

/// The second factor that was set up last counts from now on, as a code of it shows that an app has it. Sessions end.
///
/// # Errors
///
/// When none was set up, or the code is wrong.
pub async fn confirm_second_factor(at: &Environment, name: &str, code: &str) -> Result<User> {
    let now = (at.clock)();
    let name = users::find_account(&mut at.store.snapshot().await?, name).await?.user.name;
    users::count_attempt(&at.store, &[Attempt::Code(&name)], now).await?;
    change(at, &name, &name, "second factor set up", |account, now| {
        let pending = account.pending_factor.take();
        let pending =
            pending.with_context(|| Conflict(format!("no second factor of {} waits to be confirmed", account.user.name)))?;
        users::use_code(&at.keyring, account, &pending, code, now)?;
        account.second_factor = Some(pending);
        account.user.has_second_factor = true;
        Ok(())
    })
    .await
}

/// Changes a user, records it, and ends their sessions.
async fn change(
    at: &Environment,
    by: &str,
    name: &str,
    words: &str,
    apply: impl FnOnce(&mut Account, i64) -> Result<()>,
) -> Result<User> {
    let now = (at.clock)();
    let mut tx = users::begin(&at.store).await?;
    let mut account = users::find_account(&mut tx, name).await?;
    apply(&mut account, now)?;
    users::write(&mut tx, &account).await?;
    users::end_sessions(&mut tx, name).await?;
    users::forget_attempts(&mut tx, &[Attempt::Code(name)]).await?;
    users::record_change(&mut tx, now, by, &account, words).await?;
    tx.commit("a change of a user").await?;
    Ok(account.user)
}
