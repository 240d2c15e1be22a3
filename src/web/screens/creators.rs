//! All creators of a program, with what each has.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;

use super::download::file;
use super::room::Room;
use super::table::{Asked, Cell, Column, Here, Listing, Table, Tag, Tone, figures, words};
use super::words::money;
use crate::app::{self, Balance, HoldKind, ListedCreator};
use crate::web::page::{Frame, Place, page};
use crate::web::{Failure, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/programs/{program}/creators", get(show))
}

const COLUMNS: &[Column] = &[
    words("creator", "Creator"),
    words("group", "Group"),
    words("state", "State"),
    figures("pending", "On hold"),
    figures("payable", "Payable"),
    figures("reserved", "In batches"),
    figures("paid", "Paid"),
];

/// How a creator is marked to whom payments are on hold; the list is searched for it.
pub(super) const ON_HOLD: &str = "payments on hold";

/// What all have together, in words.
pub(super) struct Totals {
    pub pending: String,
    pub payable: String,
    pub reserved: String,
    pub paid: String,
}

impl Totals {
    pub(super) fn of(balance: Balance, program: &crate::program::Program) -> Self {
        let [pending, payable, reserved, paid] =
            [balance.pending, balance.payable, balance.reserved, balance.paid].map(|minor| money(minor, program));
        Self { pending, payable, reserved, paid }
    }
}

#[derive(Template)]
#[template(path = "web/templates/creators.html", config = "src/askama.toml")]
struct Creators {
    frame: Frame,
    name: String,
    totals: Totals,
    list: Listing,
}

/// How a creator stands, as marks.
pub(super) fn marks(creator: &ListedCreator) -> Vec<Tag> {
    let mut tags = Vec::new();
    if creator.balance.payable < 0 {
        tags.push(Tag::new(Tone::Bad, "negative balance"));
    }
    if !creator.is_active {
        tags.push(Tag::new(Tone::Plain, "not active"));
    }
    let held = |kind: &HoldKind| Tag::new(Tone::Warn, format!("{ON_HOLD}: {}", kind.words()));
    tags.extend(creator.holds.iter().map(held));
    tags
}

async fn show(
    State(web): State<Web>,
    signed: SignedIn,
    Path(program): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, Place::Creators)?;
    let creators = app::list_creators(&room.at, &room.program).await?;
    let mut whole = Balance::default();
    for creator in &creators {
        whole = whole.plus(creator.balance).map_err(anyhow::Error::from)?;
    }
    let row = |creator: ListedCreator| {
        let to = room.creator(&creator.creator_id);
        let tags = marks(&creator);
        let Balance { pending, payable, reserved, paid } = creator.balance;
        vec![
            Cell::Named(creator.name, creator.creator_id, to),
            Cell::Text(creator.group),
            Cell::Tags(tags),
            Cell::Money(pending),
            Cell::Money(payable),
            Cell::Money(reserved),
            Cell::Money(paid),
        ]
    };
    let table = Table {
        name: format!("Creators of {}", room.program.id),
        columns: COLUMNS,
        rows: creators.into_iter().map(row).collect(),
        currency: room.program.currency,
        empty: "No creator yet. They come with the first nightly run, from the table of creators.",
    };
    if let Some(file) = file(&table, &asked)? {
        return Ok(file);
    }
    let totals = Totals::of(whole, &room.program);
    let list = Listing::of(table, &asked, &Here::new(room.to("creators")));
    page(&Creators { name: room.program.name.clone(), totals, list, frame: room.frame })
}
