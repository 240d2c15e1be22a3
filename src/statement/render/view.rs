//! Everything that the templates say.

use anyhow::Result;

use super::balance::Balance;
use super::chart::Chart;
use super::entries::{Group, groups, of_corrections};
use super::layout::{WIDTH, spread, wrapped};
use super::paid::Paid;
use super::pen::{Amount, Figure, Pen};
use super::sales::Sales;
use super::terms::TermsView;
use crate::calendar::Month;
use crate::program::Help;
use crate::statement::model::Statement;
use crate::statement::reader::Reader;
use crate::statement::words::{Words, from_outside};

/// Whom to ask.
pub(in crate::statement) struct HelpView {
    pub text: String,
    /// What it leads to, or nothing.
    pub link: String,
}

/// Everything the templates say.
pub(in crate::statement) struct View {
    pub words: Words,
    pub subject: String,
    pub language: &'static str,
    pub program: String,
    pub logo: Option<String>,
    pub accent: String,
    pub title: String,
    pub name: String,
    pub preview: bool,
    pub paid: Paid,
    pub balance: Balance,
    pub chart: Option<Chart>,
    pub sales: Sales,
    pub corrections: Vec<Group>,
    pub corrections_total: Amount,
    pub groups: Vec<Group>,
    pub transactions: String,
    /// What a document says of itself: whose, its number, its period.
    pub document: Vec<String>,
    pub terms: Option<TermsView>,
    pub help: Option<HelpView>,
    pub footer: Vec<String>,
    pub reference: String,
}

impl View {
    pub fn of(statement: &Statement, reader: &Reader<'_>, lines: usize) -> Result<Self> {
        let pen = Pen { words: Words { locale: reader.locale }, currency: statement.money()? };
        let words = pen.words;
        let month = Month::parse(&statement.month).unwrap_or(Month::of_day(0));
        let month_words = words.month(month);
        let program = from_outside(&statement.program_name);
        let paid = Paid::of(statement, reader, pen);
        let balance = Balance::of(statement, month, pen)?;
        let mut left = lines;
        let groups = groups(statement, &statement.lines, pen, &mut left)?;
        let (corrections, corrections_total) = of_corrections(statement, pen, &mut left)?;
        let subject = paid.subject(&program, &month_words, pen);
        Ok(Self {
            words,
            subject: if reader.is_preview { words.tell("subject-preview", &[("subject", subject.into())]) } else { subject },
            language: reader.locale.language.code(),
            logo: reader.mailing.logo.clone(),
            accent: reader.mailing.accent.clone(),
            title: words.tell("title", &[("month", month_words.clone().into())]),
            name: from_outside(reader.name),
            preview: reader.is_preview,
            paid,
            balance,
            chart: Chart::of(&statement.performance.months, pen),
            sales: Sales::of(statement, &month_words, pen)?,
            corrections,
            corrections_total: pen.amount(corrections_total),
            groups,
            transactions: words.tell("transactions", &[("month", month_words.into())]),
            document: document(statement, month, words),
            terms: statement.terms.as_ref().map(|terms| TermsView::of(terms, month, pen)),
            help: help(reader, words),
            footer: footer(statement, reader, pen),
            reference: format!("{}-{}", statement.through_entry, statement.head.chars().take(16).collect::<String>()),
            program,
        })
    }

    /// A message, for the templates.
    pub fn say(&self, key: &str) -> String {
        self.words.say(key)
    }

    /// A message between lines of plain text.
    pub fn paragraph(&self, key: &str) -> String {
        wrapped(&self.words.say(key), WIDTH).join("\n")
    }

    /// A heading of plain text, with a line under it.
    pub fn heading(&self, text: impl AsRef<str>) -> String {
        format!("{}\n{}", text.as_ref().to_uppercase(), self.rule())
    }

    /// A sentence of plain text.
    pub fn sentence(&self, text: &str) -> String {
        wrapped(text, WIDTH).join("\n")
    }

    /// Several messages: the names of a table's columns.
    pub fn columns<const N: usize>(&self, keys: &[&str; N]) -> [String; N] {
        keys.map(|key| self.words.say(key))
    }

    /// A line across plain text.
    pub fn rule(&self) -> String {
        "-".repeat(WIDTH)
    }

    /// A figure at the edges of plain text.
    pub fn line(&self, figure: &Figure) -> String {
        spread(&figure.label, figure.amount.text(), WIDTH)
    }

    /// A term of plain text: what it is about, and below it what it says where that is long.
    pub fn term(&self, (label, text): &(String, String)) -> String {
        let lines = wrapped(text, WIDTH - 26);
        let first = format!("{label:<26}{}", lines.first().map_or("", String::as_str));
        lines.iter().skip(1).fold(first, |text, line| format!("{text}\n{:26}{line}", ""))
    }

    /// What stands at the end, by which a statement is found.
    pub fn reference(&self) -> String {
        self.words.tell("reference", &[("reference", self.reference.clone().into())])
    }

    /// What stands at the end of a document: nothing is attached to it.
    pub fn footer_of_document(&self) -> Vec<String> {
        let attached = self.say("attached");
        let help = self.help.iter().map(|help| help.text.clone());
        help.chain(self.footer.iter().filter(|line| **line != attached).cloned()).collect()
    }

    /// The number of a page.
    pub fn page_of(&self, page: usize, pages: usize) -> String {
        self.words.tell("document-page", &[("page", page.to_string().into()), ("pages", pages.to_string().into())])
    }

    /// The end of plain text.
    pub fn footer_text(&self) -> String {
        self.sentence(&format!("{} {}", self.footer.join(" "), self.reference()))
    }

    /// The last line of the corrections.
    pub fn corrections_text(&self) -> String {
        spread(&self.say("corrections-total"), self.corrections_total.text(), WIDTH)
    }
}

fn document(statement: &Statement, month: Month, words: Words) -> Vec<String> {
    let (first, last) = (words.long_day(month.first_day()), words.long_day(month.last_day()));
    let number = format!("{}-{:04}", statement.creator_id, statement.number);
    let mut lines = vec![words.tell("document-period", &[("first", first.into()), ("last", last.into())])];
    if statement.number > 0 {
        lines.push(words.tell("document-number", &[("number", number.into())]));
    } else {
        lines.push(words.tell("document-creator", &[("creator", statement.creator_id.clone().into())]));
    }
    lines
}

/// Whom a reader may ask.
pub(in crate::statement) fn help(reader: &Reader<'_>, words: Words) -> Option<HelpView> {
    let asked = |key: &str, whom: &str| words.tell(key, &[("whom", whom.to_owned().into())]);
    match (&reader.mailing.help, &reader.mailing.reply_to) {
        (Some(Help::Address(address)), _) => {
            Some(HelpView { text: asked("help-write", address), link: format!("mailto:{address}") })
        }
        (Some(Help::Page(page)), _) => Some(HelpView { text: asked("help-page", page), link: page.clone() }),
        (Some(Help::Words(text)), _) => Some(HelpView { text: from_outside(text), link: String::new() }),
        (None, Some(_)) => Some(HelpView { text: words.say("help-reply"), link: String::new() }),
        (None, None) => None,
    }
}

fn footer(statement: &Statement, reader: &Reader<'_>, pen: Pen) -> Vec<String> {
    let words = pen.words;
    let time = chrono::DateTime::from_timestamp_micros(statement.built_at).unwrap_or_default();
    let day = words.long_day(i32::try_from(statement.built_at.div_euclid(86_400_000_000)).unwrap_or_default());
    let issued = if reader.is_preview { "as-of" } else { "issued" };
    let mut footer = Vec::new();
    if !reader.is_preview {
        footer.push(words.say("attached"));
    }
    footer.push(words.tell("amounts-in", &[("currency", statement.currency.clone().into())]));
    footer.push(words.tell(issued, &[("day", day.into()), ("time", time.format("%H:%M UTC").to_string().into())]));
    footer
}
