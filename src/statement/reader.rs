//! For whom a statement is written, and how it looks.

use lettre::Address;
use lettre::message::Mailbox;

use super::words::Locale;
use crate::outbox::Signer;
use crate::program::Mailing;

/// Who reads a statement.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// The creator's name, or the id.
    pub name: &'a str,
    /// The language, and how numbers and dates are written in it.
    pub locale: Locale,
    /// Where the creator is paid, masked; none where that is not known.
    pub account: Option<&'a str>,
    /// How the program writes.
    pub mailing: &'a Mailing,
    /// Whether the month is not closed, so that figures may still change.
    pub is_preview: bool,
}

impl<'a> Reader<'a> {
    /// Somebody whom a program writes to, as long as no more is known.
    pub fn of(mailing: &'a Mailing) -> Self {
        let locale = Locale::parse(&mailing.locale).unwrap_or_default();
        Self { name: "", locale, account: None, mailing, is_preview: false }
    }

    /// The same in a locale, where one is known.
    pub fn in_locale(self, locale: Option<Locale>) -> Self {
        Self { locale: locale.unwrap_or(self.locale), ..self }
    }
}

/// From whom a mail goes, and to whom.
pub struct Postage<'a> {
    /// To whom.
    pub to: Address,
    /// From whom, unless the program says otherwise.
    pub sender: &'a Mailbox,
    /// How it is signed, if it is.
    pub signer: Option<&'a Signer>,
    /// Whether it is only a test, which says so and is no statement.
    pub is_test: bool,
}

impl<'a> Postage<'a> {
    /// From whom it goes.
    pub fn sender(&self, mailing: &'a Mailing) -> &'a Mailbox {
        mailing.sender.as_ref().unwrap_or(self.sender)
    }
}
