//! What is looked at to find out what happened.

use std::collections::BTreeMap;

use crate::program::Program;
use crate::statement::addressee::Addressees;
use crate::statement::tier::TiersReached;

/// A link or a code that has an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    /// Whose it is.
    pub creator_id: String,
    /// The key in the link; or the code, as customers type it.
    pub key: String,
    /// Whether it is a code.
    pub is_code: bool,
}

/// A dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disputed {
    /// The shop's id.
    pub dispute_id: String,
    /// The order.
    pub order_id: String,
    /// How it ended: `won`, `lost`; empty while it is open.
    pub outcome: String,
}

/// What is seen at the end of a run, beside the journal; of what no event is switched on for, nothing.
pub struct Seen<'a> {
    /// The program, with the rates that were agreed with single creators.
    pub program: &'a Program,
    /// As of when (microseconds since 1970).
    pub as_of: i64,
    /// The creators.
    pub addressees: &'a Addressees,
    /// Links and codes that have an owner now.
    pub owned: &'a [Owned],
    /// The disputes that were opened by now.
    pub disputes: &'a [Disputed],
    /// How far creators have come in their tiers.
    pub tiers: &'a TiersReached,
    /// Of each creator who is paid somewhere, a fingerprint of the details, and the account, masked; none where that is not known now.
    pub details: Option<&'a BTreeMap<String, (String, String)>>,
}
