//! For whom a statement is written, and how it looks.

use lettre::Address;
use lettre::message::Mailbox;

use super::words::Locale;
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
        Self { name: "", locale: Locale::default(), account: None, mailing, is_preview: false }
    }
}

/// From whom a mail goes, and to whom.
pub(super) struct Postage<'a> {
    pub to: Address,
    pub sender: &'a Mailbox,
}
