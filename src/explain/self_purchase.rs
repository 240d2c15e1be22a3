//! Whether an order's email is one of a creator's own (`RULES.md`, section 5).

use crate::facts::{Creator, Order};
use crate::program::SelfPurchase;

/// Whether the buyer's address is one of the creator's.
pub(super) fn is_own(rule: SelfPurchase, creator: &Creator, order: &Order) -> bool {
    let Some(buyer) = order.email.as_deref().filter(|email| !email.is_empty()) else { return false };
    let own: Vec<&str> = creator.email.as_deref().unwrap_or_default().split('|').collect();
    own.contains(&buyer) || rule == SelfPurchase::Alias && own.iter().any(|own| plain(own) == plain(buyer))
}

/// An address without what tells aliases of one mailbox apart.
fn plain(address: &str) -> String {
    let Some(at) = address.rfind('@') else { return address.to_owned() };
    let (mut name, mut host) = (address[..at].to_owned(), &address[at..]);
    if let Some(plus) = name.find('+') {
        name.truncate(plus);
    }
    if matches!(host, "@gmail.com" | "@googlemail.com") {
        name.retain(|letter| letter != '.');
        host = "@gmail.com";
    }
    name + host
}
