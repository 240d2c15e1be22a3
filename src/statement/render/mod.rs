//! A statement in words: subject, plain text and page, all from one view.
//!
//! 1. `view.rs` is what a reader is told, in their language, in the order in which they want to know it: what will be paid
//!    (`paid.rs`), how it came about (`balance.rs`, `entries.rs`), what sold (`sales.rs`, `chart.rs`), under which terms (`terms.rs`).
//! 2. The templates lay it out, as text and as a page. Neither has words of its own.
//!
//! A page that is too long for a mail program shows fewer lines ([`MOST_BYTES`]); all of them are in the attached file.

mod balance;
mod chart;
mod entries;
mod layout;
mod paid;
mod pen;
mod sales;
mod terms;
mod view;

use anyhow::{Context, Result, ensure};
use askama::Template;

use super::model::Statement;
use super::reader::Reader;
pub(super) use entries::{Entry, Group};
pub(super) use layout::{WIDTH, wrapped};
pub(super) use pen::{Figure, Pen};
pub(super) use sales::tier_sentences;
pub(super) use terms::terms_changes;
pub(super) use view::{HelpView, View, help};

/// How many lines a page shows at most.
const LINES: usize = 60;

/// How long a page may be: some mail programs cut off what is beyond 102 kB.
pub(super) const MOST_BYTES: usize = 96_000;

#[derive(Template)]
#[template(path = "statement/templates/statement/text.txt", config = "src/askama.toml")]
struct Text<'a> {
    view: &'a View,
}

#[derive(Template)]
#[template(path = "statement/templates/statement/page.html", config = "src/askama.toml")]
struct Html<'a> {
    view: &'a View,
}

/// A statement in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// Plain text, aligned, for a fixed-width font.
    pub text: String,
    /// A whole HTML page that loads nothing but the program's logo.
    pub html: String,
}

/// Writes a statement for people.
///
/// # Errors
///
/// When an amount cannot be kept exactly, or what is shown does not come to the statement's figures.
pub fn render(statement: &Statement, reader: &Reader<'_>) -> Result<Rendered> {
    let mut lines = LINES;
    loop {
        let view = View::of(statement, reader, lines)?;
        let html = Html { view: &view }.render().context("the page cannot be written")?;
        if html.len() <= MOST_BYTES || lines == 0 {
            ensure!(html.len() <= MOST_BYTES, "the page of the statement {} is too long for a mail", statement.key());
            let text = Text { view: &view }.render().context("the text cannot be written")?;
            return Ok(Rendered { subject: view.subject.clone(), text: tidy(&text), html });
        }
        lines /= 2;
    }
}

/// A text without spaces at the ends of lines, and without more than one empty line in a row.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blanks = 0;
    for line in text.lines().map(str::trim_end) {
        blanks = if line.is_empty() { blanks + 1 } else { 0 };
        if blanks < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}
