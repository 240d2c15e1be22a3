use super::coded::coded;

coded! {
    /// What money is for: the first part of a target's key, and of a transfer's.
    ///
    /// The first seven are targets, which a reconciliation computes. The others are transfers that people decide on, or
    /// that carry out a payment.
    pub enum Kind {
        /// Commission on an order that a click on a creator's link won.
        Link = "link",
        /// Commission on an order that a creator's code won.
        Code = "code",
        /// Commission on an order that a customer lock won.
        Lock = "lock",
        /// Commission on an order that a person gave to a creator.
        Credit = "credit",
        /// A bonus for a customer's first order.
        BonusNewCustomer = "bonus_new_customer",
        /// A bonus for a creator's net sales in a period.
        BonusNetSales = "bonus_net_sales",
        /// A fixed amount for a deliverable.
        Fee = "fee",
        /// A signed amount that two people agreed on.
        Adjustment = "adjustment",
        /// A debt that two people gave up.
        WriteOff = "write_off",
        /// What was owed before the ledger began.
        Opening = "opening",
        /// A line of a payout batch.
        Batch = "batch",
        /// What a bank took for a payment.
        BankFee = "bank_fee",
        /// What exchanging a payment cost, or gave.
        ExchangeDifference = "exchange_difference",
    }
}

impl Kind {
    /// Whether it is commission on an order, as opposed to bonuses, fees and what people decide.
    pub const fn is_commission(self) -> bool {
        matches!(self, Self::Link | Self::Code | Self::Lock | Self::Credit)
    }

    /// Whether it is a bonus.
    pub const fn is_bonus(self) -> bool {
        matches!(self, Self::BonusNewCustomer | Self::BonusNetSales)
    }
}
