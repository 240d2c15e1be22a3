use crate::ledger::JournalTransfer;

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
    /// Where an account that a transfer names stands.
    pub(super) fn of(account: &str, transfer: &'a JournalTransfer) -> Self {
        let (class, name, owner) = match account {
            "expense" => (Class::Expenses, spent_on(&transfer.kind), Owner::Nobody),
            "pending" | "payable" | "reserved" => (Class::Liabilities, account, Owner::Creator(&transfer.creator_id)),
            "clearing" => (Class::Liabilities, account, Owner::Batch(&transfer.order_id)),
            "cash" => (Class::Assets, account, Owner::Nobody),
            // Opening balances and differences are neither earned nor owed.
            _ => (Class::Equity, account, Owner::Nobody),
        };
        Self { class, name: plain(name), owner }
    }
}

/// What money of a kind of transfer is spent on.
fn spent_on(kind: &str) -> &str {
    match kind {
        "link" | "code" | "lock" | "credit" => "commission",
        "bonus_new_customer" | "bonus_net_sales" => "bonus",
        other => other,
    }
}

/// The ledger's own words, such as `write_off`, as every format can spell them.
fn plain(word: &str) -> String {
    word.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}
