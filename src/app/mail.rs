//! What people do about mails: how far they have come, sending again what was not, and trying how one looks.

use anyhow::{Context, Result, bail, ensure};

use super::bounces::tell_of_bounces;
use super::door::admit_person;
use super::environment::Environment;
use super::statements::{addressees, masked_accounts, statement_of};
use crate::calendar::Month;
use crate::error::{Conflict, Invalid, NotFound};
use crate::facts::latest_manifest;
use crate::outbox::{
    Channel, Delivery, LetterState, Letters, NewLetter, Suppressed, Unsent, counts, suppressed, unsent, wait_again,
};
use crate::program::Program;
use crate::statement::{Notice, Postage, Reader, message, notice_message};
use crate::users::Act;
use crate::vocabulary::Event;

/// How far the messages of a program have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailStatus {
    /// How many have come how far, by channel.
    pub counts: Vec<Letters>,
    /// Those that were not sent, or may not have been, by key.
    pub unsent: Vec<Unsent>,
    /// Addresses to which nothing is sent.
    pub suppressed: Vec<Suppressed>,
}

/// How far the messages of a program have come.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn mail_status(at: &Environment, program: &Program) -> Result<MailStatus> {
    let counts = counts(&at.store).await?.into_iter().filter(|letters| letters.program == program.id).collect();
    let (unsent, suppressed) = (unsent(&at.store, &program.id).await?, suppressed(&at.store, &program.id).await?);
    Ok(MailStatus { counts, unsent, suppressed })
}

/// Which messages to send again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry<'a> {
    /// Those of these keys.
    Keys(&'a [String]),
    /// All in a state: refused, or of which nobody knows whether they were sent.
    All(LetterState),
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retried {
    /// The keys of those that were made to wait again.
    pub keys: Vec<String>,
    /// What came of sending what waits.
    pub delivery: Delivery,
}

/// Lets messages wait again that were refused, or of which nobody knows whether they were sent, and sends what waits. A mail of the
/// second kind may come twice: that is why a person decides it.
///
/// # Errors
///
/// When there is no such message, or its text is no longer kept; then nothing is sent.
pub async fn mail_retry(at: &Environment, program: &Program, by: &str, which: Retry<'_>) -> Result<Retried> {
    let by = &admit_person(at, by, Act::Prepare).await?;
    let known = unsent(&at.store, &program.id).await?;
    let is_stuck = |letter: &&Unsent| matches!(letter.state, LetterState::Unknown | LetterState::Failed);
    let keys: Vec<String> = match which {
        Retry::All(state) => known.iter().filter(|letter| letter.state == state).map(|letter| letter.key.clone()).collect(),
        Retry::Keys(keys) => {
            for key in keys {
                let found = known.iter().find(|letter| letter.key == *key);
                let found = found.with_context(|| {
                    NotFound(format!(
                        "{} has no message {key} that was not sent and whose text is kept; see `purser mail status`. Nothing was sent",
                        program.id
                    ))
                })?;
                let state = found.state;
                ensure!(is_stuck(&found), Conflict(format!("the message {key} is {state}: it is sent without being asked for")));
            }
            keys.to_vec()
        }
    };
    let mut tx = at.store.begin(&program.id).await?;
    let (mut again, is_named) = (Vec::new(), matches!(which, Retry::Keys(_)));
    for key in keys {
        match wait_again(&mut tx, &program.id, &key, (at.clock)()).await? {
            true => again.push(key),
            false if is_named => {
                bail!(Conflict(format!("the message {key} has changed since it was looked at; nothing was sent. Try again")))
            }
            // Somebody else was quicker.
            false => {}
        }
    }
    let keys = again;
    if !keys.is_empty() {
        tx.commit("which messages are sent again").await?;
        tracing::info!(program = program.id, by, "{} messages are sent again: {}", keys.len(), keys.join(", "));
    }
    let mut delivery = Delivery::default();
    for channel in [Channel::Operator, Channel::Webhook, Channel::Statement] {
        delivery.add(at.post.deliver(&at.store, &at.data, &program.id, channel).await?);
    }
    tell_of_bounces(at).await?;
    Ok(Retried { keys, delivery })
}

/// A mail as it would be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestMail {
    /// Its bytes.
    pub message: String,
    /// To whom it was sent, if it was.
    pub sent_to: Option<String>,
}

/// Which mail to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Previewed {
    /// That of a statement: of a month, or as [`statement_of`] takes none.
    Statement(Option<Month>),
    /// That of an event, with figures that are nobody's.
    Notice(Event),
}

/// A mail to a creator as it would be sent; with an address, it is sent there as a test, and kept nowhere.
///
/// # Errors
///
/// As [`statement_of`]; when the address is none, or the mail was not taken.
pub async fn test_mail(
    at: &Environment,
    program: &Program,
    creator_id: &str,
    (which, as_of): (Previewed, i64),
    to: Option<&str>,
) -> Result<TestMail> {
    let address = to.unwrap_or("nobody@localhost");
    let parsed = address.parse().map_err(|_| Invalid(format!("\"{address}\" is not an email address; nothing was sent")))?;
    let postage = Postage { to: parsed, sender: &at.post.sender, signer: at.post.signer.as_ref(), is_test: true };
    let (key, message) = match which {
        Previewed::Statement(month) => {
            let named = statement_of(at, program, creator_id, month, as_of).await?;
            (named.shown.statement.key(), message(&named.shown.statement, &named.reader(program), &postage)?)
        }
        Previewed::Notice(event) => sample(at, program, (creator_id, event), as_of, &postage).await?,
    };
    if let Some(to) = to {
        let (key, sender) = (format!("test/{key}"), postage.sender(&program.mailing).email.to_string());
        let letter = NewLetter { channel: Channel::Statement, key, sender, recipient: to.to_owned(), message: message.clone() };
        at.post.send_one(&at.data, letter).await?;
    }
    Ok(TestMail { message, sent_to: to.map(str::to_owned) })
}

/// The mail of an event, with figures that are nobody's: its key, and its bytes.
async fn sample(
    at: &Environment,
    program: &Program,
    (creator_id, event): (&str, Event),
    as_of: i64,
    postage: &Postage<'_>,
) -> Result<(String, String)> {
    let manifest = latest_manifest(&at.store, &program.id).await?.with_context(|| {
        Conflict(format!("{} has never fetched anything; run a job first, such as `purser run nightly`", program.id))
    })?;
    let creators = addressees(at, &manifest).await?;
    if let Some(near) = creators.unless_known(creator_id) {
        bail!(NotFound(format!("the program {} has no creator {creator_id}{near}", program.id)));
    }
    let notice = Notice::sample(program, event, creator_id, creators.group(creator_id, as_of), as_of);
    let (name, accounts) = (creators.name(creator_id, as_of), masked_accounts(at, program).await.unwrap_or_default());
    let reader = Reader {
        name: &name,
        account: accounts.get(creator_id).map(String::as_str),
        ..Reader::of(&program.mailing).in_locale(creators.locale(creator_id, as_of))
    };
    Ok((notice.key(&program.id), notice_message(program, &notice, &reader, postage, as_of)?))
}
