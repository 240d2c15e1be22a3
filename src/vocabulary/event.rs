use super::coded;

coded! {
    /// What happens to a creator of which they may be told by a mail of its own.
    pub enum Event {
        /// They were entered in the table of creators.
        Invited = "invited",
        /// They were paid.
        PayoutSent = "payout_sent",
        /// A payment to them failed, or came back.
        PayoutFailed = "payout_failed",
        /// A batch was drafted without them, though they have something to their credit.
        PayoutSkipped = "payout_skipped",
        /// They are paid to another account.
        DetailsChanged = "details_changed",
        /// They reached a tier.
        TierReached = "tier_reached",
        /// A code or a link became theirs.
        CodeIssued = "code_issued",
        /// What the program agrees with them changed.
        TermsChanged = "terms_changed",
        /// The buyer of an order that was credited to them disputes its payment.
        DisputeOpened = "dispute_opened",
        /// That ended.
        DisputeClosed = "dispute_closed",
    }
}
