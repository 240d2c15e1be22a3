//! The letters of the outbox, and how far each has come.

use anyhow::{Context, Result};

use super::bounces::{Bounce, record};
use super::return_path::{ReturnPath, Token};
use crate::store::{Row, Store, Tx};
use crate::vocabulary::{coded, seal_of};

coded! {
    /// Which way a letter goes, and to whom.
    pub enum Channel {
        /// A mail to a creator: a statement, or a notice of an event.
        Statement = "statement",
        /// A mail to the operator.
        Operator = "operator",
        /// JSON that is posted to the operator's webhook.
        Webhook = "webhook",
    }
}

coded! {
    /// How far a letter has come.
    pub enum LetterState {
        /// To be sent.
        Waiting = "waiting",
        /// Somebody is sending it, or died over it.
        Sending = "sending",
        /// Handed over.
        Sent = "sent",
        /// Perhaps handed over: the answer did not come.
        Unknown = "unknown",
        /// Refused for good.
        Failed = "failed",
    }
}

impl LetterState {
    /// Whether it is finished: sent, or refused for good.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Sent | Self::Failed)
    }

    /// Whether the next delivery sends it.
    pub fn waits(self) -> bool {
        matches!(self, Self::Waiting | Self::Unknown)
    }
}

/// The state of a letter as the database holds it.
pub(super) fn read_state(code: &str) -> Result<LetterState> {
    LetterState::parse(code).with_context(|| format!("the database holds a letter in the unknown state \"{code}\""))
}

/// The channel of a letter as the database holds it.
pub(super) fn read_channel(code: &str) -> Result<Channel> {
    Channel::parse(code).with_context(|| format!("the database holds a letter of the unknown channel \"{code}\""))
}

/// An unfinished letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    pub key: String,
    state: LetterState,
    attempts: i64,
    pub changed_at: i64,
    /// Whose lock the last attempt held, or empty.
    pub post_office: String,
    /// To whom: an email address, or empty.
    pub recipient: String,
    error: Option<String>,
}

impl Letter {
    pub(super) fn is_sending(&self) -> bool {
        self.state == LetterState::Sending
    }

    /// Why it was not sent, where that is known.
    pub(super) fn why(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// The number of the attempt that is under way, or was the last.
    pub(super) fn attempt(&self) -> i64 {
        self.attempts
    }

    /// Whether it may have been sent already.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.is_sending() || self.state == LetterState::Unknown
    }
}

/// What is sent: to whom, from whom, and the very bytes.
pub(super) struct Content {
    /// Where it is reported that it could not be delivered: the sender, or an address of its own.
    pub return_path: String,
    pub recipient: String,
    pub message: String,
    /// Whether it is what was put into the outbox.
    pub is_sealed: bool,
}

/// A letter that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLetter {
    /// Which way it goes.
    pub channel: Channel,
    /// What it is, the same however often it is written.
    pub key: String,
    /// From whom: an email address; empty on a webhook.
    pub sender: String,
    /// To whom: an email address; empty on a webhook, whose address may be secret.
    pub recipient: String,
    /// The very bytes to be sent.
    pub message: String,
}

/// What of a letter is sealed: what it is and says, and how far it has come. No entry says it; nobody may send another one in its
/// name, or this one a second time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which way it goes, as a code.
    pub channel: String,
    /// From whom.
    pub sender: String,
    /// To whom.
    pub recipient: String,
    /// The very bytes; empty once they are forgotten.
    pub message: String,
    /// How far it has come, as a code.
    pub state: String,
    /// How often somebody tried to send it.
    pub attempts: i64,
}

impl Sealed {
    /// Reads the columns of the table `outbox` that are named as the fields are, in their order, from a place of a row on; and the
    /// seal that stands after them.
    ///
    /// # Errors
    ///
    /// When these are other columns.
    pub fn of(row: &Row, first: usize) -> Result<(Self, String)> {
        let text = |column: usize| row.text(first + column).map(str::to_owned);
        let [channel, sender, recipient, message, state, seal] = [text(0)?, text(1)?, text(2)?, text(3)?, text(4)?, text(6)?];
        Ok((Self { channel, sender, recipient, message, state, attempts: row.int(first + 5)? }, seal))
    }

    /// Its seal, under a key.
    pub fn seal(&self, key: &str) -> String {
        let Self { channel, sender, recipient, message, state, attempts } = self;
        let attempts = attempts.to_string();
        seal_of([channel.as_str(), key, sender, recipient, message, state, &attempts])
    }
}

/// A letter as it stands in the outbox.
pub(super) struct Kept {
    pub is: Sealed,
    /// The seal that stands there.
    seal: String,
    /// Whether that is its seal.
    pub is_sealed: bool,
}

impl Kept {
    /// The letter of a key, if there is one.
    pub(super) async fn read(tx: &mut Tx, program: &str, key: &str) -> Result<Option<Self>> {
        let sql = "SELECT channel, sender, recipient, message, state, attempts, seal FROM outbox WHERE program = $1 AND message_key = $2";
        let rows = tx.rows(sql, &[program.into(), key.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (is, seal) = Sealed::of(row, 0)?;
        let is_sealed = is.seal(key) == seal;
        Ok(Some(Self { is, seal, is_sealed }))
    }

    /// The seal of what it becomes. One that was changed behind purser's back keeps the seal that does not fit: it stays found.
    pub(super) fn seal_as(&self, new: &Sealed, key: &str) -> String {
        if self.is_sealed { new.seal(key) } else { self.seal.clone() }
    }
}

/// Puts a letter into a program's outbox, in the caller's transaction.
///
/// # Errors
///
/// When the database refuses, as it does for a key that is there.
pub async fn put(tx: &mut Tx, program: &str, letter: &NewLetter, now: i64) -> Result<()> {
    let sql = "INSERT INTO outbox (program, message_key, channel, sender, recipient, message, state, attempts, changed_at, post_office, seal) \
               VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, '', $8)";
    let new = Sealed {
        channel: letter.channel.code().to_owned(),
        sender: letter.sender.clone(),
        recipient: letter.recipient.clone(),
        message: letter.message.clone(),
        state: LetterState::Waiting.code().to_owned(),
        attempts: 0,
    };
    let seal = new.seal(&letter.key);
    let [key, channel, sender, recipient, message] =
        [&letter.key, &new.channel, &new.sender, &new.recipient, &new.message].map(|text| text.as_str().into());
    let parameters = [program.into(), key, channel, sender, recipient, message, now.into(), seal.into()];
    tx.execute(sql, &parameters).await.map(|_| ())
}

/// The unfinished letters of a channel, by key.
pub(super) async fn undelivered(store: &Store, program: &str, channel: Channel) -> Result<Vec<Letter>> {
    let sql = "SELECT message_key, state, attempts, changed_at, post_office, error, recipient FROM outbox \
               WHERE program = $1 AND channel = $2 AND state IN ('waiting', 'sending', 'unknown') ORDER BY message_key";
    let letter = |row: &Row| {
        Ok(Letter {
            key: row.text(0)?.to_owned(),
            state: read_state(row.text(1)?)?,
            attempts: row.int(2)?,
            changed_at: row.int(3)?,
            post_office: row.text(4)?.to_owned(),
            error: row.optional_text(5)?.map(str::to_owned),
            recipient: row.text(6)?.to_owned(),
        })
    };
    store.rows(sql, &[program.into(), channel.code().into()]).await?.iter().map(letter).collect()
}

/// Takes a letter for one attempt, durably. Answers none when somebody else has taken it since it was read.
pub(super) async fn claim(
    store: &Store,
    program: &str,
    letter: &Letter,
    (office, path): (&str, Option<&ReturnPath>),
    now: i64,
) -> Result<Option<Content>> {
    let mut tx = store.begin(program).await?;
    let key = letter.key.as_str();
    let Some(kept) = Kept::read(&mut tx, program, key).await? else { return Ok(None) };
    let (state, attempts) = (LetterState::Sending.code().to_owned(), letter.attempts.saturating_add(1));
    let seal = kept.seal_as(&Sealed { state, attempts, ..kept.is.clone() }, key);
    let sql = "UPDATE outbox SET state = 'sending', attempts = attempts + 1, changed_at = $5, post_office = $6, seal = $7 \
               WHERE program = $1 AND message_key = $2 AND state = $3 AND attempts = $4";
    let was = letter.state.code();
    let parameters = [program.into(), key.into(), was.into(), letter.attempts.into(), now.into(), office.into(), seal.into()];
    if tx.execute(sql, &parameters).await? != 1 {
        return Ok(None);
    }
    tx.commit("the attempt to send a letter").await?;
    let Kept { is: Sealed { sender, recipient, message, .. }, is_sealed, .. } = kept;
    let return_path = path.map_or(sender, |path| path.of(&Token::of(key, letter.attempts.saturating_add(1), &message)));
    Ok(Some(Content { return_path, recipient, message, is_sealed }))
}

/// How an attempt ended.
pub(super) struct End<'a> {
    pub state: LetterState,
    pub error: Option<&'a str>,
    /// What the server said of the address, where it takes nothing for it: a status, and words.
    pub bounced: Option<(&'a str, &'a str)>,
}

/// Records how an attempt of this number, that [`claim`] began, has ended.
pub(super) async fn settle(
    store: &Store,
    program: &str,
    (letter, attempt): (&Letter, i64),
    end: End<'_>,
    now: i64,
) -> Result<()> {
    let End { state, error, bounced } = end;
    let mut tx = store.begin(program).await?;
    let key = letter.key.as_str();
    let Some(kept) = Kept::read(&mut tx, program, key).await? else { return Ok(()) };
    let seal = kept.seal_as(&Sealed { state: state.code().to_owned(), ..kept.is.clone() }, key);
    let sql = "UPDATE outbox SET state = $4, changed_at = $5, error = $6, seal = $7 \
               WHERE program = $1 AND message_key = $2 AND state = 'sending' AND attempts = $3";
    let parameters = [program.into(), key.into(), attempt.into(), state.code().into(), now.into(), error.into(), seal.into()];
    if tx.execute(sql, &parameters).await? == 1
        && let Some((status, said)) = bounced
    {
        let (address, evidence) = (kept.is.recipient, format!("attempt {attempt}"));
        let [message_key, status, said] = [key, status, said].map(str::to_owned);
        record(&mut tx, program, &Bounce { message_key, evidence, address, status, said }, now).await?;
    }
    tx.commit("how sending a letter ended").await
}

/// A letter that was not sent, or may not have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// What it is.
    pub key: String,
    /// Which way it goes.
    pub channel: Channel,
    /// How far it has come.
    pub state: LetterState,
    /// How often somebody tried to send it.
    pub attempts: i64,
    /// Since when it stands so (microseconds since 1970).
    pub changed_at: i64,
    /// Why.
    pub error: Option<String>,
}

/// The letters of a program that were not sent, by key. Those whose texts are forgotten are not among them.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn unsent(store: &Store, program: &str) -> Result<Vec<Unsent>> {
    let sql = "SELECT message_key, channel, state, attempts, changed_at, error FROM outbox \
               WHERE program = $1 AND state <> 'sent' AND message <> '' ORDER BY message_key";
    let letter = |row: &Row| {
        Ok(Unsent {
            key: row.text(0)?.to_owned(),
            channel: read_channel(row.text(1)?)?,
            state: read_state(row.text(2)?)?,
            attempts: row.int(3)?,
            changed_at: row.int(4)?,
            error: row.optional_text(5)?.map(str::to_owned),
        })
    };
    store.rows(sql, &[program.into()]).await?.iter().map(letter).collect()
}

/// Lets a letter wait that was refused, or of which nobody knows whether it was sent. Answers whether it was such a letter, and its
/// text is still kept.
///
/// # Errors
///
/// When the database cannot be used.
pub async fn wait_again(tx: &mut Tx, program: &str, key: &str, now: i64) -> Result<bool> {
    let Some(kept) = Kept::read(tx, program, key).await? else { return Ok(false) };
    if kept.is.message.is_empty() {
        return Ok(false);
    }
    let seal = kept.seal_as(&Sealed { state: LetterState::Waiting.code().to_owned(), ..kept.is.clone() }, key);
    let sql = "UPDATE outbox SET state = 'waiting', changed_at = $3, error = NULL, seal = $4 \
               WHERE program = $1 AND message_key = $2 AND state IN ('unknown', 'failed')";
    Ok(tx.execute(sql, &[program.into(), key.into(), now.into(), seal.into()]).await? == 1)
}

/// State and last error of a letter.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn state_of(tx: &mut Tx, program: &str, key: &str) -> Result<Option<(LetterState, Option<String>)>> {
    let sql = "SELECT state, error FROM outbox WHERE program = $1 AND message_key = $2";
    let rows = tx.rows(sql, &[program.into(), key.into()]).await?;
    rows.first().map(|row| Ok((read_state(row.text(0)?)?, row.optional_text(1)?.map(str::to_owned)))).transpose()
}

/// Which programs have unfinished letters of a channel.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn programs_with_letters(store: &Store, channel: Channel) -> Result<Vec<String>> {
    // A statement of which nobody knows whether it was sent waits for a person.
    let sql = "SELECT DISTINCT program FROM outbox WHERE channel = $1 AND (state IN ('waiting', 'sending') \
               OR (state = 'unknown' AND channel <> 'statement')) ORDER BY program";
    let rows = store.rows(sql, &[channel.code().into()]).await?;
    rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}

/// How many letters of a program have come how far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letters {
    /// The program.
    pub program: String,
    /// Which way they go.
    pub channel: Channel,
    /// How far they have come.
    pub state: LetterState,
    /// How many.
    pub count: i64,
}

/// How many letters of all programs have come how far.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn counts(store: &Store) -> Result<Vec<Letters>> {
    let sql =
        "SELECT program, channel, state, COUNT(*) FROM outbox GROUP BY program, channel, state ORDER BY program, channel, state";
    let letters = |row: &Row| {
        let channel = row.text(1)?;
        Ok(Letters {
            program: row.text(0)?.to_owned(),
            channel: read_channel(channel)?,
            state: read_state(row.text(2)?)?,
            count: row.int(3)?,
        })
    };
    store.rows(sql, &[]).await?.iter().map(letters).collect()
}
