//! What the creator's page shows of payment holds.

use super::room::Room;
use crate::app::{Hold, HoldKind, held_words};

/// A hold that stands.
pub(super) struct Standing {
    pub code: &'static str,
    pub words: String,
}

/// The holds on payments to a creator, and where they are changed.
pub(super) struct Holds {
    pub standing: Vec<Standing>,
    /// What somebody may hold payments for: its code, and in words.
    pub kinds: Vec<(&'static str, &'static str)>,
    pub path: String,
}

impl Holds {
    pub(super) fn of(room: &Room, holds: &[Hold]) -> Self {
        let standing = |hold: &Hold| Standing { code: hold.kind.code(), words: held_words(&room.program, hold) };
        Self {
            standing: holds.iter().map(standing).collect(),
            kinds: HoldKind::ALL.iter().map(|kind| (kind.code(), kind.words())).collect(),
            path: room.to("creator"),
        }
    }
}

/// What was done about a creator's holds, as the address of the page says it.
pub(super) fn done_words(done: &str) -> &'static str {
    match done {
        "hold" => "Payments are on hold. Commissions go on accruing; a draft that has a line of theirs is not approved.",
        "release" => "The hold is released: the next payout run drafts what is due.",
        _ => "",
    }
}
