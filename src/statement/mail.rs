//! A statement as an email: the same statement always makes the same bytes.

use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result};
use askama::Template;
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};

use super::attachment::csv;
use super::model::Statement;
use super::render::{Html, Subject, Text, View};

/// A statement in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// Plain text, aligned, for a fixed-width font.
    pub text: String,
    /// A whole HTML page without anything to load.
    pub html: String,
}

/// Writes a statement for people. A `preview` says that the month is not closed.
///
/// # Errors
///
/// When an amount cannot be kept exactly.
pub fn render(statement: &Statement, name: &str, preview: bool) -> Result<Rendered> {
    let view = View::of(statement, name, preview)?;
    Ok(Rendered {
        subject: Subject { view: &view }.render().context("the subject cannot be written")?.trim().to_owned(),
        text: Text { view: &view }.render().context("the text cannot be written")?,
        html: Html { view: &view }.render().context("the page cannot be written")?,
    })
}

/// The bytes of the mail that carries a statement. Message-ID and boundaries derive from the statement's key, the date is
/// when it was built.
pub(super) fn message(statement: &Statement, name: &str, to: Address, sender: &Mailbox) -> Result<String> {
    let rendered = render(statement, name, false)?;
    let id = &blake3::hash(statement.key().as_bytes()).to_hex()[..32];
    let built = u64::try_from(statement.built_at).context("a statement is built after 1970")?;
    let file = format!("statement-{}-{}.csv", statement.program, statement.month);
    let bodies = MultiPart::alternative()
        .boundary(format!("purser-{id}-bodies"))
        .singlepart(SinglePart::plain(rendered.text))
        .singlepart(SinglePart::html(rendered.html));
    let parts = MultiPart::mixed()
        .boundary(format!("purser-{id}-parts"))
        .multipart(bodies)
        .singlepart(Attachment::new(file).body(csv(statement)?, ContentType::parse("text/csv; charset=utf-8")?));
    let message = Message::builder()
        .from(sender.clone())
        .to(Mailbox::new(Some(name.to_owned()), to))
        .date(UNIX_EPOCH + Duration::from_micros(built))
        .message_id(Some(format!("<statement.{id}@{}>", sender.email.domain())))
        .subject(rendered.subject)
        .raw_header(header("Auto-Submitted", "auto-generated")?)
        .multipart(parts)
        .context("the parts do not make a mail")?;
    String::from_utf8(message.formatted()).context("a mail is written in ASCII")
}

fn header(name: &str, value: &str) -> Result<HeaderValue> {
    let name = HeaderName::new_from_ascii(name.to_owned()).ok().context("a header has a plain name")?;
    Ok(HeaderValue::new(name, value.to_owned()))
}
