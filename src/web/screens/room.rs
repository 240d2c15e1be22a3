//! What the screens of one program have in common: where they look, and where their parts are.

use std::sync::Arc;

use crate::app::{Environment, Particulars, title_of};
use crate::program::Program;
use crate::web::page::{Frame, Place};
use crate::web::{Failure, SignedIn, Web, escaped};

/// A program, as somebody who is signed in looks at it.
pub(super) struct Room {
    pub at: Environment,
    pub program: Arc<Program>,
    pub frame: Frame,
}

impl Room {
    /// Enters a program's pages.
    pub(super) fn enter(web: &Web, signed: &SignedIn, id: &str, place: Place) -> Result<Self, Failure> {
        let program = web.program(id)?;
        let frame = Frame::new(web, signed, Some(&program), place);
        Ok(Self { at: signed.at(web)?, program, frame })
    }

    pub(super) fn to(&self, page: &str) -> String {
        path(&self.program, page)
    }

    pub(super) fn batch(&self, batch_id: &str) -> String {
        batch(&self.program, batch_id)
    }

    pub(super) fn creator(&self, creator_id: &str) -> String {
        creator(&self.program, creator_id)
    }

    /// The page of a creator's line of a batch.
    pub(super) fn line(&self, batch_id: &str, creator_id: &str) -> String {
        format!("{}/line?creator={}", self.batch(batch_id), escaped(creator_id))
    }

    pub(super) fn order(&self, order_id: &str) -> String {
        format!("{}?id={}", self.to("order"), escaped(order_id))
    }

    /// What a transfer is about in words, and where there is more about it; `amount` is how it changes what is owed.
    pub(super) fn about(&self, about: &Particulars, amount: i64) -> (String, Option<String>) {
        let is_order = about.kind.is_commission() || about.kind.code() == "bonus_new_customer";
        let to = match about.kind.code() {
            _ if is_order => Some(self.order(&about.order_id)),
            "batch" => Some(self.batch(&about.order_id)),
            "adjustment" | "write_off" | "opening" => Some(self.to("proposals")),
            _ => None,
        };
        (title_of(about, amount), to)
    }
}

/// A page of a program.
pub(super) fn path(program: &Program, page: &str) -> String {
    format!("/programs/{}/{page}", escaped(&program.id))
}

/// The page of a batch.
pub(super) fn batch(program: &Program, batch_id: &str) -> String {
    format!("{}/{}", path(program, "batches"), escaped(batch_id))
}

/// The page of a creator. Ids are the brand's, and may hold anything: so they are no part of the path.
pub(super) fn creator(program: &Program, creator_id: &str) -> String {
    format!("{}?id={}", path(program, "creator"), escaped(creator_id))
}
