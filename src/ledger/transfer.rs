use crate::posting::{Movement, Owed, What};

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
}

impl Account {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Expense, Self::Opening, Self::Pending, Self::Payable, Self::Reserved, Self::Clearing, Self::Cash];

    /// The account of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|account| account.name() == name)
    }

    /// The name in the books.
    pub fn name(self) -> &'static str {
        match self {
            Self::Expense => "expense",
            Self::Opening => "opening",
            Self::Pending => "pending",
            Self::Payable => "payable",
            Self::Reserved => "reserved",
            Self::Clearing => "clearing",
            Self::Cash => "cash",
        }
    }
}

/// A positive amount from one account to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer<'a> {
    /// The kind of target, or `batch`, `adjustment`, `write_off`, `opening`.
    pub kind: &'a str,
    /// Order, period, fee, batch, or proposal.
    pub order_id: &'a str,
    /// Line, or empty.
    pub line_id: &'a str,
    /// Whose accounts.
    pub creator_id: &'a str,
    /// Tells bonuses apart.
    pub detail: &'a str,
    /// How many transfers the key had before.
    pub revision: i64,
    /// Where it comes from.
    pub source: Account,
    /// Where it goes.
    pub target: Account,
    /// Above zero, in minor units of the program's currency.
    pub amount: i64,
    /// The local day it belongs to (days since 1970).
    pub effective_day: i32,
    /// Why: in a word or two, or the reason that a person gave.
    pub why: &'a str,
    /// What it pays under.
    pub rule: &'a str,
    /// What it was computed from, in minor units.
    pub base: i64,
    /// The evidence.
    pub touch: &'a str,
}

impl<'a> From<&Self> for Transfer<'a> {
    fn from(transfer: &Self) -> Self {
        *transfer
    }
}

impl<'a> From<&Movement<'a>> for Transfer<'a> {
    fn from(movement: &Movement<'a>) -> Self {
        let account = |owed: Owed| match owed {
            Owed::Pending => Account::Pending,
            Owed::Payable => Account::Payable,
        };
        let (source, target) = match movement.what {
            What::Earn(to) => (Account::Expense, account(to)),
            What::Claw(from) => (account(from), Account::Expense),
            What::Move(from, to) => (account(from), account(to)),
        };
        Self {
            kind: movement.kind,
            order_id: movement.order_id,
            line_id: movement.line_id,
            creator_id: movement.creator_id,
            detail: movement.detail,
            revision: movement.revision,
            source,
            target,
            amount: movement.amount,
            effective_day: movement.effective_day,
            why: movement.why.word(),
            rule: movement.rule,
            base: movement.base,
            touch: movement.touch,
        }
    }
}

/// What a creator is owed and was paid, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// On hold.
    pub pending: i64,
    /// Due; negative after a clawback of paid money.
    pub payable: i64,
    /// In a batch.
    pub reserved: i64,
    /// Settled, less what came back.
    pub paid: i64,
}

impl Balance {
    /// Both together.
    ///
    /// # Errors
    ///
    /// When a sum cannot be kept exactly.
    pub fn plus(self, other: Self) -> Result<Self, crate::money::Overflow> {
        let add = |a: i64, b: i64| a.checked_add(b).ok_or(crate::money::Overflow);
        Ok(Self {
            pending: add(self.pending, other.pending)?,
            payable: add(self.payable, other.payable)?,
            reserved: add(self.reserved, other.reserved)?,
            paid: add(self.paid, other.paid)?,
        })
    }

    /// Books one side of a transfer.
    pub(super) fn book(&mut self, account: Account, amount: i64) -> Result<(), crate::money::Overflow> {
        let side = match account {
            Account::Pending => &mut self.pending,
            Account::Payable => &mut self.payable,
            Account::Reserved => &mut self.reserved,
            Account::Cash => &mut self.paid,
            Account::Expense | Account::Opening | Account::Clearing => return Ok(()),
        };
        *side = side.checked_add(amount).ok_or(crate::money::Overflow)?;
        Ok(())
    }
}
