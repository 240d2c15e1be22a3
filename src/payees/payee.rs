use std::fmt;

use serde::{Deserialize, Serialize};

use super::rail::Rail;
use crate::money::masked;

/// Whom to pay, and where. Its account is never shown in full: neither as text nor by `{:?}`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// Who is paid: the creator, or an agency of several.
    pub payee_id: String,
    /// The name of the account's holder.
    pub name: String,
    /// By which way.
    pub rail: Rail,
    /// The IBAN, the account number or the email, in its packed form.
    pub account: String,
    /// The bank: a routing number, sort code or BIC; empty where the account says it.
    pub routing: String,
    /// What they are paid in (ISO 4217).
    pub currency: String,
    /// Where the payee is (ISO 3166), or empty.
    pub country: String,
    /// Whether it is a savings account, which ACH tells apart.
    pub is_savings: bool,
}

impl Payee {
    /// All that an approver agrees to of it, as bytes to be hashed.
    pub fn signed(&self, creator_id: &str) -> Vec<u8> {
        let Self { payee_id, name, rail, account, routing, currency, country, is_savings } = self;
        let kind = if *is_savings { "savings" } else { "checking" };
        let texts = [creator_id, payee_id, name, rail.code(), account, routing, currency, country, kind];
        texts.iter().flat_map(|text| text.bytes().chain([0])).collect()
    }

    /// The account as people are shown it.
    pub fn shown_account(&self) -> String {
        masked(&self.account)
    }

    /// By which way and to which account, as the payee is shown it: `ACH …6789`.
    pub fn shown_way(&self) -> String {
        let rail = match self.rail {
            Rail::Ach => "ACH",
            Rail::Sepa => "SEPA",
            Rail::Bacs => "BACS",
            Rail::Paypal => "PayPal",
            Rail::Wise => "Wise",
        };
        format!("{rail} {}", self.shown_account())
    }
}

impl fmt::Debug for Payee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {} to {}", self.payee_id, self.rail, self.shown_account())
    }
}
