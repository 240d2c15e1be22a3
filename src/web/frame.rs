//! What is around every page, and the answer that a template makes.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::app::{Act, Role, User};
use crate::program::Program;

/// Where in the navigation a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// What needs me.
    Start,
    /// Batches, and each batch.
    Batches,
    /// Creators, and each creator.
    Creators,
    /// The books.
    Books,
    /// Who may use purser.
    Users,
    /// One's own account.
    Account,
    /// None of them.
    Elsewhere,
}

/// A program in the navigation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Linked {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Where its pages are: `/programs/ID`.
    pub path: String,
}

impl Linked {
    pub(super) fn of(program: &Program) -> Self {
        Self { id: program.id.clone(), name: program.name.clone(), path: format!("/programs/{}", escaped(&program.id)) }
    }
}

/// A text as a part of an address.
pub fn escaped(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// What is around a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Who is signed in.
    pub user: Option<User>,
    /// What every form holds in a hidden field `csrf`.
    pub csrf: String,
    /// All programs.
    pub programs: Vec<Linked>,
    /// The program that the page is about, or the first one; none where there is no program.
    pub program: Option<Linked>,
    pub(super) place: Place,
}

impl Frame {
    /// Around a page of nobody.
    pub fn bare() -> Self {
        Self { user: None, csrf: String::new(), programs: Vec::new(), program: None, place: Place::Elsewhere }
    }

    /// Whether the page is there: for `aria-current`.
    pub fn is_at(&self, place: Place) -> bool {
        self.place == place
    }

    /// Whether who is signed in may prepare: propose, hold, note.
    pub fn may_prepare(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.role.may(Act::Prepare))
    }

    /// Whether who is signed in may decide: approve, reject, export, settle.
    pub fn may_decide(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.role.may(Act::Decide))
    }

    /// Whether who is signed in manages users.
    pub fn is_admin(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.role == Role::Admin)
    }
}

/// The answer that a template makes, with a status.
pub(in crate::web) fn page_with(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!("a page could not be written: {error}");
            (StatusCode::INTERNAL_SERVER_ERROR, "the page could not be written; the log says why\n").into_response()
        }
    }
}
