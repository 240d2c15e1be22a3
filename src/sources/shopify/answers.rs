//! What Shopify answers, as its schema has it.

use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<T> {
    pub page_info: PageInfo,
    pub nodes: Vec<T>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    pub has_next_page: bool,
    pub end_cursor: Option<String>,
}

/// A list without pages.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Nodes<T> {
    pub nodes: Vec<T>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Money {
    /// Decimal text.
    pub amount: String,
    pub currency_code: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Amount {
    pub shop_money: Money,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Total {
    pub shop_money: Money,
    pub presentment_money: Money,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Named {
    pub id: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Address {
    pub country_code_v2: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Attribute {
    pub key: String,
    pub value: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Order {
    pub id: String,
    pub name: String,
    pub updated_at: String,
    pub processed_at: String,
    pub cancelled_at: Option<String>,
    pub test: bool,
    pub edited: bool,
    pub taxes_included: bool,
    pub currency_code: String,
    pub display_financial_status: Option<String>,
    pub email: Option<String>,
    pub customer: Option<Named>,
    /// Where it was sent, and who paid; none where they are not asked for.
    pub shipping_address: Option<Address>,
    pub billing_address: Option<Address>,
    pub discount_codes: Vec<String>,
    pub custom_attributes: Vec<Attribute>,
    pub subtotal_price_set: Option<Amount>,
    pub total_price_set: Total,
    pub customer_journey_summary: Option<Journey>,
    pub line_items: Page<Line>,
    pub refunds: Vec<Named>,
    pub disputes: Vec<Named>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Journey {
    pub first_visit: Option<Visit>,
    pub last_visit: Option<Visit>,
    pub moments: Option<Nodes<Visit>>,
}

/// A visit; a moment of another kind has none of this.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Visit {
    pub id: Option<String>,
    pub occurred_at: Option<String>,
    pub landing_page: Option<String>,
    /// Where it came from: a platform such as Instagram, or a host.
    pub source: Option<String>,
    pub utm_parameters: Option<Utm>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Utm {
    pub campaign: Option<String>,
    pub content: Option<String>,
    pub medium: Option<String>,
    pub source: Option<String>,
    pub term: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line {
    pub id: String,
    pub sku: Option<String>,
    pub name: String,
    pub quantity: i64,
    pub current_quantity: i64,
    pub is_gift_card: bool,
    pub original_total_set: Amount,
    pub discount_allocations: Vec<Allocation>,
    pub tax_lines: Vec<TaxLine>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Allocation {
    pub allocated_amount_set: Amount,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaxLine {
    pub price_set: Amount,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refund {
    pub processed_at: String,
    pub total_refunded_set: Amount,
    pub refund_line_items: Page<RefundLine>,
    pub order_adjustments: Nodes<Adjustment>,
    pub refund_shipping_lines: Nodes<serde::de::IgnoredAny>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RefundLine {
    pub quantity: i64,
    pub line_item: Named,
    pub subtotal_set: Amount,
    pub total_tax_set: Amount,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Adjustment {
    pub reason: Option<String>,
    pub amount_set: Amount,
    pub tax_amount_set: Amount,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dispute {
    pub id: String,
    pub status: String,
    pub initiated_at: String,
    pub finalized_on: Option<String>,
    pub amount: Money,
    pub order: Option<Named>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Head {
    pub id: String,
    pub name: String,
    pub updated_at: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Orders<T> {
    pub orders: Page<T>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ById {
    pub nodes: Vec<Option<Order>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LinesOf {
    pub line_items: Page<Line>,
}

#[derive(Debug, Deserialize)]
pub(super) struct OneOrder<T> {
    pub order: Option<T>,
}

#[derive(Debug, Deserialize)]
pub(super) struct OneRefund {
    pub refund: Option<Refund>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Disputes {
    pub disputes: Page<Dispute>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrdersCount {
    pub orders_count: Option<Count>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Count {
    pub count: u64,
    pub precision: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Access {
    pub current_app_installation: Installation,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Installation {
    pub access_scopes: Vec<Scope>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Scope {
    pub handle: String,
}
