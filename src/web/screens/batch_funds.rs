//! How a batch is paid: what each rail carries, and who is in no payment file.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::batch_head::{Done, Head};
use super::batch_looked::Looked;
use super::batch_money::{Money, money_of};
use super::download::file;
use super::table::{Asked, Cell, Column, Here, Listing, Table, figures, words};
use crate::app::{self, LeftOut};
use crate::web::page::{Frame, page};
use crate::web::{Failure, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/programs/{program}/batches/{batch}/funds", get(show))
}

const RAILS: &[Column] = &[
    words("format", "Payment file"),
    words("rail", "Rail"),
    figures("creators", "Creators"),
    figures("amount", "Amount"),
    words("notes", "Notes"),
];

const LEFT: &[Column] = &[words("creator", "Creator"), words("why", "Why")];

/// What is available, as somebody typed it.
#[derive(Deserialize)]
struct Available {
    #[serde(default)]
    available: String,
}

#[derive(Template)]
#[template(path = "web/templates/batch_funds.html", config = "src/askama.toml")]
struct Funds {
    frame: Frame,
    head: Head,
    money: Money,
    available: String,
    path: String,
    rails: Option<Listing>,
    left: Option<Listing>,
}

async fn show(
    State(web): State<Web>,
    signed: SignedIn,
    Path((program, batch_id)): Path<(String, String)>,
    Query(Available { available }): Query<Available>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let looked = Looked::at(&web, &signed, &program, &batch_id).await?;
    let path = format!("{}/funds", looked.path());
    let table = |name: &str, columns, rows| Table {
        name: format!("{batch_id} {name}"),
        columns,
        rows,
        currency: looked.room.program.currency,
        empty: "None.",
    };
    let (mut rails, mut left) = (None, None);
    if let Ok(Some(payees)) = &looked.sheet.payees {
        let rail = |funds: &app::Funds| {
            vec![
                Cell::text(funds.format.code()),
                Cell::text(funds.format.rail().code()),
                Cell::Count(i64::try_from(funds.creators).unwrap_or(i64::MAX)),
                Cell::Money(funds.amount),
                Cell::text(funds.notes.join("; ")),
            ]
        };
        let one = |one: &LeftOut| {
            let id = one.creator_id.as_str();
            vec![Cell::Named(looked.names.of(id).to_owned(), id.to_owned(), looked.room.creator(id)), Cell::text(one.why.clone())]
        };
        let of_rails = table("rails", RAILS, payees.funds.iter().map(rail).collect());
        if let Some(file) = file(&of_rails, &asked)? {
            return Ok(file);
        }
        rails = Some(Listing::of(of_rails, &Asked::default(), &Here::new(path.clone())));
        if !payees.left.is_empty() {
            let left_out = table("left out", LEFT, payees.left.iter().map(one).collect());
            left = Some(Listing::of(left_out, &asked, &Here::new(path.clone())));
        }
    }
    let money = money_of(&looked, &available)?;
    let head = looked.head(&web, "funds", &Done::default(), String::new())?;
    page(&Funds { frame: looked.room.frame, head, money, available, path, rails, left })
}
