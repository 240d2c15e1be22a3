//! A statement as an email: the same statement always makes the same bytes.

use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::attachment::csv;
use super::model::Statement;
use super::pdf::pdf;
use super::reader::{Postage, Reader};
use super::render::render;
use super::words::Words;

/// The bytes of the mail that carries a statement. Message-ID and boundaries derive from the statement's key, the date is
/// when it was built.
///
/// # Errors
///
/// When an amount cannot be kept exactly, or a name or an address cannot stand in a mail.
pub fn message(statement: &Statement, reader: &Reader<'_>, postage: &Postage<'_>) -> Result<String> {
    let rendered = render(statement, reader)?;
    let words = Words { locale: reader.locale };
    let sender = postage.sender(reader.mailing);
    let id = &blake3::hash(statement.key().as_bytes()).to_hex()[..32];
    let kind = if postage.is_test { "test" } else { "statement" };
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
    let parts = match reader.mailing.has_pdf {
        true => parts.singlepart(
            Attachment::new(format!("{file}.pdf")).body(pdf(statement, reader)?, ContentType::parse("application/pdf")?),
        ),
        false => parts,
    };
    let mut message = Message::builder()
        .from(sender.clone())
        .to(Mailbox::new(Some(reader.name.to_owned()), postage.to.clone()))
        .date(UNIX_EPOCH + Duration::from_micros(built))
        .message_id(Some(format!("<{kind}.{id}@{}>", sender.email.domain())))
        .subject(if postage.is_test {
            words.tell("subject-test", &[("subject", rendered.subject.into())])
        } else {
            rendered.subject
        })
        .raw_header(header("Auto-Submitted", "auto-generated")?)
        .raw_header(header("List-Unsubscribe", &unsubscribe(&statement.program, &statement.creator_id, reader, sender))?);
    if let Some(reply_to) = &reader.mailing.reply_to {
        message = message.reply_to(reply_to.clone());
    }
    let mut message = message.multipart(parts).context("the parts do not make a mail")?;
    if let Some(signer) = postage.signer {
        signer.sign(&mut message)?;
    }
    String::from_utf8(message.formatted()).context("a mail is written in ASCII")
}

/// Whom a mail program writes to for who wants no more of these mails: a person, who then removes the address.
pub(super) fn unsubscribe(program: &str, creator_id: &str, reader: &Reader<'_>, sender: &Mailbox) -> String {
    let to = &reader.mailing.reply_to.as_ref().unwrap_or(sender).email;
    let subject = format!("unsubscribe {program}/{creator_id}");
    format!("<mailto:{to}?subject={}>", utf8_percent_encode(&subject, NON_ALPHANUMERIC))
}

/// A header that the builder has no name for.
pub(super) fn header(name: &str, value: &str) -> Result<HeaderValue> {
    let name = HeaderName::new_from_ascii(name.to_owned()).ok().context("a header has a plain name")?;
    Ok(HeaderValue::new(name, value.to_owned()))
}
