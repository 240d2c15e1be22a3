use super::coded::coded;

coded! {
    /// Why money moves. It stands on each transfer.
    pub enum Reason {
        /// An order was credited.
        Sale = "sale",
        /// A bonus was earned.
        Bonus = "bonus",
        /// A fee fell due.
        Fee = "fee",
        /// A refund changed what is left to earn on.
        Refund = "refund",
        /// The order was cancelled, or is no longer paid.
        Cancelled = "cancelled",
        /// Progress moved in the tiers, or a cap took effect.
        Progress = "progress",
        /// A fee that was owed has another amount, creator or due date.
        FeeChanged = "fee_changed",
        /// The exchange rate of the order's day was added, corrected or removed.
        ExchangeChanged = "exchange_changed",
        /// The order itself was edited.
        OrderChanged = "order_changed",
        /// Credit went to somebody else, or to nobody.
        Reattributed = "reattributed",
        /// What was taken back of an order is owed again.
        Reinstated = "reinstated",
        /// A bonus or a fee is no longer owed.
        Withdrawn = "withdrawn",
        /// The program file changed, or a table that says who owns what, and what was decided by it with them.
        Restated = "restated",
        /// The hold ended.
        Released = "released",
        /// The hold began again.
        HeldAgain = "held_again",
        /// The order, or all its lines, are missing from the source data.
        Vanished = "vanished",
        /// A batch was drafted.
        Reserved = "reserved",
        /// The line was taken out of a draft.
        Withheld = "withheld",
        /// The line was put back into its draft.
        Restored = "restored",
        /// The batch was rejected.
        Rejected = "rejected",
        /// The payment failed.
        Failed = "failed",
        /// The payment was made.
        Settled = "settled",
        /// The payment was made and came back.
        Returned = "returned",
        /// The batch was voided: exported, but not paid.
        Voided = "voided",
        /// Two people agreed on an adjustment; what they wrote stands in the entry that proposed it.
        Adjusted = "adjusted",
        /// Two people wrote a debt off; what they wrote stands in the entry that proposed it.
        WrittenOff = "written_off",
        /// Two people took over a balance from before the ledger; what they wrote stands in the entry that proposed it.
        TakenOver = "taken_over",
        /// A bank took it for a payment, or gave it.
        Charged = "charged",
    }
}

impl Reason {
    /// As people read it, in lower case.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Progress => "tier or cap adjustment",
            Self::FeeChanged => "fee changed",
            Self::ExchangeChanged => "exchange rate changed",
            Self::OrderChanged => "order changed",
            Self::HeldAgain => "put back on hold",
            Self::Vanished => "order no longer in the shop's data",
            Self::WrittenOff => "written off",
            Self::TakenOver => "brought forward",
            Self::Withdrawn => "reversed",
            Self::Settled => "paid",
            Self::Charged => "charged by the bank",
            other => other.code(),
        }
    }
}
