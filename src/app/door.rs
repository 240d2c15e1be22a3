//! Who does something, and whether they may: the one place where that is decided. Every function of `app` that changes something for a
//! person calls [`admit`] first, once, and goes on with the name that it answers.
//!
//! While there are no users, a name is believed if it is one. Once there are, it is one of theirs, of a role that may do it, and
//! proved: a name alone proves nothing, as one person could propose with a colleague's and approve with their own. A session on
//! the pages proves enough to prepare; a decision takes a token or a new code of the second factor.

use anyhow::{Context, Result, bail, ensure};

use super::environment::Environment;
use super::proof::Proof;
use super::times::check_time;
use crate::error::Forbidden;
use crate::ledger::{checked_name, is_same_person};
use crate::program::Program;
use crate::users::{self, Account, Act, Attempt, Secret};

/// Lets somebody do something to a program as of a time, or refuses it. Answers the name that is kept.
pub(super) async fn admit(at: &Environment, program: &Program, by: &str, as_of: i64, act: Act) -> Result<String> {
    let by = checked_name(by)?;
    check_time(at, program, as_of)?;
    admit_person(at, by, act).await
}

/// As [`admit`], where no time and no program decides.
pub(super) async fn admit_person(at: &Environment, by: &str, act: Act) -> Result<String> {
    let by = checked_name(by)?;
    if !users::are_there_users(&at.store).await? {
        return Ok(by.to_owned());
    }
    let account = users::find_account(&mut at.store.snapshot().await?, by).await?;
    let name = account.user.name.clone();
    ensure!(account.user.disabled_at.is_none(), Forbidden(format!("the user {name} is disabled; nothing was changed")));
    ensure!(
        account.user.role.may(act),
        Forbidden(format!("{name} is {}; this requires {}; nothing was changed", account.user.role.words(), act.who()))
    );
    match &at.proof {
        Proof::Token(token) => check_token(&account, token, (at.clock)())?,
        Proof::Code(code) => take_code(at, &name, code).await?,
        Proof::Session(of) if !is_same_person(of, &name) => {
            bail!(Forbidden(format!("this session is not that of {name}; nothing was changed")))
        }
        Proof::Session(_) => ensure!(
            act == Act::Prepare,
            Forbidden("this takes a code of your second factor: type the newest one; nothing was changed".to_owned())
        ),
        Proof::None => bail!(Forbidden(format!(
            "prove that you are {name}: put your token into the environment as PURSER_TOKEN, or into a file named by --token-file, or \
             give a code of your second factor with --code; nothing was changed"
        ))),
    }
    Ok(name)
}

fn check_token(account: &Account, token: &str, now: i64) -> Result<()> {
    let name = &account.user.name;
    let is_it = account.token.as_deref() == Some(Secret::given(token).hash().as_str());
    ensure!(is_it, Forbidden(format!("the token is not that of {name}; nothing was changed")));
    ensure!(
        account.user.token_until.is_some_and(|until| now < until),
        Forbidden(format!(
            "the token of {name} has expired: make another one with `purser user token {name}`; nothing was changed"
        ))
    );
    Ok(())
}

/// Takes a code of a user's second factor, which is used up by it whatever comes of the rest.
pub(super) async fn take_code(at: &Environment, name: &str, code: &str) -> Result<()> {
    let now = (at.clock)();
    let attempts = [Attempt::Code(name)];
    users::count_attempt(&at.store, &attempts, now).await?;
    let mut tx = users::begin(&at.store).await?;
    let mut account = users::find_account(&mut tx, name).await?;
    let sealed = account.second_factor.clone().with_context(|| {
        Forbidden(format!(
            "{name} has no second factor, which this requires: set one up under your name on the pages, or with `purser user second-factor \
             {name}`; nothing was changed"
        ))
    })?;
    users::use_code(&at.keyring, &mut account, &sealed, code, now)?;
    users::forget_attempts(&mut tx, &attempts).await?;
    users::write(&mut tx, &account).await?;
    tx.commit("the use of a code").await
}
