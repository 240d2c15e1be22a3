//! What needs me: where everybody arrives.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use crate::web::page::{Frame, Place, page};
use crate::web::{Failure, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/", get(show))
}

#[derive(Template)]
#[template(path = "web/templates/start.html", config = "src/askama.toml")]
struct Start {
    frame: Frame,
}

async fn show(State(web): State<Web>, signed: SignedIn) -> Result<Response, Failure> {
    page(&Start { frame: Frame::new(&web, &signed, None, Place::Start) })
}
