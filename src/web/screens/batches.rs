//! All batches of a program.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;

use super::download::file;
use super::room::Room;
use super::table::{Asked, Cell, Column, Here, Listing, Table, Tag, Tone, figures, words};
use super::words::local;
use crate::app::{self, Batch, BatchState};
use crate::web::page::{Frame, Place, page};
use crate::web::{Failure, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/programs/{program}/batches", get(show))
}

const COLUMNS: &[Column] = &[
    words("batch_id", "Batch"),
    words("state", "State"),
    figures("creators", "Creators"),
    figures("amount", "Amount"),
    figures("unresolved", "Unresolved"),
    words("drafted_at", "Drafted"),
    words("drafted_by", "Drafted by"),
    words("approved_by", "Approved by"),
];

#[derive(Template)]
#[template(path = "web/templates/batches.html", config = "src/askama.toml")]
struct Batches {
    frame: Frame,
    name: String,
    list: Listing,
}

/// A batch's state as a mark.
pub(super) fn state_tag(batch: &Batch) -> Tag {
    let tone = match batch.state {
        BatchState::Draft | BatchState::Approved | BatchState::Exported => Tone::Warn,
        BatchState::Settled if batch.in_question != 0 => Tone::Bad,
        BatchState::Settled => Tone::Good,
        BatchState::Voided | BatchState::Rejected => Tone::Plain,
    };
    Tag::new(tone, batch.state.code())
}

async fn show(
    State(web): State<Web>,
    signed: SignedIn,
    Path(program): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, Place::Batches)?;
    let mut batches = app::list_batches(&room.at, &room.program).await?;
    batches.reverse();
    let row = |batch: Batch| {
        vec![
            Cell::link(batch.batch_id.clone(), room.batch(&batch.batch_id)),
            Cell::Tags(vec![state_tag(&batch)]),
            Cell::Count(batch.creators),
            Cell::Money(batch.amount),
            if batch.in_question == 0 { Cell::Empty } else { Cell::Money(batch.in_question) },
            Cell::text(local(room.program.time_zone, batch.created_at)),
            Cell::text(batch.drafted_by),
            batch.approved_by.map_or(Cell::Empty, Cell::Text),
        ]
    };
    let table = Table {
        name: format!("Batches of {}", room.program.id),
        columns: COLUMNS,
        rows: batches.into_iter().map(row).collect(),
        currency: room.program.currency,
        empty: "No batch yet. The first payout run in which somebody is due drafts one.",
    };
    if let Some(file) = file(&table, &asked)? {
        return Ok(file);
    }
    let list = Listing::of(table, &asked, &Here::new(room.to("batches")));
    page(&Batches { name: room.program.name.clone(), list, frame: room.frame })
}
