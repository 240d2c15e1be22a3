//! One's own account: password and second factor.

use askama::Template;
use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use crate::app::{self, Enrolment, PasswordBy, User};
use crate::error::{Kind, kind_of};
use crate::web::connections::Peer;
use crate::web::page::{Frame, Place, page, page_with};
use crate::web::signed_in::cookie;
use crate::web::time::minute;
use crate::web::{Failure, Fields, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/account", get(show))
        .route("/account/password", post(change_password))
        .route("/account/second-factor", post(start))
        .route("/account/second-factor/confirm", post(confirm))
}

#[derive(Template)]
#[template(path = "web/templates/account.html", config = "src/askama.toml")]
struct Account {
    frame: Frame,
    user: User,
    token_until: Option<String>,
    enrolment: Option<Enrolment>,
    wrong: String,
}

fn account(web: &Web, signed: &SignedIn) -> Account {
    let user = signed.user.clone();
    let token_until = user.token_until.map(minute);
    Account { frame: Frame::new(web, signed, None, Place::Account), user, token_until, enrolment: None, wrong: String::new() }
}

async fn show(State(web): State<Web>, signed: SignedIn) -> Result<Response, Failure> {
    page(&account(&web, &signed))
}

/// The page again, with what was wrong; other failures have a page of their own.
fn again(web: &Web, signed: &SignedIn, error: anyhow::Error) -> Result<Response, Failure> {
    let status = match kind_of(&error) {
        Some(Kind::Forbidden) => StatusCode::FORBIDDEN,
        Some(Kind::Invalid | Kind::Conflict) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(Kind::Transient) => StatusCode::TOO_MANY_REQUESTS,
        _ => return Err(error.into()),
    };
    Ok(page_with(status, &Account { wrong: format!("{error:#}"), ..account(web, signed) }))
}

/// All sessions end with a change, this one too.
fn signed_out(headers: &HeaderMap) -> Response {
    ([(header::SET_COOKIE, cookie(headers, None))], Redirect::to("/sign-in")).into_response()
}

async fn change_password(
    State(web): State<Web>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    signed: SignedIn,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let address = peer.address(&headers);
    let (old, new) = (fields.text("password"), fields.text("new"));
    match app::set_password(&*web.at()?, &signed.user.name, PasswordBy::Own(old, &address), new).await {
        Ok(_) => Ok(signed_out(&headers)),
        Err(error) => again(&web, &signed, error),
    }
}

async fn start(
    State(web): State<Web>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    signed: SignedIn,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let (at, name, address) = (web.at()?, &signed.user.name, peer.address(&headers));
    match app::start_second_factor(&at, name, fields.text("password"), Some(fields.text("code")), &address).await {
        Ok(enrolment) => page(&Account { enrolment: Some(enrolment), ..account(&web, &signed) }),
        Err(error) => again(&web, &signed, error),
    }
}

async fn confirm(State(web): State<Web>, signed: SignedIn, headers: HeaderMap, fields: Fields) -> Result<Response, Failure> {
    match app::confirm_second_factor(&*web.at()?, &signed.user.name, fields.text("code")).await {
        Ok(_) => Ok(signed_out(&headers)),
        Err(error) => again(&web, &signed, error),
    }
}
