use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::state::BatchState;
use crate::ledger::{Account, Posted, Transfer};
use crate::vocabulary::{Reason, coded};

coded! {
    /// Where the money of a batch's line is, as the line's transfers say.
    pub enum LineState {
        /// Set aside for the payment.
        Reserved = "reserved",
        /// Taken out of its draft; the money went back to payable.
        Withheld = "withheld",
        /// Somebody said at the settlement that its payment failed; it stays set aside until that is decided.
        InQuestion = "in_question",
        /// Paid.
        Paid = "paid",
        /// The payment failed; the money went back to payable.
        Failed = "failed",
        /// The payment was made and came back; so did the money, to payable.
        Returned = "returned",
        /// The batch was rejected or voided; the money went back to payable.
        Released = "released",
    }
}

impl LineState {
    /// As a sentence has it.
    pub fn words(self) -> &'static str {
        match self {
            Self::InQuestion => "unresolved",
            other => other.code(),
        }
    }

    fn after(transfer: &Transfer) -> Result<Self> {
        Ok(match (transfer.source, transfer.target, transfer.about.reason) {
            (Account::Payable, Account::Reserved, _) => Self::Reserved,
            (Account::Clearing, Account::Cash, _) => Self::Paid,
            (Account::Clearing, Account::Payable, _) => Self::Returned,
            (Account::Reserved, Account::Payable, Reason::Failed) => Self::Failed,
            (Account::Reserved, Account::Payable, Reason::Withheld) => Self::Withheld,
            (Account::Reserved, Account::Payable, _) => Self::Released,
            (source, target, _) => bail!(
                "the last transfer of a batch's line goes from {} to {}, which none does; verify the ledger",
                source.code(),
                target.code()
            ),
        })
    }
}

/// The state of each creator's line, from the state of a batch and its transfers by creator and revision: what the last one
/// of each says.
pub(super) fn line_states(batch: BatchState, transfers: &[Posted]) -> Result<BTreeMap<String, LineState>> {
    let last: BTreeMap<&str, &Transfer> =
        transfers.iter().map(|posted| (posted.transfer.about.creator_id.as_str(), &posted.transfer)).collect();
    let state = |transfer| -> Result<LineState> {
        Ok(match (LineState::after(transfer)?, batch) {
            (LineState::Reserved, BatchState::Settled) => LineState::InQuestion,
            (state, _) => state,
        })
    };
    last.into_iter().map(|(creator, transfer)| Ok((creator.to_owned(), state(transfer)?))).collect()
}
