//! What a notice says, before it is laid out, and what it is said with.

use fluent_bundle::FluentValue;

use crate::program::Program;
use crate::statement::reader::Reader;
use crate::statement::render::Pen;
use crate::statement::words::{Words, from_outside};

/// A notice in words.
pub(super) struct Said {
    pub subject: String,
    pub title: String,
    /// What happened, by paragraphs.
    pub paragraphs: Vec<String>,
    /// The same in figures: what about, and what.
    pub rows: Vec<(String, String)>,
    /// What its reader has to do, if anything.
    pub to_do: Option<String>,
}

/// What notices are written with: the words of their reader, and what every one of them may name.
pub(super) struct Telling<'a> {
    pub pen: Pen,
    program: String,
    /// Where the creator is paid, masked; none where that is not known.
    pub account: Option<&'a str>,
}

impl<'a> Telling<'a> {
    pub fn of(program: &Program, reader: &Reader<'a>) -> Self {
        let pen = Pen { words: Words { locale: reader.locale }, currency: program.currency };
        Self { pen, program: from_outside(&program.name), account: reader.account }
    }

    /// A message, which may name the program.
    pub fn tell(&self, key: &str, variables: &[(&'static str, String)]) -> String {
        let named = [("program", self.program.clone())];
        let all: Vec<(&'static str, FluentValue<'_>)> =
            named.iter().chain(variables).map(|(name, value)| (*name, value.as_str().into())).collect();
        self.pen.words.tell(key, &all)
    }

    pub fn say(&self, key: &str) -> String {
        self.tell(key, &[])
    }

    pub fn money(&self, minor: i64) -> String {
        self.pen.money(minor)
    }

    pub fn day(&self, day: i32) -> String {
        self.pen.words.long_day(day)
    }

    /// The rows of a payment: which payout it was in, and where to.
    pub fn payment(&self, batch: &str) -> Vec<(String, String)> {
        let mut rows = vec![(self.say("notice-payout"), batch.to_owned())];
        rows.extend(self.account.map(|account| (self.say("notice-account"), account.to_owned())));
        rows
    }
}
