use anyhow::Error;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::frame::{Frame, page_with};
use crate::error::{Conflict, Kind, NotFound, Transient, kind_of};

/// Why there is no page: a status, and what its page says.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    message: String,
}

impl Failure {
    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What happened, and what to do. It can be shown to anybody who is signed in.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// A failure of the page itself, such as a form that is not complete.
    pub fn new(status: StatusCode, message: &str) -> Self {
        Self { status, message: message.to_owned() }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = match kind_of(&error) {
            Some(Kind::NotFound) => StatusCode::NOT_FOUND,
            Some(Kind::Conflict) => StatusCode::CONFLICT,
            Some(Kind::Forbidden) => StatusCode::FORBIDDEN,
            Some(Kind::Invalid) => StatusCode::UNPROCESSABLE_ENTITY,
            Some(Kind::Transient) => StatusCode::SERVICE_UNAVAILABLE,
            None => return internal(&error),
        };
        Self { status, message: format!("{error:#}") }
    }
}

/// What nobody can do anything about on a page: the log says what it was, under a reference.
fn internal(error: &Error) -> Failure {
    let text = format!("{error:#}");
    let reference = blake3::hash(text.as_bytes()).to_hex()[..8].to_owned();
    tracing::error!(reference, "a page could not be made: {text}");
    let message =
        format!("Something went wrong here, and nothing was changed. The log says more under the reference {reference}.");
    Failure { status: StatusCode::INTERNAL_SERVER_ERROR, message }
}

macro_rules! from_kind {
    ($($kind:ty),*) => {
        $(impl From<$kind> for Failure {
            fn from(error: $kind) -> Self {
                Self::from(Error::from(error))
            }
        })*
    };
}
from_kind!(Conflict, NotFound, Transient);

#[derive(Template)]
#[template(path = "web/templates/failure.html", config = "src/askama.toml")]
struct Shown {
    frame: Frame,
    title: &'static str,
    message: String,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let title = match self.status {
            StatusCode::NOT_FOUND => "Not found",
            StatusCode::FORBIDDEN => "Not allowed",
            StatusCode::CONFLICT => "Not possible at present",
            StatusCode::SERVICE_UNAVAILABLE => "Temporarily unavailable",
            StatusCode::INTERNAL_SERVER_ERROR => "Something went wrong",
            _ => "This could not be done",
        };
        let mut letters = self.message.chars();
        let message = letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
        page_with(self.status, &Shown { frame: Frame::bare(), title, message })
    }
}

/// What is at no address.
pub(super) async fn no_such_page() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, "there is no such page")
}
