//! One batch: whom it pays, and who is not in it.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::batch_head::{Done, Head};
use super::batch_looked::{Looked, changed};
use super::creator::line_tag;
use super::download::file;
use super::table::{Asked, Cell, Column, Here, Listing, Table, Tag, Tone, figures, words};
use crate::app::{ApprovalAbsence, ApprovalLine, Flag, Why, absence_words};
use crate::web::page::{Frame, page, page_with};
use crate::web::{Failure, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/programs/{program}/batches/{batch}", get(show))
        .route("/programs/{program}/batches/{batch}/absent", get(absent))
}

const LINES: &[Column] = &[
    words("creator", "Creator"),
    figures("amount", "Amount"),
    figures("change", "Change"),
    figures("earned", "Earned"),
    figures("clawed_back", "Clawed back"),
    figures("carried_over", "Carried over"),
    figures("other", "Other"),
    words("look_at", "Look at"),
    words("state", "State"),
    words("paid_to", "Paid to"),
];

#[derive(Template)]
#[template(path = "web/templates/batch.html", config = "src/askama.toml")]
struct Lines {
    frame: Frame,
    head: Head,
    list: Listing,
}

/// What to look at, as marks.
fn flags(line: &ApprovalLine) -> Vec<Tag> {
    let tone = |flag: &Flag| match flag {
        Flag::OwesMoney | Flag::NoDetails | Flag::Held => Tone::Bad,
        Flag::FarAboveHabit | Flag::SharedPayee | Flag::ChangedDetails | Flag::FirstPayout => Tone::Warn,
        Flag::Erased => Tone::Plain,
    };
    line.flags.iter().map(|flag| Tag::new(tone(flag), flag.words())).collect()
}

fn lines(looked: &Looked) -> Table {
    let accounts = looked.sheet.payees.as_ref().ok().and_then(Option::as_ref).map(|payees| &payees.accounts);
    let row = |line: &ApprovalLine| {
        let (creator, of) = (line.line.creator_id.as_str(), &line.line);
        vec![
            Cell::Named(
                looked.names.of(creator).to_owned(),
                creator.to_owned(),
                looked.room.line(&looked.batch().batch_id, creator),
            ),
            Cell::Money(of.amount),
            changed(line).map_or(Cell::Empty, Cell::Change),
            Cell::Money(of.change.earned),
            Cell::Money(of.change.clawed_back),
            Cell::Money(of.carried),
            Cell::Money(of.change.other),
            Cell::Tags(flags(line)),
            Cell::Tags(vec![line_tag(of.state)]),
            accounts.and_then(|accounts| accounts.get(creator)).map_or(Cell::Empty, |account| Cell::text(account.clone())),
        ]
    };
    Table {
        name: format!("{} lines", looked.batch().batch_id),
        columns: LINES,
        rows: looked.sheet.lines.iter().map(row).collect(),
        currency: looked.room.program.currency,
        empty: "This batch pays nobody.",
    }
}

/// The page of a batch's lines, with what could not be done.
pub(super) fn page_of(
    web: &Web,
    looked: Looked,
    asked: &Asked,
    done: &Done,
    wrong: (StatusCode, String),
) -> Result<Response, Failure> {
    let (status, wrong) = wrong;
    let list = Listing::of(lines(&looked), asked, &Here::new(looked.path()));
    let head = looked.head(web, "lines", done, wrong)?;
    Ok(page_with(status, &Lines { head, list, frame: looked.room.frame }))
}

async fn show(
    State(web): State<Web>,
    signed: SignedIn,
    Path((program, batch_id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    Query(done): Query<Done>,
) -> Result<Response, Failure> {
    let looked = Looked::at(&web, &signed, &program, &batch_id).await?;
    if !asked.file.is_empty()
        && let Some(file) = file(&lines(&looked), &asked)?
    {
        return Ok(file);
    }
    page_of(&web, looked, &asked, &done, (StatusCode::OK, String::new()))
}

const ABSENT: &[Column] = &[
    words("creator", "Creator"),
    words("why", "Why"),
    figures("payable", "Payable"),
    figures("pending", "On hold"),
    figures("reserved", "In other batches"),
];

#[derive(Template)]
#[template(path = "web/templates/batch_absent.html", config = "src/askama.toml")]
struct Absent {
    frame: Frame,
    head: Head,
    as_of: String,
    holds_unread: String,
    list: Listing,
}

async fn absent(
    State(web): State<Web>,
    signed: SignedIn,
    Path((program, batch_id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let looked = Looked::at(&web, &signed, &program, &batch_id).await?;
    let room = &looked.room;
    let row = |absence: &ApprovalAbsence| {
        let (creator, balance) = (absence.absent.creator_id.as_str(), absence.absent.balance);
        let to = match absence.absent.why {
            Why::Withheld(..) => room.line(&looked.batch().batch_id, creator),
            _ => room.creator(creator),
        };
        vec![
            Cell::Named(looked.names.of(creator).to_owned(), creator.to_owned(), to),
            Cell::Text(absence_words(&room.program, &looked.sheet, absence)),
            Cell::Money(balance.payable),
            Cell::Money(balance.pending),
            Cell::Money(balance.reserved),
        ]
    };
    let table = Table {
        name: format!("Not in {}", looked.batch().batch_id),
        columns: ABSENT,
        rows: looked.sheet.absent.iter().map(row).collect(),
        currency: room.program.currency,
        empty: "Nobody else is owed anything or owes anything.",
    };
    if let Some(file) = file(&table, &asked)? {
        return Ok(file);
    }
    let list = Listing::of(table, &asked, &Here::new(format!("{}/absent", looked.path())));
    let head = looked.head(&web, "absent", &Done::default(), String::new())?;
    let (as_of, holds_unread) = (looked.sheet.as_of_words(), looked.sheet.holds_unread.clone().unwrap_or_default());
    page(&Absent { frame: looked.room.frame, head, as_of, holds_unread, list })
}
