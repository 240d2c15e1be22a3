//! Holding payments to a creator, and releasing them, on the creator's page.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;

use super::creator::page_of;
use super::room::{self, Room};
use crate::app::{self, HoldKind, HoldRequest};
use crate::calendar::parse_day;
use crate::error::Invalid;
use crate::web::page::Place;
use crate::web::{Failure, Fields, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/programs/{program}/creator/hold", post(hold))
        .route("/programs/{program}/creator/release", post(release))
}

async fn hold(State(web): State<Web>, signed: SignedIn, of: Path<String>, fields: Fields) -> Result<Response, Failure> {
    let done = add(&web, &signed, &of, &fields).await;
    answer(&web, &signed, &of, &fields, ("hold", done)).await
}

async fn add(web: &Web, signed: &SignedIn, program: &str, fields: &Fields) -> Result<(), Failure> {
    let kind = kind_of(fields)?.ok_or_else(|| Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "say what is the matter"))?;
    let until = match fields.text("until") {
        "" => None,
        text => Some(parse_day(text).ok_or_else(|| {
            anyhow::Error::from(Invalid(format!("\"{text}\" is no day such as 2026-03-31; nothing was changed")))
        })?),
    };
    let request = HoldRequest { creator_id: fields.text("id"), kind, until, reason: fields.text("reason") };
    let by = (signed.user.name.as_str(), web.now());
    app::hold_creator(&signed.at(web)?, &*web.program(program)?, by, request).await?;
    Ok(())
}

async fn release(State(web): State<Web>, signed: SignedIn, of: Path<String>, fields: Fields) -> Result<Response, Failure> {
    let done = end(&web, &signed, &of, &fields).await;
    answer(&web, &signed, &of, &fields, ("release", done)).await
}

async fn end(web: &Web, signed: &SignedIn, program: &str, fields: &Fields) -> Result<(), Failure> {
    let whom = (fields.text("id"), kind_of(fields)?);
    let by = (signed.user.name.as_str(), web.now());
    app::release_creator(&signed.at(web)?, &*web.program(program)?, by, whom, fields.text("reason")).await?;
    Ok(())
}

fn kind_of(fields: &Fields) -> Result<Option<HoldKind>, Failure> {
    match fields.text("kind") {
        "" => Ok(None),
        code => {
            let wrong = || Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "there is no such kind of hold; nothing was changed");
            HoldKind::parse(code).map(Some).ok_or_else(wrong)
        }
    }
}

/// The creator's page: anew where it was done, else with what could not be done above it.
async fn answer(
    web: &Web,
    signed: &SignedIn,
    program: &str,
    fields: &Fields,
    (word, done): (&str, Result<(), Failure>),
) -> Result<Response, Failure> {
    let (of, id) = (web.program(program)?, fields.text("id"));
    let Err(failure) = done else {
        return Ok(Redirect::to(&format!("{}&done={word}", room::creator(&of, id))).into_response());
    };
    let room = Room::enter(web, signed, program, Place::Creators)?;
    // Where there is no such creator, that is what to say.
    let wrong = (failure.status(), failure.message().to_owned());
    page_of(room, id, "", wrong).await.or(Err(failure))
}
