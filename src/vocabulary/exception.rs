use super::coded::coded;

coded! {
    /// What couldn't be used as it is (`RULES.md`, section 15). Each names its subject: an order, a refund, a fee or a
    /// manual credit.
    pub enum ExceptionKind {
        /// An order has no line.
        NoLines = "no_lines",
        /// A line of an order has a net amount below zero.
        NegativeAmount = "negative_amount",
        /// There is no exchange rate for an order.
        NoFxRate = "no_fx_rate",
        /// An order's refunds are more than its goods, or name a line it doesn't have.
        OverRefund = "over_refund",
        /// A refund names an order that can't be seen.
        RefundWithoutOrder = "refund_without_order",
        /// A dispute names an order that can't be seen.
        DisputeWithoutOrder = "dispute_without_order",
        /// A fee names a creator who isn't in the table.
        FeeWithoutCreator = "fee_without_creator",
        /// A manual credit names a creator who isn't in the table.
        CreditWithoutCreator = "credit_without_creator",
    }
}
