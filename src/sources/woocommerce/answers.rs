//! What a store answers: of orders and refunds, what is needed of them. Amounts are decimals as text.

use serde::Deserialize;
use serde_json::{Number, Value};

/// An order as it is now.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Order {
    pub id: u64,
    pub number: String,
    pub status: String,
    pub currency: String,
    pub date_created_gmt: Option<String>,
    pub date_modified_gmt: Option<String>,
    /// All that was to be paid, with tax and shipping.
    pub total: String,
    pub customer_id: u64,
    #[serde(default)]
    pub billing: Address,
    #[serde(default)]
    pub shipping: Address,
    #[serde(default)]
    pub meta_data: Vec<Meta>,
    #[serde(default)]
    pub line_items: Vec<Line>,
    #[serde(default)]
    pub coupon_lines: Vec<Coupon>,
    /// That there are refunds; what they are is asked for.
    #[serde(default)]
    pub refunds: Vec<Id>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Address {
    pub email: Option<String>,
    pub country: Option<String>,
}

/// Something that somebody noted of an order or a line; its value may be anything.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Meta {
    pub key: String,
    #[serde(default)]
    pub value: Value,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Line {
    pub id: u64,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub sku: Option<String>,
    pub quantity: Number,
    /// After all discounts, without tax.
    pub total: String,
    #[serde(default)]
    pub total_tax: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Coupon {
    pub code: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Id {
    pub id: u64,
}

/// A refund in the list of all refunds, which WooCommerce has since 9.0.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct RefundHead {
    pub parent_id: u64,
}

/// A refund of an order.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Refund {
    pub id: u64,
    pub date_created_gmt: String,
    /// What the customer got back.
    pub amount: String,
    #[serde(default)]
    pub line_items: Vec<RefundLine>,
    #[serde(default)]
    pub shipping_lines: Vec<Beside>,
    #[serde(default)]
    pub fee_lines: Vec<Beside>,
}

/// What of a line was given back: its amounts are below zero.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct RefundLine {
    pub total: String,
    #[serde(default)]
    pub total_tax: String,
    #[serde(default)]
    pub meta_data: Vec<Meta>,
}

/// What of shipping or a fee was given back: its amounts are below zero.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Beside {
    pub total: String,
    #[serde(default)]
    pub total_tax: String,
}

/// An order as a list names it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Head {
    pub id: u64,
    pub number: String,
    pub date_created_gmt: Option<String>,
    pub date_modified_gmt: Option<String>,
}

/// The value of a note, as text; none if it is no text and no number.
pub(super) fn noted(notes: &[Meta], name: &str) -> Option<String> {
    match &notes.iter().find(|note| note.key == name)?.value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
