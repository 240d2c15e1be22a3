//! The second factor: codes that change every half minute, as authenticator apps show them.

use anyhow::{Context, Result, ensure};
use totp_rs::{Builder, Totp};

use super::account::Account;
use super::secret::random;
use crate::error::{Forbidden, Invalid};
use crate::payees::Keyring;
use crate::vocabulary::{hex, of_hex};

/// How long a code is shown (seconds).
const STEP: i64 = 30;

/// What an authenticator app is given, once.
#[derive(Clone)]
pub struct Enrolment {
    /// The secret as people type it (base32).
    pub secret: String,
    /// The same as an address that apps read.
    pub uri: String,
    /// As it is kept.
    pub sealed: String,
}

fn about(name: &str) -> String {
    format!("the second factor of {name}")
}

fn app(name: &str, secret: &[u8]) -> Result<Totp> {
    // A colon would end the name there.
    let name = name.replace(':', " ");
    let app = Builder::new().with_secret(secret.to_vec()).with_account_name(name).with_issuer(Some("purser")).with_skew(1);
    app.build().ok().context("a second factor cannot be made")
}

/// A new secret for a user.
///
/// # Errors
///
/// When there is no key to keep it under.
pub fn enrol(keyring: &Keyring, name: &str) -> Result<Enrolment> {
    ensure!(
        !keyring.is_empty(),
        Invalid(
            "a second factor is kept encrypted, and there is no key: set PURSER_KEY, or PURSER_KEY_FILE to a file that only its owner \
             can read, to ID:DIGITS, such as the output of `echo \"k1:$(openssl rand -hex 32)\"`; nothing was changed"
                .to_owned()
        )
    );
    let secret = random::<20>()?;
    let app = app(name, &secret)?;
    let sealed = hex(&keyring.seal(&about(name), &secret)?);
    let uri = app.to_url().ok().context("a second factor cannot be written as an address")?;
    Ok(Enrolment { secret: app.secret().to_base32(), uri, sealed })
}

/// Takes a code for a second factor that is kept (`sealed`), and notes that it was used. Each counts once: not again, and not after a
/// later one.
///
/// # Errors
///
/// [`Forbidden`], when it is not the code of now, or of half a minute before or after, or was used.
pub fn use_code(keyring: &Keyring, account: &mut Account, sealed: &str, code: &str, now: i64) -> Result<()> {
    let name = &account.user.name;
    let damaged = "a second factor that is kept is damaged: an admin has to remove it, so that another can be set up";
    let secret = keyring.open(&about(name), &of_hex(sealed).context(damaged)?)?;
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let step = app(name, &secret)?.check(&code, u64::try_from(now / 1_000_000)?);
    let step = step.map(i64::try_from).transpose()?;
    let step = step.with_context(|| {
        Forbidden("this is not the code that your second factor shows now: type the newest one; nothing was changed".to_owned())
    })?;
    ensure!(
        step > account.last_step,
        Forbidden(format!("this code was used before: wait up to {STEP} seconds for the next one; nothing was changed"))
    );
    account.last_step = step;
    Ok(())
}
