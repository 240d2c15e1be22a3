//! What a creator did in a month, in figures. It moves no money.

use serde::{Deserialize, Serialize};

/// What a creator did in a month, as the facts were when the statement was built.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerformanceOf {
    /// Clicks on the creator's links.
    pub clicks: i64,
    /// Orders of the month credited to the creator, alone or with others.
    pub orders: i64,
    /// Those of them that a link brought.
    pub link_orders: i64,
    /// The creator's share of what those orders came to after refunds.
    pub net_sales: i64,
    /// What those orders earn.
    pub commission: i64,
    /// What those of them that a link brought earn.
    pub link_commission: i64,
    /// Orders credited to the creator, of this month or an earlier one, whose latest refund was in this month.
    pub refunded_orders: i64,
    /// By link and sub-id, then by code, then what came by the customer lock, then manual attributions.
    pub sources: Vec<SourceFigures>,
    /// What was sold, the most commission first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<ProductFigures>,
    /// This month and those before it, the oldest first, as they stand now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub months: Vec<MonthFigures>,
    /// What is usual among the program's creators; none where they are too few to say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peers: Option<Peers>,
}

/// What one link or code, the lock, or manual attributions brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceFigures {
    /// `link`, `code`, `lock`, `credit`; or `other` for the rest of many.
    pub kind: String,
    /// The link's key or the code; empty for the others.
    pub name: String,
    /// Where the link was placed, or empty.
    pub sub_id: String,
    /// Clicks; only links have any.
    pub clicks: i64,
    /// Credited orders.
    pub orders: i64,
    /// The creator's share of them after refunds.
    pub net_sales: i64,
    /// What they earn.
    pub commission: i64,
}

/// What one product brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductFigures {
    /// Its title, or its sku where it has none.
    pub name: String,
    /// In how many credited orders it was.
    pub orders: i64,
    /// The creator's share of it after refunds.
    pub net_sales: i64,
    /// What it earns.
    pub commission: i64,
}

/// What the orders of one month came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthFigures {
    /// Such as `2026-03`.
    pub month: String,
    /// The creator's share of its orders after refunds.
    pub net_sales: i64,
    /// What they earn.
    pub commission: i64,
}

/// Medians of the program's creators.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peers {
    /// Orders for a hundred clicks, in hundredths of a percent; see [`PerformanceOf::conversion`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversion: Option<i64>,
    /// Net sales for an order, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_order: Option<i64>,
}

/// How many creators have to have a figure before its median is shown: one of fewer would say what others earn.
const ENOUGH: usize = 5;

impl Peers {
    /// The medians of these performances; none where there is nothing to tell.
    pub(super) fn of<'a>(performances: impl Iterator<Item = &'a PerformanceOf>) -> Option<Self> {
        let (mut conversions, mut orders) = (Vec::new(), Vec::new());
        for performance in performances {
            conversions.extend(performance.conversion());
            orders.extend(performance.average_order());
        }
        let peers = Self { conversion: median(conversions), average_order: median(orders) };
        Some(peers).filter(|peers| *peers != Self::default())
    }
}

/// The one in the middle; of two, the lower, as a mean of them would be nobody's.
fn median(mut figures: Vec<i64>) -> Option<i64> {
    if figures.len() < ENOUGH {
        return None;
    }
    figures.sort_unstable();
    figures.get((figures.len() - 1) / 2).copied()
}

impl PerformanceOf {
    /// Orders that links brought for a hundred clicks, in hundredths of a percent; none without clicks.
    pub fn conversion(&self) -> Option<i64> {
        ratio(self.link_orders, 10_000, self.clicks)
    }

    /// Net sales for an order, in minor units; none without orders.
    pub fn average_order(&self) -> Option<i64> {
        ratio(self.net_sales, 1, self.orders)
    }

    /// What links earned for a click, in hundredths of a minor unit; none without clicks.
    pub fn per_click(&self) -> Option<i64> {
        ratio(self.link_commission, 100, self.clicks)
    }

    /// Whether there is anything to state.
    pub fn is_empty(&self) -> bool {
        self.clicks == 0 && self.orders == 0 && self.refunded_orders == 0
    }
}

/// `amount × scale ÷ count`, rounded half up; none where there is nothing to divide by.
fn ratio(amount: i64, scale: i64, count: i64) -> Option<i64> {
    if count <= 0 {
        return None;
    }
    let (amount, count) = (i128::from(amount) * i128::from(scale), i128::from(count));
    i64::try_from((amount * 2 + count).div_euclid(count * 2)).ok()
}
