//! The pages: what finance sees, decides and exports, in a browser.
//!
//! A page holds no rules. It asks [`crate::app`] as the command line does, under the name of who is signed in, and shows what comes
//! back. All of it works without JavaScript; htmx only saves reloading.
//!
//! - [`Web`] is what every handler is given: the open database, the programs of the server's last tick, the clock.
//! - [`SignedIn`] is an argument of every handler but that of signing in: without a session, the handler never runs. `signed.at(&web)?`
//!   is the environment in which the user prepares (proposes, holds); `signed.confirmed(&web, code)?` the one in which they decide, with
//!   the code of their second factor that came with the form. A decision in the former is refused by `app`, whatever a page forgets.
//! - [`Failure`] is what handlers fail with: `?` makes it of any error, its status follows from [`crate::error::kind_of`], and what is
//!   internal goes to the log under a reference that the page shows.
//! - [`Frame`] is what is around a page: navigation, program, user. A screen is a file in `screens/` with its template in
//!   `templates/`, which extends `layout.html` and has a field `frame: Frame`; `page::page` makes the answer. Each form has
//!   `<input type="hidden" name="csrf" value="{{ frame.csrf }}">`, or it is refused.
//! - `guard.rs` stands before all handlers: where a form comes from, what it may weigh, how long it may take, and the headers of every
//!   answer. The content policy forbids inline scripts and styles, `style` attributes among them: classes, and attributes of SVG, are allowed.
//! - [`Fields`] are the fields of a form that was sent, files among them, for handlers that take them without a type of their own.
//!
//! To add a screen: a file in `screens/` with `pub(super) fn routes() -> Router<Web>`, a line in `screens/mod.rs`, its template.
//!
//! Cookies are `Secure` and named `__Host-…` unless the browser asked for this very machine (localhost) by plain http. They are `SameSite=Lax`:
//! with `Strict`, a link in a mail would lead to the sign-in although somebody is signed in, and what changes something needs more
//! than a cookie anyway.

mod assets;
mod connections;
mod failure;
mod fields;
mod frame;
mod guard;
mod page;
mod screens;
mod signed_in;
mod state;
mod time;

use axum::Router;
use axum::middleware::from_fn;

pub use connections::serve;
pub use failure::Failure;
pub use fields::Fields;
pub use frame::{Frame, Linked, Place, escaped};
pub use signed_in::SignedIn;
pub use state::Web;

/// All pages.
pub fn router(web: Web) -> Router {
    screens::routes().merge(assets::routes()).fallback(failure::no_such_page).with_state(web).layer(from_fn(guard::guard))
}
