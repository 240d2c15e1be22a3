//! One line of a batch down to the orders behind it, and the batch's history.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::batch_choices::choices;
use super::batch_head::{Done, Head};
use super::batch_looked::Looked;
use super::creator::account_words;
use super::download::file;
use super::table::{Asked, Cell, Column, Here, Listing, Table, figures, words};
use super::words::{local, money};
use crate::app::{self, Account, JournalEntry, Posted, Why, absence_words, detail_of};
use crate::calendar::format_day;
use crate::web::page::{Frame, page};
use crate::web::{Failure, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/programs/{program}/batches/{batch}/line", get(line))
        .route("/programs/{program}/batches/{batch}/history", get(history))
}

#[derive(Deserialize)]
struct Whose {
    #[serde(default)]
    creator: String,
}

const TRANSFERS: &[Column] = &[
    words("what", "What"),
    words("day", "Day"),
    words("why", "Why"),
    words("evidence", "Touch, rule and base"),
    words("from", "Was"),
    figures("amount", "Amount"),
    figures("entry", "Entry"),
];

#[derive(Template)]
#[template(path = "web/templates/batch_line.html", config = "src/askama.toml")]
struct Line {
    frame: Frame,
    batch_id: String,
    batch: String,
    all: String,
    name: String,
    creator: String,
    id: String,
    parts: Vec<(&'static str, String)>,
    /// What is said of a line that was taken out.
    taken_out: String,
    may_change: bool,
    list: Listing,
}

async fn line(
    State(web): State<Web>,
    signed: SignedIn,
    Path((program, batch_id)): Path<(String, String)>,
    Query(Whose { creator }): Query<Whose>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let looked = Looked::at(&web, &signed, &program, &batch_id).await?;
    let room = &looked.room;
    let (parts, taken_out) = parts_of(&looked, &creator)
        .ok_or_else(|| Failure::new(StatusCode::NOT_FOUND, &format!("batch {batch_id} does not pay {creator}")))?;
    let posted = app::line_transfers(&room.at, &room.program, &looked.sheet, &creator).await?;
    let row = |posted: &Posted| {
        let transfer = &posted.transfer;
        let is_more = transfer.target == Account::Payable;
        let amount = if is_more { transfer.amount } else { transfer.amount.saturating_neg() };
        let (what, to) = room.about(&transfer.about, amount);
        let why = if posted.note.is_empty() { transfer.about.reason.words().to_owned() } else { posted.note.clone() };
        vec![
            to.map_or_else(|| Cell::text(what.clone()), |to| Cell::link(what.clone(), to)),
            Cell::text(format_day(transfer.about.effective_day)),
            Cell::Text(why),
            Cell::Text(detail_of(&transfer.about, "", room.program.currency.exponent())),
            Cell::text(account_words(if is_more { transfer.source } else { transfer.target })),
            Cell::Change(amount),
            Cell::link(posted.entry.to_string(), room.to(&format!("books/entries/{}", posted.entry))),
        ]
    };
    let table = Table {
        name: format!("{batch_id} {creator}"),
        columns: TRANSFERS,
        rows: posted.iter().map(row).collect(),
        currency: room.program.currency,
        empty: "Nothing has moved since the batch before: all of it was carried over.",
    };
    if let Some(file) = file(&table, &asked)? {
        return Ok(file);
    }
    let here = Here::new(format!("{}/line", looked.path())).with("creator", &creator);
    let list = Listing::of(table, &asked, &here);
    let may_change = choices(room, &looked.sheet, &looked.names).change;
    page(&Line {
        batch_id: batch_id.clone(),
        batch: looked.path(),
        all: room.to("batches"),
        name: looked.names.of(&creator).to_owned(),
        creator: room.creator(&creator),
        id: creator,
        parts,
        taken_out,
        may_change,
        list,
        frame: looked.room.frame,
    })
}

/// What a line comes to and how, with what is said of it where it was taken out; none where there is no such line.
fn parts_of(looked: &Looked, creator: &str) -> Option<(Vec<(&'static str, String)>, String)> {
    let (sheet, program) = (&looked.sheet, &looked.room.program);
    let amount = |minor: i64| money(minor, program);
    if let Some(line) = sheet.lines.iter().map(|line| &line.line).find(|line| line.creator_id == creator) {
        let parts = vec![
            ("This batch pays", amount(line.amount)),
            ("Carried over", amount(line.carried)),
            ("Earned", amount(line.change.earned)),
            ("Clawed back", amount(line.change.clawed_back.saturating_neg())),
            ("Other", amount(line.change.other)),
        ];
        return Some((parts, String::new()));
    }
    let absence = sheet.absent.iter().find(|absence| absence.absent.creator_id == creator)?;
    match &absence.absent.why {
        Why::Withheld(line, _) => {
            Some((vec![("It would have paid", amount(line.amount))], absence_words(program, sheet, absence)))
        }
        _ => None,
    }
}

const HISTORY: &[Column] = &[
    figures("entry", "Entry"),
    words("what", "What"),
    words("who", "Who"),
    words("when", "When"),
    words("about", "Reason or digest of what was decided about"),
    words("hash", "Hash"),
];

#[derive(Template)]
#[template(path = "web/templates/batch_history.html", config = "src/askama.toml")]
struct History {
    frame: Frame,
    head: Head,
    list: Listing,
}

async fn history(
    State(web): State<Web>,
    signed: SignedIn,
    Path((program, batch_id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let looked = Looked::at(&web, &signed, &program, &batch_id).await?;
    let room = &looked.room;
    let entries = app::batch_entries(&room.at, &room.program, &batch_id).await?;
    let row = |entry: JournalEntry| {
        vec![
            Cell::link(entry.entry.to_string(), room.to(&format!("books/entries/{}", entry.entry))),
            Cell::text(entry.kind.code()),
            Cell::Text(entry.actor),
            Cell::text(local(room.program.time_zone, entry.booked_at)),
            Cell::Text(entry.reason),
            Cell::Text(entry.hash),
        ]
    };
    let table = Table {
        name: format!("{batch_id} history"),
        columns: HISTORY,
        rows: entries.into_iter().map(row).collect(),
        currency: room.program.currency,
        empty: "No entry is about this batch.",
    };
    if let Some(file) = file(&table, &asked)? {
        return Ok(file);
    }
    let list = Listing::of(table, &asked, &Here::new(format!("{}/history", looked.path())));
    let head = looked.head(&web, "history", &Done::default(), String::new())?;
    page(&History { head, list, frame: looked.room.frame })
}
