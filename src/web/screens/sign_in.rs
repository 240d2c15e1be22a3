//! Signing in, with a code of the second factor where there is one, and out.

use askama::Template;
use axum::Router;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::app;
use crate::error::{Kind, kind_of};
use crate::web::connections::Peer;
use crate::web::page::{Frame, escaped, page, page_with};
use crate::web::signed_in::{cookie, session};
use crate::web::{Failure, Fields, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/sign-in", get(show).post(sign_in))
        .route("/sign-in/code", get(show_code).post(confirm))
        .route("/sign-out", post(sign_out))
}

#[derive(Template)]
#[template(path = "web/templates/sign_in.html", config = "src/askama.toml")]
struct Form {
    frame: Frame,
    name: String,
    to: String,
    is_code: bool,
    has_users: bool,
    wrong: String,
}

/// Where somebody wanted to go.
#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    to: String,
}

/// A place among the pages, and nowhere else.
fn local(to: &str) -> &str {
    let is_local = to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\r', '\n']);
    if is_local { to } else { "/" }
}

async fn form(web: &Web, name: &str, to: &str, wrong: String) -> Result<Form, Failure> {
    let has_users = !app::list_users(&*web.at()?).await?.is_empty();
    Ok(Form { frame: Frame::bare(), name: name.to_owned(), to: local(to).to_owned(), is_code: false, has_users, wrong })
}

async fn show(State(web): State<Web>, Query(wanted): Query<Wanted>) -> Result<Response, Failure> {
    page(&form(&web, "", &wanted.to, String::new()).await?)
}

async fn sign_in(
    State(web): State<Web>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let (name, to) = (fields.text("name"), local(fields.text("to")));
    let address = peer.address(&headers);
    let signed = match app::sign_in(&*web.at()?, name, fields.text("password"), &address).await {
        Ok(signed) => signed,
        Err(error) => {
            let status = match kind_of(&error) {
                Some(Kind::Forbidden) => StatusCode::FORBIDDEN,
                Some(Kind::Transient) => StatusCode::TOO_MANY_REQUESTS,
                _ => return Err(error.into()),
            };
            // The name is not logged: somebody may have typed their password there.
            tracing::warn!(address, "somebody could not sign in: {error:#}");
            return Ok(page_with(status, &form(&web, name, to, format!("{error:#}")).await?));
        }
    };
    tracing::info!(user = signed.name, address, "signed in{}", if signed.needs_code { ", but for a code" } else { "" });
    let to = if signed.needs_code { format!("/sign-in/code?to={}", escaped(to)) } else { to.to_owned() };
    Ok(with_cookie(cookie(&headers, Some(&signed.secret)), Redirect::to(&to)))
}

fn with_cookie(cookie: String, to: Redirect) -> Response {
    ([(header::SET_COOKIE, cookie)], to).into_response()
}

fn code_form(csrf: String, to: &str, wrong: String) -> Form {
    let mut frame = Frame::bare();
    frame.csrf = csrf;
    Form { frame, name: String::new(), to: local(to).to_owned(), is_code: true, has_users: true, wrong }
}

async fn show_code(State(web): State<Web>, Query(wanted): Query<Wanted>, headers: HeaderMap) -> Result<Response, Failure> {
    match session(&headers, &web).await? {
        Some((secret, half)) if !half.is_whole => page(&code_form(secret.form_token(), &wanted.to, String::new())),
        _ => Ok(Redirect::to("/sign-in").into_response()),
    }
}

async fn confirm(State(web): State<Web>, headers: HeaderMap, fields: Fields) -> Result<Response, Failure> {
    let Some((half, _)) = session(&headers, &web).await? else { return Ok(Redirect::to("/sign-in").into_response()) };
    let to = local(fields.text("to"));
    match app::confirm_sign_in(&*web.at()?, &half, fields.text("code")).await {
        Ok(secret) => Ok(with_cookie(cookie(&headers, Some(&secret)), Redirect::to(to))),
        Err(error) if kind_of(&error) == Some(Kind::Forbidden) => {
            Ok(page_with(StatusCode::FORBIDDEN, &code_form(half.form_token(), to, format!("{error:#}"))))
        }
        Err(error) if kind_of(&error) == Some(Kind::Transient) => {
            Ok(page_with(StatusCode::TOO_MANY_REQUESTS, &code_form(half.form_token(), to, format!("{error:#}"))))
        }
        Err(error) => Err(error.into()),
    }
}

async fn sign_out(State(web): State<Web>, signed: SignedIn, headers: HeaderMap) -> Result<Response, Failure> {
    app::sign_out(&*web.at()?, &signed.secret).await?;
    Ok(with_cookie(cookie(&headers, None), Redirect::to("/sign-in")))
}
