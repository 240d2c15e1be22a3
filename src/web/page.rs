//! What a screen makes its page of.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::failure::Failure;

pub(super) use super::frame::page_with;
pub use super::frame::{Frame, Place, escaped};

/// The answer that a template makes.
pub(super) fn page(template: &impl Template) -> Result<Response, Failure> {
    Ok(page_with(StatusCode::OK, template))
}
