//! Taking a creator's line out of a draft, and putting it back.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;

use super::batch_acts::refused;
use super::room;
use crate::app::{self, LineChange};
use crate::web::{Failure, Fields, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/programs/{program}/batches/{batch}/hold", post(hold))
        .route("/programs/{program}/batches/{batch}/release", post(release))
}

async fn hold(web: State<Web>, signed: SignedIn, of: Path<(String, String)>, fields: Fields) -> Result<Response, Failure> {
    change(web, signed, of, fields, (LineChange::Hold, "hold")).await
}

async fn release(web: State<Web>, signed: SignedIn, of: Path<(String, String)>, fields: Fields) -> Result<Response, Failure> {
    change(web, signed, of, fields, (LineChange::Release, "release")).await
}

async fn change(
    State(web): State<Web>,
    signed: SignedIn,
    Path((program, batch_id)): Path<(String, String)>,
    fields: Fields,
    (change, word): (LineChange, &str),
) -> Result<Response, Failure> {
    let of = web.program(&program)?;
    let (at, by) = (signed.at(&web)?, (signed.user.name.as_str(), web.now()));
    let line = (batch_id.as_str(), fields.text("creator"));
    match app::change_line(&at, &of, by, line, change, fields.text("reason")).await {
        Ok(_) => Ok(Redirect::to(&format!("{}?done={word}", room::batch(&of, &batch_id))).into_response()),
        Err(error) => refused(&web, &signed, (&program, &batch_id), error.into()).await,
    }
}
