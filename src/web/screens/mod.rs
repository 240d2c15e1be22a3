//! The screens, a file each with its template. Each has its routes; they are put together here.

mod account;
mod sign_in;
mod start;
mod users;

use axum::Router;

use super::Web;

pub(super) fn routes() -> Router<Web> {
    Router::new().merge(start::routes()).merge(sign_in::routes()).merge(account::routes()).merge(users::routes())
}
