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

impl ExceptionKind {
    /// What is the matter, as people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoLines => "order without lines",
            Self::NegativeAmount => "negative amount on a line",
            Self::NoFxRate => "no exchange rate",
            Self::OverRefund => "refunds exceed the order",
            Self::RefundWithoutOrder => "refund of an unknown order",
            Self::DisputeWithoutOrder => "dispute of an unknown order",
            Self::FeeWithoutCreator => "fee for an unknown creator",
            Self::CreditWithoutCreator => "manual credit for an unknown creator",
        }
    }

    /// What to do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::NoLines => "Export its lines, or mark it as test or cancelled.",
            Self::NegativeAmount => "Put the discount on the lines; write money given back as a refund.",
            Self::NoFxRate => "Add a rate dated on the order's local day or up to seven days before.",
            Self::OverRefund => "Take shipping and tax out of its refunds, or correct the line that they name.",
            Self::RefundWithoutOrder => "Export the order too, or leave the refund out.",
            Self::DisputeWithoutOrder => "Export the order too, or leave the dispute out.",
            Self::FeeWithoutCreator => "Add the creator, or correct the id.",
            Self::CreditWithoutCreator => "Add the creator, or withdraw the credit.",
        }
    }
}
