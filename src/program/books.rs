//! `[books]`: what the accounts of the ledger are called in an accounting program.

use std::collections::BTreeMap;

use super::keys::{Key, keys};
use super::reader::Section;
use super::values::count;

keys! {
    EXPENSE = "books.accounts" "expense", "account", "none", "What is spent on creators, where no account of its own is given below.";
    COMMISSION = "books.accounts" "commission", "account", "expense", "Commission on orders.";
    BONUS = "books.accounts" "bonus", "account", "expense", "Bonuses.";
    FEE = "books.accounts" "fee", "account", "expense", "Fees for deliverables.";
    ADJUSTMENT = "books.accounts" "adjustment", "account", "expense", "Corrections that two people agreed on.";
    WRITE_OFF = "books.accounts" "write_off", "account", "expense", "Debts that were written off.";
    LIABILITY = "books.accounts" "liability", "account", "none", "What is owed to creators, where no account of its own is given below.";
    PENDING = "books.accounts" "pending", "account", "liability", "What is on hold: accrued commission.";
    PAYABLE = "books.accounts" "payable", "account", "liability", "What is due.";
    RESERVED = "books.accounts" "reserved", "account", "liability", "What is in a batch.";
    CASH = "books.accounts" "cash", "account", "none", "The account from which is paid.";
    CLEARING = "books.accounts" "clearing", "account", "cash", "What is on its way out. It is empty after each settlement.";
    BANK_FEES = "books.accounts" "bank_fees", "account", "expense", "What banks take for payments.";
    EXCHANGE = "books.accounts" "exchange", "account", "expense", "What exchanging payments cost, or gave.";
    BANK = "books.accounts" "bank", "account", "cash", "What banks took or gave beside payments.";
    OPENING = "books.accounts" "opening", "account", "none", "Equity: what was owed before the ledger began.";
    TAX_RATE = "books.xero" "tax_rate", "text", "Tax Exempt", "The tax rate of each line, as Xero calls it.";
    CONSULTANT = "books.datev" "consultant", "number", "required", "The number of the tax consultant (Beraternummer).";
    CLIENT = "books.datev" "client", "number", "required", "The number of the client there (Mandantennummer).";
    FISCAL_YEAR = "books.datev" "fiscal_year", "month, 1 to 12", "1", "The month in which the fiscal year begins.";
    DIGITS = "books.datev" "account_digits", "4 to 8", "4", "How many digits the accounts have (Sachkontenlänge).";
}

/// The keys that name accounts, each with the one that stands for it where it is not given.
const ACCOUNTS: [(&Key, Option<&Key>); 16] = [
    (&EXPENSE, None),
    (&COMMISSION, Some(&EXPENSE)),
    (&BONUS, Some(&EXPENSE)),
    (&FEE, Some(&EXPENSE)),
    (&ADJUSTMENT, Some(&EXPENSE)),
    (&WRITE_OFF, Some(&EXPENSE)),
    (&LIABILITY, None),
    (&PENDING, Some(&LIABILITY)),
    (&PAYABLE, Some(&LIABILITY)),
    (&RESERVED, Some(&LIABILITY)),
    (&CASH, None),
    (&CLEARING, Some(&CASH)),
    (&BANK_FEES, Some(&EXPENSE)),
    (&EXCHANGE, Some(&EXPENSE)),
    (&BANK, Some(&CASH)),
    (&OPENING, None),
];

/// `[books]`: the accounts of an accounting program, and what its files say besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chart {
    /// By key.
    accounts: BTreeMap<&'static str, String>,
    /// What Xero calls the tax rate of each line.
    pub tax_rate: String,
    /// Who gets files for DATEV; none where the program file does not say.
    pub datev: Option<Datev>,
}

/// `[books.datev]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Datev {
    /// The number of the tax consultant.
    pub consultant: i64,
    /// The number of the client there.
    pub client: i64,
    /// The month in which the fiscal year begins, from 1.
    pub fiscal_year: i64,
    /// How many digits accounts have.
    pub digits: i64,
}

impl Chart {
    /// The account that stands for one of the ledger's, which is called as the key is.
    ///
    /// # Errors
    ///
    /// The keys that could say so, where none does.
    pub fn account(&self, name: &str) -> Result<&str, String> {
        let (own, instead) = ACCOUNTS.into_iter().find(|(key, _)| key.name == name).ok_or_else(|| name.to_owned())?;
        let named = |key: &Key| self.accounts.get(key.name).map(String::as_str);
        named(own).or_else(|| named(instead?)).ok_or_else(|| match instead {
            Some(instead) => format!("`{}` or `{}`", own.name, instead.name),
            None => format!("`{}`", own.name),
        })
    }

    /// Reads the sections within `[books]`.
    pub(super) fn read(books: &Section<'_>) -> Self {
        let mut chart = Self { tax_rate: "Tax Exempt".to_owned(), ..Self::default() };
        for (name, section) in books.each_nested(&["books.accounts", "books.xero", "books.datev"]) {
            match name {
                "books.accounts" => {
                    let named = |(key, _): (&'static Key, _)| Some((key.name, section.read(key, plain)?));
                    chart.accounts = ACCOUNTS.into_iter().filter_map(named).collect();
                }
                "books.xero" => chart.tax_rate = section.read(&TAX_RATE, plain).unwrap_or(chart.tax_rate),
                _ => chart.datev = Datev::read(&section),
            }
        }
        chart
    }
}

impl Datev {
    fn read(section: &Section<'_>) -> Option<Self> {
        let consultant = section.required(&CONSULTANT, |text| between(text, 1_001, 9_999_999));
        let client = section.required(&CLIENT, |text| between(text, 1, 99_999));
        let fiscal_year = section.read(&FISCAL_YEAR, |text| between(text, 1, 12)).unwrap_or(1);
        let digits = section.read(&DIGITS, |text| between(text, 4, 8)).unwrap_or(4);
        Some(Self { consultant: consultant?, client: client?, fiscal_year, digits })
    }
}

fn between(text: &str, least: i64, most: i64) -> Result<i64, String> {
    match count(text)? {
        number if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("is not between {least} and {most}")),
    }
}

/// A text on one line.
fn plain(text: &str) -> Result<String, String> {
    let text = text.trim();
    match text.is_empty() || text.len() > 100 || text.chars().any(char::is_control) {
        true => Err("is not a text of 1 to 100 characters on one line".to_owned()),
        false => Ok(text.to_owned()),
    }
}
