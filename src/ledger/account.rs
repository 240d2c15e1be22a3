/// An account of a program's books. Those of creators are each creator's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// What the brand spends.
    Expense,
    /// What was owed before the ledger began: equity.
    Opening,
    /// Owed to a creator, on hold.
    Pending,
    /// Owed to a creator, due.
    Payable,
    /// Set aside for a creator in a batch.
    Reserved,
    /// On its way out in a batch; returns to zero.
    Clearing,
    /// Paid.
    Cash,
    /// What banks take for payments.
    BankFees,
    /// What exchanging payments cost, or gave.
    Exchange,
    /// What banks took or gave beside payments. It is apart from what creators were paid.
    Bank,
}

impl Account {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Expense,
        Self::Opening,
        Self::Pending,
        Self::Payable,
        Self::Reserved,
        Self::Clearing,
        Self::Cash,
        Self::BankFees,
        Self::Exchange,
        Self::Bank,
    ];

    /// The account of this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|account| account.code() == code)
    }

    /// The one spelling, in the books and the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Expense => "expense",
            Self::Opening => "opening",
            Self::Pending => "pending",
            Self::Payable => "payable",
            Self::Reserved => "reserved",
            Self::Clearing => "clearing",
            Self::Cash => "cash",
            Self::BankFees => "bank_fees",
            Self::Exchange => "exchange",
            Self::Bank => "bank",
        }
    }
}
