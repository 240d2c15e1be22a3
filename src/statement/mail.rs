//! A statement as an email: the same statement always makes the same bytes.

use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};

use super::attachment::csv;
use super::model::Statement;
use super::reader::{Postage, Reader};
use super::render::render;

/// The bytes of the mail that carries a statement. Message-ID and boundaries derive from the statement's key, the date is
/// when it was built.
pub(super) fn message(statement: &Statement, reader: &Reader<'_>, postage: &Postage<'_>) -> Result<String> {
    let rendered = render(statement, reader)?;
    let sender = reader.mailing.sender.as_ref().unwrap_or(postage.sender);
    let id = &blake3::hash(statement.key().as_bytes()).to_hex()[..32];
    let built = u64::try_from(statement.built_at).context("a statement is built after 1970")?;
    let file = format!("statement-{}-{}", statement.program, statement.month);
    let bodies = MultiPart::alternative()
        .boundary(format!("purser-{id}-bodies"))
        .singlepart(SinglePart::plain(rendered.text))
        .singlepart(SinglePart::html(rendered.html));
    let parts = MultiPart::mixed()
        .boundary(format!("purser-{id}-parts"))
        .multipart(bodies)
        .singlepart(Attachment::new(format!("{file}.csv")).body(csv(statement)?, ContentType::parse("text/csv; charset=utf-8")?));
    let mut message = Message::builder()
        .from(sender.clone())
        .to(Mailbox::new(Some(reader.name.to_owned()), postage.to.clone()))
        .date(UNIX_EPOCH + Duration::from_micros(built))
        .message_id(Some(format!("<statement.{id}@{}>", sender.email.domain())))
        .subject(rendered.subject)
        .raw_header(header("Auto-Submitted", "auto-generated")?);
    if let Some(reply_to) = &reader.mailing.reply_to {
        message = message.reply_to(reply_to.clone());
    }
    let message = message.multipart(parts).context("the parts do not make a mail")?;
    String::from_utf8(message.formatted()).context("a mail is written in ASCII")
}

fn header(name: &str, value: &str) -> Result<HeaderValue> {
    let name = HeaderName::new_from_ascii(name.to_owned()).ok().context("a header has a plain name")?;
    Ok(HeaderValue::new(name, value.to_owned()))
}
