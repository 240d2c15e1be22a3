//! What came back: read from a mailbox folder or from files of a provider's webhook, and matched with the letters it is about.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::bounces::{Bounce, record};
use super::letter::{Kept, Sealed};
use super::report::{self, Reported, is_status_code, plain};
use super::return_path::{ReturnPath, Token};
use crate::error::NotFound;
use crate::store::{Store, Tx};

/// How much of a mail is read: what it reports stands before the letter that it gives back.
const MOST_BYTES: u64 = 1 << 20;

/// One thing that was found: about which letter, and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    about: About,
    /// By what it is told from others about the same letter, where its address does not say that.
    mark: String,
    reported: Reported,
}

/// How it names the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
enum About {
    /// By the address to which it was sent.
    Token(Token),
    /// By its key.
    Key(String),
    /// By its Message-ID.
    Id(String),
}

/// A line of a file of a provider's webhook.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    message: Option<String>,
    message_id: Option<String>,
    return_path: Option<String>,
    status: String,
    #[serde(default)]
    reason: String,
}

/// What came of looking.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Returned {
    /// What is new, by letter.
    pub new: Vec<Bounce>,
    /// How many were known.
    pub known: usize,
    /// How many are about no letter of the program whose text is kept.
    pub others: usize,
    /// How many mails report nothing.
    pub silent: usize,
    /// Files, or lines of them, that cannot be read, and why.
    pub unreadable: Vec<(String, String)>,
}

/// What a mailbox holds.
#[derive(Debug, Default)]
pub struct Mailbox {
    found: Vec<Found>,
    silent: usize,
    unreadable: Vec<(String, String)>,
}

/// Reads a folder (a Maildir, or one of `.eml` and `.jsonl` files) or one such file. Nothing in it is moved or removed.
///
/// # Errors
///
/// When it is not there, or cannot be read.
pub fn open_mailbox(path: &Path, return_path: Option<&ReturnPath>) -> Result<Mailbox> {
    let mut mailbox = Mailbox::default();
    for file in files(path)? {
        let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mut bytes = Vec::new();
        let opened = File::open(&file).with_context(|| format!("the bounces in {} cannot be read", file.display()))?;
        if is_of(&file, "jsonl") {
            let mut opened = opened;
            opened.read_to_end(&mut bytes).with_context(|| format!("the bounces in {} cannot be read", file.display()))?;
            lines(&String::from_utf8_lossy(&bytes), &name, return_path, &mut mailbox);
        } else {
            opened
                .take(MOST_BYTES)
                .read_to_end(&mut bytes)
                .with_context(|| format!("the mail {} cannot be read", file.display()))?;
            mail(&plain(&bytes), name, return_path, &mut mailbox);
        }
    }
    Ok(mailbox)
}

fn is_of(file: &Path, ending: &str) -> bool {
    file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(ending))
}

/// The files to read, by name.
fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let why = || format!("the bounces in {} cannot be read", path.display());
    ensure!(path.exists(), NotFound(format!("there are no bounces at {}: no such file or folder", path.display())));
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let maildir = ["new", "cur"].map(|name| path.join(name));
    let is_maildir = maildir.iter().all(|folder| folder.is_dir());
    let folders = if is_maildir { maildir.to_vec() } else { vec![path.to_owned()] };
    let mut files = Vec::new();
    for folder in folders {
        for entry in std::fs::read_dir(&folder).with_context(why)? {
            let file = entry.with_context(why)?.path();
            if file.is_file() && (is_maildir || is_of(&file, "eml") || is_of(&file, "jsonl")) {
                files.push(file);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn mail(text: &str, name: String, return_path: Option<&ReturnPath>, mailbox: &mut Mailbox) {
    match report::read(text) {
        Err(why) => mailbox.unreadable.push((name, why)),
        Ok(None) => mailbox.silent += 1,
        Ok(Some(reported)) => match return_path.and_then(|path| path.find(&report::addressed(text))) {
            // Anybody may write to a mailbox; without the address of a letter, a report is about nothing.
            None => mailbox.silent += 1,
            Some(token) => mailbox.found.push(Found { mark: String::new(), about: About::Token(token), reported }),
        },
    }
}

fn lines(text: &str, name: &str, return_path: Option<&ReturnPath>, mailbox: &mut Mailbox) {
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match found_in(line, return_path) {
            Ok(found) => mailbox.found.push(found),
            Err(why) => mailbox.unreadable.push((format!("{name}, line {}", number + 1), why)),
        }
    }
}

fn found_in(line: &str, return_path: Option<&ReturnPath>) -> Result<Found, String> {
    let read: Line = serde_json::from_str(line).map_err(|why| format!("it is no bounce: {why}"))?;
    if !is_status_code(&read.status) {
        return Err(format!("the status \"{}\" is none of RFC 3463, such as 5.1.1", read.status));
    }
    let about = match (read.message, read.message_id, read.return_path) {
        (Some(key), None, None) => About::Key(key),
        (None, Some(id), None) => About::Id(id),
        (None, None, Some(address)) => {
            let token = return_path.and_then(|path| path.find(&address));
            About::Token(token.ok_or_else(|| format!("\"{address}\" is no return path of PURSER_RETURN_PATH"))?)
        }
        _ => return Err("name the letter by one of message, message_id and return_path".to_owned()),
    };
    let mark = blake3::hash(line.trim().as_bytes()).to_hex()[..16].to_owned();
    Ok(Found { about, mark, reported: Reported { status: read.status, said: read.reason } })
}

/// The letter that something is about, and by what it is told from others about it; none where it is no letter to a creator of the
/// program, or its text is no longer kept.
async fn letter_of(tx: &mut Tx, program: &str, found: &Found, keys: &Keys) -> Result<Option<Bounce>> {
    let key = match &found.about {
        About::Token(token) => keys.by_token.get(&token.letter),
        About::Key(key) => keys.by_id.values().find(|known| *known == key),
        About::Id(id) => id.trim_matches(['<', '>']).split(['.', '@']).nth(1).and_then(|id| keys.by_id.get(id)),
    };
    let Some(key) = key else { return Ok(None) };
    let Some(Kept { is: Sealed { recipient, message, .. }, .. }) = Kept::read(tx, program, key).await? else { return Ok(None) };
    let evidence = match &found.about {
        About::Token(token) if *token != Token::of(key, token.attempt, &message) => return Ok(None),
        About::Token(token) => format!("attempt {}", token.attempt),
        About::Key(_) | About::Id(_) => format!("line {}", found.mark),
    };
    if recipient.is_empty() {
        return Ok(None);
    }
    let Reported { status, said } = found.reported.clone();
    Ok(Some(Bounce { message_key: key.clone(), evidence, address: recipient, status, said }))
}

/// The keys of a program's letters to creators, by what names them elsewhere.
struct Keys {
    by_token: HashMap<String, String>,
    by_id: HashMap<String, String>,
}

impl Keys {
    async fn read(tx: &mut Tx, program: &str) -> Result<Self> {
        let sql =
            "SELECT message_key FROM outbox WHERE program = $1 AND channel NOT IN ('operator', 'webhook') ORDER BY message_key";
        let mut keys = Self { by_token: HashMap::new(), by_id: HashMap::new() };
        for row in tx.rows(sql, &[program.into()]).await? {
            let key = row.text(0)?;
            keys.by_token.insert(Token::letter(key), key.to_owned());
            keys.by_id.insert(blake3::hash(key.as_bytes()).to_hex()[..32].to_owned(), key.to_owned());
        }
        Ok(keys)
    }
}

/// Records what a mailbox holds about the letters of a program. What is recorded stays so, however often it is read.
///
/// # Errors
///
/// When the database cannot be used.
pub async fn take_returned(store: &Store, program: &str, mailbox: &Mailbox, now: i64) -> Result<Returned> {
    let Mailbox { found, silent, unreadable } = mailbox;
    let mut returned = Returned { silent: *silent, unreadable: unreadable.clone(), ..Returned::default() };
    if found.is_empty() {
        return Ok(returned);
    }
    let mut tx = store.begin(program).await?;
    let keys = Keys::read(&mut tx, program).await?;
    for found in found {
        match letter_of(&mut tx, program, found, &keys).await? {
            None => returned.others += 1,
            Some(bounce) if record(&mut tx, program, &bounce, now).await? => returned.new.push(bounce),
            Some(_) => returned.known += 1,
        }
    }
    if !returned.new.is_empty() {
        tx.commit("which letters came back").await?;
    }
    Ok(returned)
}
