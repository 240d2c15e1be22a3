//! Who may use purser, and what was changed about that: for admins.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use crate::app::{self, ChangeRow, User};
use crate::web::page::{Frame, Place, page};
use crate::web::time::minute;
use crate::web::{Failure, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/users", get(show))
}

#[derive(Template)]
#[template(path = "web/templates/users.html", config = "src/askama.toml")]
struct Users {
    frame: Frame,
    users: Vec<User>,
    changes: Vec<(String, ChangeRow)>,
}

/// How many changes are shown.
const SHOWN: usize = 200;

async fn show(State(web): State<Web>, signed: SignedIn) -> Result<Response, Failure> {
    let frame = Frame::new(&web, &signed, None, Place::Users);
    if !frame.is_admin() {
        return Err(Failure::new(StatusCode::FORBIDDEN, "only an admin sees who may use purser"));
    }
    let at = web.at()?;
    let changes = app::list_user_changes(&at).await?.into_iter().rev().take(SHOWN);
    let changes = changes.map(|row| (minute(row.changed_at), row)).collect();
    page(&Users { frame, users: app::list_users(&at).await?, changes })
}
