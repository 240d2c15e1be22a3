//! A notice as an email: the same notice always makes the same bytes.

use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result};
use askama::Template;
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};

use super::invited::Invited;
use super::notice::{About, Notice};
use super::said::{Said, Telling};
use crate::program::Program;
use crate::statement::mail::{header, unsubscribe};
use crate::statement::reader::{Postage, Reader};
use crate::statement::render::{HelpView, WIDTH, help, tidy, wrapped};
use crate::statement::words::{Words, from_outside};
use crate::vocabulary::Event;

/// What the templates lay out.
struct View {
    said: Said,
    program: String,
    greeting: String,
    to_do_heading: String,
    help: Option<HelpView>,
    logo: Option<String>,
    accent: String,
    language: &'static str,
}

impl View {
    fn of(program: &Program, notice: &Notice, reader: &Reader<'_>) -> Self {
        let telling = Telling::of(program, reader);
        let said = match &notice.about {
            About::Invited => Invited::said(&telling),
            About::PayoutSent(about) => about.said(&telling),
            About::PayoutFailed(about) => about.said(&telling),
            About::PayoutSkipped(about) => about.said(&telling),
            About::DetailsChanged(about) => about.said(&telling),
            About::TierReached(about) => about.said(&telling),
            About::CodeIssued(about) => about.said(&telling),
            About::TermsChanged(about) => about.said(&telling),
            About::DisputeOpened(about) => about.said(&telling),
            About::DisputeClosed(about) => about.said(&telling),
        };
        Self {
            said,
            program: from_outside(&program.name),
            greeting: telling.tell("notice-greeting", &[("name", from_outside(reader.name))]),
            to_do_heading: telling.say("notice-to-do"),
            help: help(reader, telling.pen.words),
            logo: reader.mailing.logo.clone(),
            accent: reader.mailing.accent.clone(),
            language: reader.locale.language.code(),
        }
    }

    /// A row of plain text.
    fn row(&self, what: &str, value: &str) -> String {
        self.sentence(format!("{what}: {value}"))
    }

    /// A sentence of plain text.
    fn sentence(&self, text: impl AsRef<str>) -> String {
        wrapped(text.as_ref(), WIDTH).join("\n")
    }
}

#[derive(Template)]
#[template(path = "statement/notices/text.txt", config = "src/askama.toml")]
struct Text<'a> {
    view: &'a View,
}

#[derive(Template)]
#[template(path = "statement/notices/page.html", config = "src/askama.toml")]
struct Html<'a> {
    view: &'a View,
}

/// Whether its reader may do without: what is about their money, and their terms, is always told.
fn is_optional(event: Event) -> bool {
    matches!(event, Event::Invited | Event::TierReached | Event::CodeIssued)
}

/// The bytes of the mail that carries a notice, written at a time (microseconds since 1970). Message-ID and boundaries derive from the
/// notice's key.
///
/// # Errors
///
/// When a name or an address cannot stand in a mail.
pub fn notice_message(program: &Program, notice: &Notice, reader: &Reader<'_>, postage: &Postage<'_>, at: i64) -> Result<String> {
    let view = View::of(program, notice, reader);
    let html = Html { view: &view }.render().context("the page cannot be written")?;
    let text = Text { view: &view }.render().context("the text cannot be written")?;
    let sender = postage.sender(reader.mailing);
    let id = &blake3::hash(notice.key(&program.id).as_bytes()).to_hex()[..32];
    let kind = if postage.is_test { "test" } else { "notice" };
    let at = u64::try_from(at).context("a notice is written after 1970")?;
    let bodies = MultiPart::alternative()
        .boundary(format!("purser-{id}-bodies"))
        .singlepart(SinglePart::plain(tidy(&text)))
        .singlepart(SinglePart::html(html));
    let words = Words { locale: reader.locale };
    let subject = view.said.subject;
    let mut message = Message::builder()
        .from(sender.clone())
        .to(Mailbox::new(Some(reader.name.to_owned()), postage.to.clone()))
        .date(UNIX_EPOCH + Duration::from_micros(at))
        .message_id(Some(format!("<{kind}.{id}@{}>", sender.email.domain())))
        .subject(if postage.is_test { words.tell("subject-test", &[("subject", subject.into())]) } else { subject })
        .raw_header(header("Auto-Submitted", "auto-generated")?);
    if is_optional(notice.about.event()) {
        let to = unsubscribe(&program.id, &notice.creator_id, reader, sender);
        message = message.raw_header(header("List-Unsubscribe", &to)?);
    }
    if let Some(reply_to) = &reader.mailing.reply_to {
        message = message.reply_to(reply_to.clone());
    }
    let mut message = message.multipart(bodies).context("the parts do not make a mail")?;
    if let Some(signer) = postage.signer {
        signer.sign(&mut message)?;
    }
    String::from_utf8(message.formatted()).context("a mail is written in ASCII")
}
