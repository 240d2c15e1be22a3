use serde::{Deserialize, Serialize};

use super::account::Account;
use crate::vocabulary::{Kind, Reason};

/// What a transfer is about: the key of what it pays, the evidence, and why it moves. The texts are owned, or borrowed from
/// the frames that a reconciliation compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Particulars<T = String> {
    /// What the money is for.
    pub kind: Kind,
    /// Order, period, fee, batch, or proposal.
    pub order_id: T,
    /// Line, or empty.
    pub line_id: T,
    /// Whose accounts.
    pub creator_id: T,
    /// Tells bonuses of one order or period apart.
    pub detail: T,
    /// The local day it belongs to (days since 1970).
    pub effective_day: i32,
    /// Why it moves.
    #[serde(rename = "why")]
    pub reason: Reason,
    /// What it pays under: the code of a rule (see [`crate::vocabulary::rule_words`]), or empty.
    pub rule: T,
    /// What it was computed from, in minor units.
    pub base: i64,
    /// The evidence: a click, a code, an order, a credit's id, or empty.
    pub touch: T,
}

/// A positive amount from one account to another. Its id is the key of what it is about and its revision: a repeat is refused
/// by the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer<T = String> {
    /// What it is about.
    pub about: Particulars<T>,
    /// How many transfers the key had before.
    pub revision: i64,
    /// Where it comes from.
    pub source: Account,
    /// Where it goes.
    pub target: Account,
    /// Above zero, in minor units of the program's currency.
    pub amount: i64,
}

/// A transfer as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The entry that owns it.
    pub entry: i64,
    /// Its place among the entry's transfers, from 0.
    pub position: i64,
    /// The transfer.
    pub transfer: Transfer,
    /// What the person wrote who proposed it, where one did.
    pub note: String,
}

impl<'a> Particulars<&'a str> {
    /// What a movement of a creator's balance is about: a batch or a proposal, and no order line, rule or touch.
    pub const fn of_balance(kind: Kind, id: &'a str, creator_id: &'a str, effective_day: i32, reason: Reason) -> Self {
        Self { kind, order_id: id, line_id: "", creator_id, detail: "", effective_day, reason, rule: "", base: 0, touch: "" }
    }
}

impl<T: AsRef<str>> Particulars<T> {
    /// Order, line, creator and detail: with the kind, the key of what is paid.
    pub fn key(&self) -> [&str; 4] {
        [self.order_id.as_ref(), self.line_id.as_ref(), self.creator_id.as_ref(), self.detail.as_ref()]
    }
}

impl Posted {
    /// Why it was posted, for files: what a person wrote, where one did, else the reason's code.
    pub fn why(&self) -> &str {
        if self.note.is_empty() { self.transfer.about.reason.code() } else { &self.note }
    }
}
