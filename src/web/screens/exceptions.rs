//! What could not be used, and what people said about that and about alerts.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::download::file;
use super::room::Room;
use super::table::{Asked, Cell, Column, Here, Listing, Table, Tag, Tone, figures, words};
use super::words::age;
use crate::app::{self, Acknowledgement, CreatorNames, Matter, Nag, OpenException, is_same_person};
use crate::calendar::{day_of, format_day};
use crate::web::page::{Frame, Place, page};
use crate::web::{Failure, Fields, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/programs/{program}/exceptions", get(show))
        .route("/programs/{program}/exception", get(one))
        .route("/programs/{program}/acknowledge", post(acknowledge))
}

/// How long something has waited, for people; empty where nobody knows.
fn waits(room: &Room, now: i64, day: Option<i32>) -> Option<i64> {
    day.map(|day| i64::from(day_of(room.program.time_zone, now).saturating_sub(day)))
}

/// What was said about something: whether it is quiet, by whom, and until when.
pub(super) fn said_words(room: &Room, now: i64, said: &Acknowledgement) -> String {
    let zone = room.program.time_zone;
    let whose = if said.assigned_to.is_empty() { String::new() } else { format!(", assigned to {}", said.assigned_to) };
    let until = if said.quiet_until() > now {
        format!("quiet until {}", format_day(day_of(zone, said.quiet_until())))
    } else {
        "asked about again".to_owned()
    };
    format!("“{}” – {}, {} ago{whose}; {until}", said.note, said.by, age(now, said.at))
}

/// Whether something nags somebody: nobody said anything about it lately, or it was assigned to them.
pub(super) fn nags(said: Option<&Acknowledgement>, now: i64, name: &str) -> bool {
    said.is_none_or(|said| said.quiet_until() <= now || is_same_person(&said.assigned_to, name))
}

const COLUMNS: &[Column] = &[
    words("subject", "Which"),
    words("kind", "Problem"),
    words("creators", "Creators"),
    words("amount", "Amount"),
    figures("days", "Days"),
    words("places", "File and row"),
    words("remedy", "What to do"),
    words("said", "Note"),
];

#[derive(Template)]
#[template(path = "web/templates/exceptions.html", config = "src/askama.toml")]
struct Exceptions {
    frame: Frame,
    open: usize,
    quiet: usize,
    list: Listing,
}

fn named(names: &CreatorNames, creators: &[String]) -> String {
    creators.iter().map(|id| names.of(id)).collect::<Vec<_>>().join(", ")
}

/// The page of one exception.
pub(super) fn path_of(room: &Room, exception: &OpenException) -> String {
    Here::new(room.to("exception")).to(&[("kind", exception.kind.code()), ("subject", &exception.subject)])
}

/// What is the matter, with what a bank said.
pub(super) fn matter_words(exception: &OpenException) -> String {
    match exception.what.as_str() {
        "" => exception.kind.words().to_owned(),
        what => format!("{}: {what}", exception.kind.words()),
    }
}

fn row(room: &Room, names: &CreatorNames, now: i64, exception: &OpenException) -> Vec<Cell> {
    vec![
        Cell::link(exception.subject.clone(), path_of(room, exception)),
        Cell::text(matter_words(exception)),
        Cell::text(named(names, &exception.creators)),
        Cell::text(exception.amount.clone()),
        waits(room, now, exception.day).map_or(Cell::Empty, Cell::Count),
        Cell::text(exception.places.join(", ")),
        Cell::text(exception.kind.remedy()),
        match &exception.said {
            Some(said) if said.quiet_until() > now => {
                let whose =
                    if said.assigned_to.is_empty() { "acknowledged".to_owned() } else { format!("with {}", said.assigned_to) };
                Cell::Tags(vec![Tag::new(Tone::Good, whose)])
            }
            Some(_) => Cell::Tags(vec![Tag::new(Tone::Warn, "still open")]),
            None => Cell::Empty,
        },
    ]
}

async fn show(
    State(web): State<Web>,
    signed: SignedIn,
    Path(program): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, Place::Start)?;
    let names = app::creator_names(&room.at, &room.program).await?;
    let exceptions = app::open_exceptions(&room.at, &room.program).await?;
    let now = web.now();
    let quiet = exceptions.iter().filter(|one| one.said.as_ref().is_some_and(|said| said.quiet_until() > now)).count();
    let table = Table {
        name: format!("Exceptions of {}", room.program.id),
        columns: COLUMNS,
        rows: exceptions.iter().map(|exception| row(&room, &names, now, exception)).collect(),
        currency: room.program.currency,
        empty: "Everything that the sources hold could be used. Banks said nothing that has to be looked at.",
    };
    if let Some(file) = file(&table, &asked)? {
        return Ok(file);
    }
    let list = Listing::of(table, &asked, &Here::new(room.to("exceptions")));
    page(&Exceptions { open: exceptions.len() - quiet, quiet, list, frame: room.frame })
}

#[derive(Template)]
#[template(path = "web/templates/exception.html", config = "src/askama.toml")]
struct One {
    frame: Frame,
    all: String,
    kind: &'static str,
    code: &'static str,
    subject: String,
    what: String,
    /// Whether it is about what a bank said, which nothing but an acknowledgement ends.
    is_bank: bool,
    order: Option<(String, String)>,
    creators: Vec<(String, String)>,
    amount: String,
    days: Option<i64>,
    places: Vec<String>,
    remedy: &'static str,
    said: Option<String>,
    acknowledge: String,
}

/// Which exception.
#[derive(serde::Deserialize)]
struct Which {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    subject: String,
}

async fn one(
    State(web): State<Web>,
    signed: SignedIn,
    Path(program): Path<String>,
    Query(Which { kind, subject }): Query<Which>,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, Place::Start)?;
    let names = app::creator_names(&room.at, &room.program).await?;
    let exceptions = app::open_exceptions(&room.at, &room.program).await?;
    let found = exceptions.into_iter().find(|one| one.kind.code() == kind && one.subject == subject);
    let gone = || {
        Failure::new(
            StatusCode::NOT_FOUND,
            "there is no such exception any more: the last night could use it, or somebody acknowledged it",
        )
    };
    let exception = found.ok_or_else(gone)?;
    let order = Some(&exception.order_id).filter(|id| !id.is_empty()).map(|id| (id.clone(), room.order(id)));
    page(&One {
        all: room.to("exceptions"),
        kind: exception.kind.words(),
        is_bank: matches!(exception.kind, Matter::Bank(_)),
        what: exception.what,
        code: exception.kind.code(),
        order,
        creators: exception.creators.iter().map(|id| (names.of(id).to_owned(), room.creator(id))).collect(),
        amount: exception.amount.clone(),
        days: waits(&room, web.now(), exception.day),
        remedy: exception.kind.remedy(),
        said: exception.said.as_ref().map(|said| said_words(&room, web.now(), said)),
        acknowledge: room.to("acknowledge"),
        subject: exception.subject,
        places: exception.places,
        frame: room.frame,
    })
}

async fn acknowledge(
    State(web): State<Web>,
    signed: SignedIn,
    Path(program): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let at = signed.at(&web)?;
    let (kind, subject) = (fields.text("kind"), fields.text("subject"));
    let nag = match Matter::parse(kind) {
        Some(kind) => Nag::Exception(kind, subject),
        None => Nag::Alert(subject),
    };
    if let Nag::Exception(..) = nag {
        web.program(&program)?;
    }
    app::acknowledge_nag(&at, &program, &signed.user.name, nag, fields.text("assigned_to"), fields.text("note")).await?;
    Ok(Redirect::to("/").into_response())
}
