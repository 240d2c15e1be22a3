//! `[payout.ach]` and the other rails: who pays, as its bank knows it.

use super::keys::{Key, keys};
use super::reader::Section;
use super::values::count;
use crate::money::{BankText, aba, bic, digits, iban};

keys! {
    ACH_NAME = "payout.ach" "company_name", "text", "required", "The name that payees read on their statement: 16 characters.";
    ACH_ID = "payout.ach" "company_id", "text", "required", "The company id that your bank gave you, often 1 and the tax number: up to 10 characters.";
    ACH_BANK = "payout.ach" "originating_routing", "routing number", "required", "The routing number of your bank: nine digits.";
    ACH_TO = "payout.ach" "destination_routing", "routing number", "originating_routing", "Who processes the file, where that is not your bank.";
    ACH_TO_NAME = "payout.ach" "destination_name", "text", "required", "Its name: up to 23 characters.";
    ACH_ORIGIN = "payout.ach" "origin", "text", "company_id", "The immediate origin, where your bank wants another than the company id: up to 10 characters.";
    ACH_CLASS = "payout.ach" "entry_class", "PPD | CCD", "PPD", "PPD pays people, CCD companies.";
    ACH_WHAT = "payout.ach" "description", "text", "PAYOUT", "What payees read: up to 10 characters. Wages have to say `PAYROLL`.";
    ACH_DAYS = "payout.ach" "days", "count", "1", "How many banking days after the export the payments are made.";
    SEPA_NAME = "payout.sepa" "company_name", "text", "required", "Your name at the bank: up to 70 characters.";
    SEPA_IBAN = "payout.sepa" "iban", "IBAN", "required", "The account from which is paid.";
    SEPA_BIC = "payout.sepa" "bic", "BIC", "none", "Its bank. Most banks do without.";
    SEPA_VERSION = "payout.sepa" "version", "09 | 03", "09", "The version of pain.001.001 that your bank takes.";
    SEPA_DAYS = "payout.sepa" "days", "count", "1", "How many banking days after the export the payments are made.";
    BACS_NAME = "payout.bacs" "company_name", "text", "required", "The name that payees read: up to 18 characters.";
    BACS_USER = "payout.bacs" "service_user_number", "digits", "required", "Your service user number: six digits.";
    BACS_SORT = "payout.bacs" "sort_code", "digits", "required", "The sort code of the account from which is paid: six digits.";
    BACS_ACCOUNT = "payout.bacs" "account", "digits", "required", "That account: eight digits.";
    BACS_DAYS = "payout.bacs" "days", "count", "1", "How many banking days after the export BACS processes the file; payees have the money a day later.";
    PAYPAL_NOTE = "payout.paypal" "note", "text", "none", "What payees read with the payment: up to 400 characters.";
    WISE_REFERENCE = "payout.wise" "reference", "text", "required", "What payees read with the payment: up to 10 characters.";
    WISE_RECEIVER = "payout.wise" "receiver", "person | institution", "person", "What payees are.";
}

/// Who pays, by rail; none where the program file has no section for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rails {
    /// `[payout.ach]`.
    pub ach: Option<Ach>,
    /// `[payout.sepa]`.
    pub sepa: Option<Sepa>,
    /// `[payout.bacs]`.
    pub bacs: Option<Bacs>,
    /// `[payout.paypal]`.
    pub paypal: Option<Paypal>,
    /// `[payout.wise]`.
    pub wise: Option<Wise>,
}

/// Who pays by ACH.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ach {
    /// The name payees read.
    pub company_name: String,
    /// The company's id at its bank.
    pub company_id: String,
    /// The bank's routing number.
    pub originating_routing: String,
    /// The routing number of who processes the file.
    pub destination_routing: String,
    /// Its name.
    pub destination_name: String,
    /// The immediate origin.
    pub origin: String,
    /// `PPD` or `CCD`.
    pub entry_class: &'static str,
    /// What payees read.
    pub description: String,
    /// Banking days until the payments are made.
    pub days: i64,
}

/// Who pays by SEPA credit transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sepa {
    /// The name at the bank.
    pub company_name: String,
    /// From where is paid.
    pub iban: String,
    /// Its bank, or empty.
    pub bic: String,
    /// `09` or `03`.
    pub version: &'static str,
    /// Banking days until the payments are made.
    pub days: i64,
}

/// Who pays by BACS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bacs {
    /// The name payees read.
    pub company_name: String,
    /// The service user number.
    pub service_user_number: String,
    /// From where is paid: the bank.
    pub sort_code: String,
    /// From where is paid: the account.
    pub account: String,
    /// Banking days until the file is processed.
    pub days: i64,
}

/// How PayPal pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paypal {
    /// What payees read, or empty.
    pub note: String,
}

/// How Wise pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wise {
    /// What payees read.
    pub reference: String,
    /// `PERSON` or `INSTITUTION`.
    pub receiver: &'static str,
}

/// A text that a bank takes as it is: nothing that the owner of the file wrote is rewritten.
fn text(characters: BankText, most: usize) -> impl Fn(&str) -> Result<String, String> {
    move |text| match characters.fit(text, most)? {
        fitted if fitted.is_changed => Err(format!("cannot be written as it is; write it as \"{}\"", fitted.text)),
        fitted => Ok(fitted.text),
    }
}

/// How many banking days; a month is more than any bank takes.
fn days(section: &Section<'_>, key: &Key) -> i64 {
    let few = |text: &str| count(text).and_then(|days| if days <= 30 { Ok(days) } else { Err("is more than 30".to_owned()) });
    section.read(key, few).unwrap_or(1)
}

impl Rails {
    /// Whether the program file has a section for any.
    pub fn are_configured(&self) -> bool {
        *self != Self::default()
    }

    /// Reads the sections within `[payout]`.
    pub(super) fn read(payout: &Section<'_>) -> Self {
        let mut rails = Self::default();
        for (name, section) in payout.each_nested(&["payout.ach", "payout.sepa", "payout.bacs", "payout.paypal", "payout.wise"]) {
            match name {
                "payout.ach" => rails.ach = Ach::read(&section),
                "payout.sepa" => rails.sepa = Sepa::read(&section),
                "payout.bacs" => rails.bacs = Bacs::read(&section),
                "payout.paypal" => {
                    let note = section.read(&PAYPAL_NOTE, text(BankText::Any, 400)).unwrap_or_default();
                    rails.paypal = Some(Paypal { note });
                }
                _ => rails.wise = Wise::read(&section),
            }
        }
        rails
    }
}

impl Ach {
    fn read(section: &Section<'_>) -> Option<Self> {
        let ach = |most| text(BankText::Ach, most);
        let bank = section.required(&ACH_BANK, aba);
        let id = section.required(&ACH_ID, ach(10));
        let (name, to_name) = (section.required(&ACH_NAME, ach(16)), section.required(&ACH_TO_NAME, ach(23)));
        let to = section.read(&ACH_TO, aba);
        let origin = section.read(&ACH_ORIGIN, ach(10));
        let class = section.choice(&ACH_CLASS, &[("PPD", "PPD"), ("CCD", "CCD")]);
        Some(Self {
            company_name: name?,
            origin: origin.or(id.clone())?,
            company_id: id?,
            destination_routing: to.or(bank.clone())?,
            originating_routing: bank?,
            destination_name: to_name?,
            entry_class: class.unwrap_or("PPD"),
            description: section.read(&ACH_WHAT, ach(10)).unwrap_or_else(|| "PAYOUT".to_owned()),
            days: days(section, &ACH_DAYS),
        })
    }
}

impl Sepa {
    fn read(section: &Section<'_>) -> Option<Self> {
        let (name, account) = (section.required(&SEPA_NAME, text(BankText::Sepa, 70)), section.required(&SEPA_IBAN, iban));
        Some(Self {
            company_name: name?,
            iban: account?,
            bic: section.read(&SEPA_BIC, bic).unwrap_or_default(),
            version: section.choice(&SEPA_VERSION, &[("09", "09"), ("03", "03")]).unwrap_or("09"),
            days: days(section, &SEPA_DAYS),
        })
    }
}

impl Bacs {
    fn read(section: &Section<'_>) -> Option<Self> {
        let name = section.required(&BACS_NAME, text(BankText::Bacs, 18));
        let user = section.required(&BACS_USER, |text| digits(text, 6, "a service user number"));
        let sort = section.required(&BACS_SORT, |text| digits(text, 6, "a sort code"));
        let account = section.required(&BACS_ACCOUNT, |text| digits(text, 8, "an account number"));
        let days = days(section, &BACS_DAYS);
        Some(Self { company_name: name?, service_user_number: user?, sort_code: sort?, account: account?, days })
    }
}

impl Wise {
    fn read(section: &Section<'_>) -> Option<Self> {
        let reference = section.required(&WISE_REFERENCE, text(BankText::Sepa, 10));
        let kinds = [("person", "PERSON"), ("institution", "INSTITUTION")];
        Some(Self { reference: reference?, receiver: section.choice(&WISE_RECEIVER, &kinds).unwrap_or("PERSON") })
    }
}
