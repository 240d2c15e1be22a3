//! The screens, a file each with its template. Each has its routes; they are put together here.
//!
//! Four of them are what finance works with: what needs me (`start.rs`), a batch (`batch*.rs`), a creator (`creator.rs`), the books
//! (`books.rs`); around them stand lists, exceptions, proposals, and the explanation of an order. Every table is a [`table::Table`]: it
//! is searched, sorted and leafed through by its address, and is a file for spreadsheets by the same address (`download.rs`).
//! `room.rs` knows where things are, `words.rs` how amounts and times are written.

mod account;
mod batch;
mod batch_acts;
mod batch_bank;
mod batch_change;
mod batch_choices;
mod batch_funds;
mod batch_head;
mod batch_line;
mod batch_looked;
mod batch_money;
mod batches;
mod books;
mod creator;
mod creator_holds;
mod creators;
mod download;
mod exceptions;
mod holds_panel;
mod order;
mod proposals;
mod room;
mod sign_in;
mod start;
mod table;
mod users;
mod words;

use axum::Router;

use super::state::Web;

pub(super) fn routes() -> Router<Web> {
    let all = [
        start::routes(),
        batches::routes(),
        batch::routes(),
        batch_acts::routes(),
        batch_bank::routes(),
        batch_change::routes(),
        batch_funds::routes(),
        batch_line::routes(),
        creators::routes(),
        creator::routes(),
        creator_holds::routes(),
        order::routes(),
        books::routes(),
        exceptions::routes(),
        proposals::routes(),
        sign_in::routes(),
        account::routes(),
        users::routes(),
    ];
    all.into_iter().fold(Router::new(), Router::merge)
}
