//! Who asks: sessions in cookies.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::failure::Failure;
use super::frame::{Frame, Linked, Place, escaped};
use super::state::Web;
use crate::app::{self, Environment, Proof, Secret, Session, User};
use crate::program::Program;

/// The cookie's name, and what stands before it where it is secure: browsers give such a cookie to nobody but this very host.
const COOKIE: &str = "purser";
const HOST: &str = "__Host-";

/// Who is signed in. As an argument of a handler, it sends everybody else to the sign-in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who it is.
    pub user: User,
    /// What every form holds in a hidden field `csrf`.
    pub csrf: String,
    pub(super) secret: Secret,
}

impl SignedIn {
    /// Where the user works when they prepare: a decision is refused there.
    pub fn at(&self, web: &Web) -> Result<Environment, Failure> {
        Ok(web.at()?.with_proof(Proof::Session(self.user.name.clone())))
    }

    /// Where the user works for one decision, with the code of the second factor that they typed. It counts once, whatever comes of the
    /// decision.
    pub fn confirmed(&self, web: &Web, code: &str) -> Result<Environment, Failure> {
        Ok(web.at()?.with_proof(Proof::Code(code.to_owned())))
    }
}

impl Frame {
    /// Around a page of somebody who is signed in, about a program or about none.
    pub fn new(web: &Web, signed: &SignedIn, program: Option<&Program>, place: Place) -> Self {
        let programs = web.programs();
        Self {
            user: Some(signed.user.clone()),
            csrf: signed.csrf.clone(),
            program: program.or_else(|| programs.first().map(Arc::as_ref)).map(Linked::of),
            programs: programs.iter().map(|program| Linked::of(program)).collect(),
            place,
        }
    }
}

impl FromRequestParts<Web> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        match session(&parts.headers, web).await {
            Ok(Some((secret, Session { user, is_whole: true }))) => Ok(Self { user, csrf: secret.form_token(), secret }),
            Ok(_) => Err(to_sign_in(parts)),
            Err(failure) => Err(failure.into_response()),
        }
    }
}

/// The session of a request, whole or half.
pub(super) async fn session(headers: &HeaderMap, web: &Web) -> Result<Option<(Secret, Session)>, Failure> {
    let Some(secret) = secret_of(headers) else { return Ok(None) };
    let session = app::session_of(&*web.at()?, &secret).await?;
    Ok(session.map(|session| (secret, session)))
}

/// Sends somebody to the sign-in, and from there to where they wanted to go.
fn to_sign_in(parts: &Parts) -> Response {
    let wanted = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let wanted = if parts.method == axum::http::Method::GET { wanted } else { "/" };
    let to = match wanted {
        "/" => "/sign-in".to_owned(),
        wanted => format!("/sign-in?to={}", escaped(wanted)),
    };
    if parts.headers.contains_key("hx-request") {
        // Only a part of the page was asked for: the browser is to go there as a whole.
        return (StatusCode::UNAUTHORIZED, [("hx-redirect", "/sign-in")]).into_response();
    }
    Redirect::to(&to).into_response()
}

/// Whether the browser is at the other end of an encrypted connection, or must be: everything but this very machine.
pub(super) fn is_secure(headers: &HeaderMap) -> bool {
    is_encrypted(headers) || !is_this_machine(headers)
}

/// Whether a proxy says that it was asked by https.
pub(super) fn is_encrypted(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|proto| proto.as_bytes().eq_ignore_ascii_case(b"https"))
}

fn is_this_machine(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    let name = if let Some(six) = host.strip_prefix('[') {
        six.split(']').next().unwrap_or_default()
    } else {
        host.split(':').next().unwrap_or_default()
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The id of a session in the cookies of a request.
pub(super) fn secret_of(headers: &HeaderMap) -> Option<Secret> {
    let name = if is_secure(headers) { format!("{HOST}{COOKIE}") } else { COOKIE.to_owned() };
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let value = pairs.find(|(key, _)| *key == name)?.1;
    (value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| Secret::given(value))
}

/// The header that gives a browser its session, or takes it away.
pub(super) fn cookie(headers: &HeaderMap, secret: Option<&Secret>) -> String {
    let (prefix, secure) = if is_secure(headers) { (HOST, "; Secure") } else { ("", "") };
    let (value, ends) = secret.map_or(("", "; Max-Age=0"), |secret| (secret.reveal(), ""));
    format!("{prefix}{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{ends}")
}
