//! What partners' servers report, one HTTP request for each click or conversion: taken by `purser serve`, kept in a file that only grows, and
//! read from there as rows of tables.
//!
//! - `message.rs` is what may be reported, and by which secret it is signed. `book.rs` keeps it: once for each transaction, on the disk before
//!   anybody is told so.
//! - A conversion is an order of one line. What it names as its link, creator or click is its touch: its own click on that link, a link of
//!   purser's own that belongs to the creator, or the click that was reported before. So a conversion is judged by the same rules as any
//!   other order.
//!
//! Ids begin with the source's name, so that no partner can speak of an order of the shop, or of another partner's.
//!
//! A table of the database was rejected: what is reported while a night holds the database for itself would wait, and be lost where the
//! partner does not. A file has no such hours, and is a source like any other: kept by its content, replayed, backed up.

mod book;
mod message;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use anyhow::{Context, Result};

pub use book::{Book, Kept, sandbox_of};
pub use message::{Postback, sign, signed};

use super::click_labels::ClickLabels;
use super::mistakes::Mistakes;
use super::secret::read_secret;
use super::source_file::SourceFile;
use crate::program::{Postbacks, Table};

/// The secrets by which what comes is signed, today's first. They are read when they are needed, so that a new one counts at once.
///
/// # Errors
///
/// When there are none.
pub fn postback_secrets(postbacks: &Postbacks) -> Result<String> {
    read_secret(&postbacks.secret, "the secret of a partner")
}

/// Calls `each` with the number of the line and the values of a table's columns for every row that the lines of a file make in it.
///
/// # Errors
///
/// [`Mistakes`], which name file and line, where something other than purser wrote them.
pub(super) fn read_postbacks(
    file: &SourceFile,
    source: &str,
    table: Table,
    mut each: impl FnMut(usize, &[&str]) -> Result<()>,
) -> Result<()> {
    let shown = &file.shown;
    let input = File::open(&file.path).with_context(|| format!("cannot open {shown}"))?;
    let lines = BufReader::new(input.take(file.length.unwrap_or(u64::MAX))).lines();
    let (mut mistakes, mut creators) = (Mistakes::default(), BTreeSet::new());
    for (number, line) in (1..).zip(lines) {
        let line = line.with_context(|| format!("cannot read {shown}"))?;
        match Postback::of_line(&line) {
            Ok(postback) => {
                if let Some(row) = postback.row(source, table, &mut creators) {
                    each(number, &row.iter().map(String::as_str).collect::<Vec<_>>())?;
                }
            }
            Err(why) => mistakes.add(number, || format!("{shown} row {number}: {why}; purser did not write this line")),
        }
    }
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes.into()) }
}

impl Postback {
    /// The id that it has among the facts.
    pub fn order_id(&self, source: &str) -> String {
        format!("{source}:{}", self.get("transaction"))
    }

    /// The click by which a conversion has its touch.
    pub fn click_id(&self, source: &str) -> String {
        match self.get("click") {
            "" => format!("{source}:{}:touch", self.get("transaction")),
            click => format!("{source}:{click}"),
        }
    }

    /// The link that was clicked: a creator who is named has one of their own.
    pub fn link_key(&self) -> String {
        match self.get("creator") {
            "" => self.get("link").to_owned(),
            creator => format!("creator:{creator}"),
        }
    }

    /// The row that it makes in a table, with values for all columns; a link for each creator who was not named before.
    fn row(&self, source: &str, table: Table, creators: &mut BTreeSet<String>) -> Option<Vec<String>> {
        let text = |name: &str| self.get(name).to_owned();
        let is_conversion = self.is_conversion();
        Some(match table {
            Table::Orders if is_conversion => {
                let (id, at, transaction) = (self.order_id(source), self.time(), text("transaction"));
                let row = [id, at.clone(), at, "paid".to_owned(), text("currency"), String::new(), String::new(), String::new()];
                row.into_iter().chain([self.click_id(source), String::new(), transaction, text("country")]).collect()
            }
            Table::OrderLines if is_conversion => {
                let row = [self.order_id(source), "1".to_owned(), text("sku"), String::new(), "1".to_owned(), text("amount")];
                row.into_iter().chain([String::new()]).collect()
            }
            Table::Clicks if !is_conversion || self.get("click").is_empty() => {
                let id = if is_conversion { self.click_id(source) } else { self.order_id(source) };
                let own = [id, self.time(), text("visitor"), self.link_key(), text("sub_id")];
                own.into_iter().chain(self.labels().values()).collect()
            }
            Table::Links => {
                let creator = Some(text("creator")).filter(|creator| !creator.is_empty())?;
                creators
                    .insert(creator.clone())
                    .then(|| vec![self.link_key(), creator, String::new(), String::new(), String::new()])?
            }
            _ => return None,
        })
    }

    fn labels(&self) -> ClickLabels {
        let text = |name: &str| self.get(name).to_owned();
        ClickLabels {
            utm: ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"].map(text),
            country: text("country"),
            landing_page: text("landing_page"),
            platform: text("platform"),
        }
    }
}
