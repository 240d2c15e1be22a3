use crate::ledger::{Account, Particulars};
use crate::vocabulary::Kind;

/// The five classes of accounts, of which purser knows four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Assets,
    Liabilities,
    Equity,
    Expenses,
}

/// Whose account it is, where a program has several of the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner<'a> {
    Nobody,
    Creator(&'a str),
    Batch(&'a str),
}

/// Where one side of a transfer stands in a brand's books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place<'a> {
    pub class: Class,
    /// Small letters, digits and dashes.
    pub name: String,
    pub owner: Owner<'a>,
}

impl<'a> Place<'a> {
    /// Where an account of a transfer about this stands.
    pub(super) fn of(account: Account, about: &'a Particulars) -> Self {
        let (class, owner) = match account {
            Account::Expense | Account::BankFees | Account::Exchange => (Class::Expenses, Owner::Nobody),
            Account::Pending | Account::Payable | Account::Reserved => (Class::Liabilities, Owner::Creator(&about.creator_id)),
            Account::Clearing => (Class::Liabilities, Owner::Batch(&about.order_id)),
            Account::Cash | Account::Bank => (Class::Assets, Owner::Nobody),
            // Opening balances are neither earned nor owed.
            Account::Opening => (Class::Equity, Owner::Nobody),
        };
        Self { class, name: plain(name_of(account, about.kind)), owner }
    }
}

/// What an account is called where a transfer is of this kind: expenses by what they are for.
pub(super) fn name_of(account: Account, kind: Kind) -> &'static str {
    if account == Account::Expense { spent_on(kind) } else { account.code() }
}

/// What money of a kind of transfer is spent on.
fn spent_on(kind: Kind) -> &'static str {
    match kind {
        _ if kind.is_commission() => "commission",
        _ if kind.is_bonus() => "bonus",
        other => other.code(),
    }
}

/// The ledger's own words, such as `write_off`, as every format can spell them.
fn plain(word: &str) -> String {
    word.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}
