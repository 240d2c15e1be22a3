//! `[statements]`: who writes to creators, and how it looks.

use std::collections::BTreeSet;

use lettre::message::Mailbox;

use super::keys::{Key, keys};
use super::reader::Section;
use super::values::not_empty;
use crate::vocabulary::Event;

keys! {
    SENDER = "statements" "sender", "address", "PURSER_MAIL_FROM", "The sender of statements, such as `Glow Creators <creators@glow.example>`.";
    REPLY_TO = "statements" "reply_to", "address", "the sender", "Where replies to statements go.";
    LOGO = "statements" "logo", "https URL", "none", "An image shown in place of the program's name, 40 pixels high; the name stands in its place where images are blocked.";
    ACCENT = "statements" "accent", "colour", "#1f6f5c", "The colour of bars and links, as #rrggbb. White text has to be readable on it.";
    HELP = "statements" "help", "address, https URL or text", "none", "Whom creators ask about a statement.";
    LOCALE = "statements" "locale", "language, or language and region", "en", "The language of statements for creators whose `locale` says none: en, es, de, fr, pt, or with a region, such as pt-BR.";
    NOTICES = "statements" "notices", "list of events", "none", "Of which events creators are told by an email of its own, from when on they stand here: invited, payout_sent, payout_failed, payout_skipped, details_changed, tier_reached, code_issued, terms_changed, dispute_opened, dispute_closed.";
    PDF = "statements" "pdf", "true | false", "false", "Whether the statement is attached as a PDF, too.";
}

/// The events by their names.
const EVENTS: [(&str, Event); Event::ALL.len()] = {
    let mut events = [("", Event::Invited); Event::ALL.len()];
    let mut place = 0;
    while place < events.len() {
        events[place] = (Event::ALL[place].code(), Event::ALL[place]);
        place += 1;
    }
    events
};

/// The colour where none is set.
const ACCENT_DEFAULT: &str = "#1f6f5c";

/// How a program writes to its creators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailing {
    /// The sender of statements, unless the environment's.
    pub sender: Option<Mailbox>,
    /// Where replies go, unless to the sender.
    pub reply_to: Option<Mailbox>,
    /// The address of an image, if there is one.
    pub logo: Option<String>,
    /// A colour as `#rrggbb`.
    pub accent: String,
    /// Whom to ask, if anybody.
    pub help: Option<Help>,
    /// The language for who has none, and how numbers are written in it.
    pub locale: String,
    /// Of which events creators are told by a mail of its own.
    pub notices: BTreeSet<Event>,
    /// Whether a PDF is attached.
    pub has_pdf: bool,
}

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Help {
    /// An email address.
    Address(String),
    /// A page.
    Page(String),
    /// What to do, in words.
    Words(String),
}

impl Mailing {
    /// Reads the section.
    pub(super) fn read(section: &Section<'_>) -> Self {
        Self {
            sender: section.read(&SENDER, mailbox),
            reply_to: section.read(&REPLY_TO, mailbox),
            logo: section.read(&LOGO, page),
            accent: section.read(&ACCENT, colour).unwrap_or_else(|| ACCENT_DEFAULT.to_owned()),
            help: section.read(&HELP, help),
            locale: section.read(&LOCALE, locale).unwrap_or_else(|| LOCALE.default.to_owned()),
            notices: section.words(&NOTICES, &EVENTS).unwrap_or_default().into_iter().collect(),
            has_pdf: section.flag(&PDF).unwrap_or(false),
        }
    }
}

fn mailbox(text: &str) -> Result<Mailbox, String> {
    text.trim().parse().map_err(|_| "is not an address such as Glow Creators <creators@glow.example>".to_owned())
}

/// A page that a mail may point to: others are shown as unsafe, or not at all.
fn page(text: &str) -> Result<String, String> {
    let is_plain = text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '<' | '>'));
    let has_host = text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    if is_plain && has_host {
        Ok(text.to_owned())
    } else {
        Err("is not an address such as https://glow.example/logo.png".to_owned())
    }
}

/// A colour on which white text is readable: a contrast of at least 3 to 1 (WCAG 2.2, large text and graphics).
fn colour(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let number = number.ok_or_else(|| "is not a colour such as #1f6f5c".to_owned())?;
    // Luminance in ten-thousandths, with a power of 2 in place of 2.2: close enough to tell a pale colour.
    let light = |shift: u32, weight: u32| ((number >> shift) & 255).pow(2) * weight / (255 * 255);
    let luminance = light(16, 2126) + light(8, 7152) + light(0, 722);
    if luminance > 3000 { Err("is too pale: white text would not be readable on it".to_owned()) } else { Ok(text.to_lowercase()) }
}

/// The languages that statements are written in.
pub const LANGUAGES: [&str; 5] = ["en", "es", "de", "fr", "pt"];

fn locale(text: &str) -> Result<String, String> {
    let language = text.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    if LANGUAGES.contains(&language.as_str()) {
        Ok(text.to_owned())
    } else {
        Err(format!("names none of the languages {}", LANGUAGES.join(", ")))
    }
}

fn help(text: &str) -> Result<Help, String> {
    let text = not_empty(text)?.trim().to_owned();
    if text.starts_with("https://") {
        return page(&text).map(Help::Page);
    }
    Ok(match text.parse::<lettre::Address>() {
        Ok(address) => Help::Address(address.to_string()),
        Err(_) => Help::Words(text),
    })
}
