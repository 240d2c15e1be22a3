//! `[attribution]`: who gets credit.

use super::keys::{Key, keys};
use super::micros::Micros;
use super::reader::Section;
use super::values::duration;

keys! {
    WINDOW = "attribution" "window", "duration", "30d", "How old a click may be when the order is placed: `14d`, `36h` or `45m`; a day is 24 hours.";
    MODEL = "attribution" "model", "last_click | first_click | linear", "last_click", "Which of several clicks gets credit.";
    PRECEDENCE = "attribution" "precedence", "list of link, code", "[\"link\", \"code\"]", "The first kind with a touch wins; a kind that is not listed gets no credit.";
    CUSTOMERS = "attribution" "customers", "all | new", "all", "`new`: only a customer's first order earns.";
    CUSTOMER_LOCK = "attribution" "customer_lock", "duration", "none", "An order without a touch goes to the creator who brought the customer in, at most this long before. Not with customers = \"new\".";
    SELF_PURCHASE = "attribution" "self_purchase", "exact | alias", "exact", "When an order's email is the creator's own: written the same, or also without `+` and what follows it, and at Gmail without dots.";
}

/// Who gets credit for an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// How old a click may be at the order.
    pub window: Micros,
    /// Which of several clicks count.
    pub model: Model,
    /// The kinds of touch that exist, the strongest first.
    pub precedence: Vec<TouchKind>,
    /// Which customers' orders earn, and for how long they stay with a creator.
    pub customers: Customers,
    /// When an order's email is one of the creator's own.
    pub self_purchase: SelfPurchase,
}

impl Attribution {
    /// Reads the section.
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let day = duration("30d").ok()?;
        let models = [("last_click", Model::LastClick), ("first_click", Model::FirstClick), ("linear", Model::Linear)];
        let kinds = [("link", TouchKind::Link), ("code", TouchKind::Code)];
        let new_only = section.choice(&CUSTOMERS, &[("all", false), ("new", true)]).unwrap_or(false);
        let compared = [("exact", SelfPurchase::Exact), ("alias", SelfPurchase::Alias)];
        let lock = section.read(&CUSTOMER_LOCK, duration);
        if let (true, Some(value)) = (new_only, section.get(&CUSTOMER_LOCK)) {
            section.complain(
                value,
                &CUSTOMER_LOCK,
                "cannot stand together with customers = \"new\": a new customer has nobody to be locked to",
            );
        }
        Some(Self {
            window: section.read(&WINDOW, duration).unwrap_or(day),
            model: section.choice(&MODEL, &models).unwrap_or(Model::LastClick),
            precedence: section.words(&PRECEDENCE, &kinds).unwrap_or_else(|| vec![TouchKind::Link, TouchKind::Code]),
            customers: match (new_only, lock) {
                (true, _) => Customers::New,
                (false, Some(lock)) => Customers::Locked(lock),
                (false, None) => Customers::All,
            },
            self_purchase: section.choice(&SELF_PURCHASE, &compared).unwrap_or(SelfPurchase::Exact),
        })
    }
}

/// Which of an order's link touches get credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// The latest.
    LastClick,
    /// The earliest.
    FirstClick,
    /// Every creator among them, in equal parts.
    Linear,
}

/// The kinds of evidence that a creator brought an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TouchKind {
    /// A click on a creator's link.
    Link,
    /// A creator's code on the order.
    Code,
}

/// Whose orders earn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Customers {
    /// Everybody's.
    All,
    /// Only a customer's first.
    New,
    /// Everybody's; and an order without a touch goes to the creator who brought the customer before, for so long.
    Locked(Micros),
}

/// How an order's email is compared with a creator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelfPurchase {
    /// As emails are compared everywhere.
    Exact,
    /// Other spellings that reach the same mailbox are the same.
    Alias,
}
