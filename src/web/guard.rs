//! What stands before all handlers, and what every answer carries.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::failure::Failure;
use super::fields::Fields;
use super::signed_in::{is_encrypted, secret_of};

/// How large a form may be, and one with a file.
const FORM: usize = 64 << 10;
const FILE: usize = 16 << 20;

/// How long an answer may take.
const LONGEST: Duration = Duration::from_secs(60);

/// Where nobody has a session yet.
const SIGN_IN: &str = "/sign-in";

/// What pages may load, and who may show them.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    // Without any, a browser would not say where a form comes from either.
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

/// Refuses what no page of ours sends, and gives every answer its headers.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let is_encrypted = is_encrypted(request.headers());
    let answered = tokio::time::timeout(LONGEST, async {
        match admitted(request).await {
            Ok(request) => next.run(request).await,
            Err(failure) => failure.into_response(),
        }
    });
    let late = || Failure::new(StatusCode::SERVICE_UNAVAILABLE, "this took too long: try again").into_response();
    let mut response = answered.await.unwrap_or_else(|_| late());
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(*name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if is_encrypted {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// The request with its fields, if it only looks, or is a form of ours.
async fn admitted(request: Request) -> Result<Request, Failure> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(request);
    }
    let refused = |why: &str| Failure::new(StatusCode::FORBIDDEN, why);
    if !is_from_here(request.headers()) {
        return Err(refused("this form comes from another site; nothing was changed"));
    }
    let (mut parts, body) = request.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let limit = if kind.starts_with("multipart/") { FILE } else { FORM };
    let too_large = |_| Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "the upload is too large; nothing was changed");
    let bytes = to_bytes(body, limit).await.map_err(too_large)?;
    let fields = Fields::parse(kind, &bytes);
    let fields = fields
        .ok_or_else(|| Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "only forms are taken here; nothing was changed"))?;
    if parts.uri.path() != SIGN_IN {
        let expected = secret_of(&parts.headers).map(|secret| secret.form_token());
        // Hashes compare in the same time, whatever differs.
        let is_ours =
            expected.is_some_and(|token| blake3::hash(token.as_bytes()) == blake3::hash(fields.text("csrf").as_bytes()));
        if !is_ours {
            return Err(refused(
                "this form does not belong to your session, which may have ended: load the page again; nothing was changed",
            ));
        }
    }
    parts.extensions.insert(fields);
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// Whether a browser says that the form stood on a page of ours. What is no browser says nothing, and has no cookies of others.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), ..) if site != "same-origin" => false,
        (_, Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host)),
        (_, Some(_), None) => false,
        (_, None, _) => true,
    }
}
