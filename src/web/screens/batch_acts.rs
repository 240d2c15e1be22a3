//! Approving and rejecting a batch.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;

use super::batch::page_of;
use super::batch_head::Done;
use super::batch_looked::Looked;
use super::room;
use super::table::Asked;
use crate::app::{self, Decision};
use crate::web::{Failure, Fields, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/programs/{program}/batches/{batch}/approve", post(approve))
        .route("/programs/{program}/batches/{batch}/reject", post(reject))
}

async fn approve(web: State<Web>, signed: SignedIn, of: Path<(String, String)>, fields: Fields) -> Result<Response, Failure> {
    decide(web, signed, of, fields, (Decision::Approve, "approve")).await
}

async fn reject(web: State<Web>, signed: SignedIn, of: Path<(String, String)>, fields: Fields) -> Result<Response, Failure> {
    decide(web, signed, of, fields, (Decision::Reject, "reject")).await
}

async fn decide(
    State(web): State<Web>,
    signed: SignedIn,
    Path((program, batch_id)): Path<(String, String)>,
    fields: Fields,
    (decision, word): (Decision, &str),
) -> Result<Response, Failure> {
    let of = web.program(&program)?;
    let at = signed.confirmed(&web, fields.text("code"))?;
    let seen = Some(fields.text("seen")).filter(|seen| !seen.is_empty());
    match app::decide_batch(&at, &of, (&signed.user.name, web.now()), &batch_id, decision, seen).await {
        Ok(decided) if decided.missing.is_some() => {
            Ok(Redirect::to(&format!("{}?done=sign", room::batch(&of, &batch_id))).into_response())
        }
        Ok(_) => Ok(Redirect::to(&format!("{}?done={word}", room::batch(&of, &batch_id))).into_response()),
        Err(error) => refused(&web, &signed, (&program, &batch_id), error.into()).await,
    }
}

/// The batch's page, with what could not be done above it.
pub(super) async fn refused(
    web: &Web,
    signed: &SignedIn,
    (program, batch_id): (&str, &str),
    failure: Failure,
) -> Result<Response, Failure> {
    // Where there is no such batch, that is what to say.
    let Ok(looked) = Looked::at(web, signed, program, batch_id).await else { return Err(failure) };
    let wrong = (failure.status(), failure.message().to_owned());
    page_of(web, looked, &Asked::default(), &Done::default(), wrong)
}
