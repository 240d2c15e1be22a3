//! A statement as a document to be filed: what the page says, with every line and its ids, on numbered pages.
//!
//! It is laid out on a small grid of our own (`sheet.rs`) from the same view as the page. The same statement always makes the same
//! bytes: nothing in it knows the clock. The font has the Latin, Greek, Cyrillic, Hebrew and Arabic letters, and some emoji (`font.rs`).
//! Texts from right to left are shaped and set as such, but not reordered within a sentence of both directions; what the font lacks
//! is shown as one sign.

mod font;
mod sheet;

use anyhow::Result;
use chrono::{Datelike, Timelike};
use krilla::metadata::{DateTime, Metadata};

use super::model::Statement;
use super::reader::Reader;
use super::render::{Entry, Figure, Group, View};
use sheet::{HEADING, LEFT, PLAIN, SMALL, STRONG, Sheet, TITLE};

/// How far what belongs to something is set in.
const INDENT: i16 = 10;

/// The bytes of the document.
///
/// # Errors
///
/// When an amount cannot be kept exactly, or what is shown does not come to the statement's figures.
pub fn pdf(statement: &Statement, reader: &Reader<'_>) -> Result<Vec<u8>> {
    let view = View::of(statement, reader, usize::MAX)?;
    let mut sheet = Sheet::new();
    head(&mut sheet, &view);
    balance(&mut sheet, &view);
    if !view.corrections.is_empty() {
        heading(&mut sheet, &view.say("corrections"));
        sheet.paragraph(LEFT, &view.say("corrections-note"), SMALL);
        view.corrections.iter().for_each(|of| group(&mut sheet, of));
        sheet.rule(1);
        sheet.row(LEFT, &view.say("corrections-total"), view.corrections_total.text(), STRONG);
    }
    if !view.groups.is_empty() {
        heading(&mut sheet, &view.transactions);
        view.groups.iter().for_each(|of| group(&mut sheet, of));
    }
    if let Some(terms) = &view.terms {
        heading(&mut sheet, &terms.heading);
        for (label, text) in &terms.held {
            sheet.paragraph(LEFT, &format!("{label}: {text}"), PLAIN);
        }
        if !terms.changes.is_empty() {
            sheet.space(6);
            sheet.paragraph(LEFT, &view.say("terms-changes"), STRONG);
            terms.changes.iter().for_each(|change| sheet.paragraph(LEFT, change, PLAIN));
        }
    }
    sheet.space(16);
    for line in &view.footer_of_document() {
        sheet.paragraph(LEFT, line, SMALL);
    }
    let left = format!("{} · {} · {}", view.program, view.name, view.reference());
    sheet.finish(metadata(statement, &view), |page, pages| [left.clone(), view.page_of(page, pages)])
}

fn head(sheet: &mut Sheet, view: &View) {
    sheet.paragraph(LEFT, &view.program, SMALL);
    sheet.space(4);
    sheet.paragraph(LEFT, &view.title, TITLE);
    sheet.space(6);
    sheet.paragraph(LEFT, &view.name, STRONG);
    for line in &view.document {
        sheet.paragraph(LEFT, line, PLAIN);
    }
    if view.preview {
        sheet.paragraph(LEFT, &view.say("preview"), STRONG);
    }
    sheet.space(10);
    sheet.row(LEFT, &view.paid.headline, view.paid.figure.text(), HEADING);
    if !view.paid.account.is_empty() {
        sheet.paragraph(LEFT, &view.paid.account, PLAIN);
    }
    view.paid.notes.iter().for_each(|note| sheet.paragraph(LEFT, note, SMALL));
    view.paid.others.iter().for_each(|of| figure(sheet, of));
    if !view.paid.on_hold.is_empty() {
        sheet.space(6);
        sheet.paragraph(LEFT, &view.say("on-hold"), STRONG);
        view.paid.on_hold.iter().for_each(|of| figure(sheet, of));
    }
}

fn balance(sheet: &mut Sheet, view: &View) {
    heading(sheet, &view.say("came-about"));
    let balance = &view.balance;
    sheet.row(LEFT, &balance.opened.label, balance.opened.amount.text(), PLAIN);
    balance.changes.iter().chain(&balance.paid).for_each(|of| figure(sheet, of));
    sheet.space(3);
    sheet.rule(1);
    sheet.row(LEFT, &balance.closed.label, balance.closed.amount.text(), STRONG);
    if !balance.stood.is_empty() {
        sheet.paragraph(LEFT, &balance.stood, SMALL);
    }
}

fn heading(sheet: &mut Sheet, text: &str) {
    // A heading never stands alone at the end of a page.
    sheet.space(18);
    sheet.need(60);
    sheet.paragraph(LEFT, text, HEADING);
    sheet.space(4);
    sheet.rule(1);
}

fn figure(sheet: &mut Sheet, figure: &Figure) {
    sheet.row(LEFT + INDENT, &figure.label, figure.amount.text(), PLAIN);
    if !figure.note.is_empty() {
        sheet.paragraph(LEFT + INDENT, &figure.note, SMALL);
    }
}

fn group(sheet: &mut Sheet, group: &Group) {
    sheet.space(4);
    sheet.need(40);
    sheet.row(LEFT, &group.heading, group.total.text(), STRONG);
    group.entries.iter().for_each(|of| entry(sheet, of));
}

fn entry(sheet: &mut Sheet, entry: &Entry) {
    let x = if entry.is_part { LEFT + 2 * INDENT } else { LEFT + INDENT };
    sheet.space(2);
    sheet.need(26);
    sheet.row(x, &entry.title, entry.amount.text(), PLAIN);
    let both = [&entry.detail, &entry.ids].into_iter().filter(|text| !text.is_empty());
    sheet.paragraph(x, &both.map(String::as_str).collect::<Vec<_>>().join(" · "), SMALL);
}

fn metadata(statement: &Statement, view: &View) -> Metadata {
    let metadata = Metadata::new()
        .title(format!("{}: {}", view.program, view.title))
        .authors(vec![view.program.clone()])
        .creator("purser".to_owned())
        .language(view.language.to_owned())
        .document_id(blake3::hash(statement.key().as_bytes()).to_hex().to_string());
    match chrono::DateTime::from_timestamp_micros(statement.built_at) {
        Some(time) => metadata.creation_date(written(time)),
        None => metadata,
    }
}

/// A time as documents have it. Its parts are those of a date: they fit.
fn written(time: chrono::DateTime<chrono::Utc>) -> DateTime {
    let part = |part: u32| u8::try_from(part).unwrap_or_default();
    DateTime::new(u16::try_from(time.year()).unwrap_or_default())
        .month(part(time.month()))
        .day(part(time.day()))
        .hour(part(time.hour()))
        .minute(part(time.minute()))
        .second(part(time.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
