use serde::{Deserialize, Serialize};

use crate::money::{Currency, Overflow};
use crate::payees::Payee;

/// A payment of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// For which creator.
    pub creator_id: String,
    /// What the bank hands back with it: the same wherever and whenever it is written, and no other payment's.
    pub payment_id: String,
    /// Minor units of the program's currency.
    pub amount: i64,
    /// What that is in the currency of the payee's account, in minor units; none where it is paid as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub converted: Option<i64>,
    /// Whom and where.
    pub payee: Payee,
    /// The name in the file's characters.
    pub name: String,
}

impl Payment {
    /// What the file says: minor units of the currency in which it is paid.
    pub fn paid(&self) -> i64 {
        self.converted.unwrap_or(self.amount)
    }

    /// In which currency it is paid, by a program in another.
    pub fn currency(&self, program: Currency) -> Currency {
        let own = self.converted.and_then(|_| Currency::parse(&self.payee.currency).ok());
        own.unwrap_or(program)
    }
}

/// What payments come to that are paid in another currency than the program's: by currency, in minor units of it.
///
/// # Errors
///
/// When a sum cannot be kept exactly.
pub fn converted_sums(payments: &[Payment]) -> Result<Vec<(Currency, i64)>, Overflow> {
    let mut sums: Vec<(Currency, i64)> = Vec::new();
    for payment in payments {
        let (Some(amount), Ok(currency)) = (payment.converted, Currency::parse(&payment.payee.currency)) else { continue };
        match sums.iter_mut().find(|(known, _)| *known == currency) {
            Some((_, sum)) => *sum = sum.checked_add(amount).ok_or(Overflow)?,
            None => sums.push((currency, amount)),
        }
    }
    sums.sort_by_key(|(currency, _)| currency.code());
    Ok(sums)
}

/// The letters and digits that nobody mistakes for one another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What a payment is called at the bank: 15 capitals and digits, of batch and creator alone. That is as long as ACH takes, and short
/// enough for all others (18 in BACS, 30 at PayPal, 35 in SEPA).
pub fn payment_id(batch_id: &str, creator_id: &str) -> String {
    coded('P', &[batch_id, creator_id])
}

/// Whether a text has the form of [`payment_id`]: what a bank says beside our payments has not.
pub fn is_payment_id(text: &str) -> bool {
    let rest = text.strip_prefix('P').filter(|rest| rest.len() == 14);
    rest.is_some_and(|rest| rest.bytes().all(|byte| LETTERS.contains(&byte)))
}

/// A letter, and 14 more by the hash of texts.
pub(super) fn coded(first: char, texts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for text in texts {
        hasher.update(text.as_bytes()).update(b"\0");
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    let mut bits = u128::from_le_bytes(bytes);
    let mut id = String::from(first);
    for _ in 0..14 {
        id.push(char::from(LETTERS[(bits % 32) as usize]));
        bits /= 32;
    }
    id
}
