//! The facts as plain values, for the rules that look at one order at a time.

use anyhow::Result;

use super::frames::Facts;
use super::owners::Owner;
use super::tables::clicks::{self, Click};
use super::tables::codes;
use super::tables::creators::{self, Creator};
use super::tables::disputes::{self, Dispute};
use super::tables::fees::{self, Fee};
use super::tables::fx::{self, FxRate};
use super::tables::links;
use super::tables::order_lines::{self, Line};
use super::tables::orders::{self, Order};
use super::tables::rates::{self, AgreedRate};
use super::tables::refunds::{self, Refund};

/// All facts as rows.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Versions of orders.
    pub orders: Vec<Order>,
    /// Lines of known orders.
    pub lines: Vec<Line>,
    /// Refunds.
    pub refunds: Vec<Refund>,
    /// Clicks that an order could point to.
    pub clicks: Vec<Click>,
    /// Creators, a row for each span.
    pub creators: Vec<Creator>,
    /// Links, a row for each span.
    pub links: Vec<Owner>,
    /// Codes, a row for each span.
    pub codes: Vec<Owner>,
    /// Exchange rates.
    pub fx: Vec<FxRate>,
    /// Fees.
    pub fees: Vec<Fee>,
    /// Percentages agreed with creators.
    pub rates: Vec<AgreedRate>,
    /// Disputed payments.
    pub disputes: Vec<Dispute>,
}

impl Facts {
    /// The facts as plain rows.
    pub fn rows(&self) -> Result<Rows> {
        Ok(Rows {
            orders: orders::rows(&self.orders)?,
            lines: order_lines::rows(&self.lines)?,
            refunds: refunds::rows(&self.refunds)?,
            clicks: clicks::rows(&self.clicks, &self.orders)?,
            creators: creators::rows(&self.creators)?,
            links: links::rows(&self.links)?,
            codes: codes::rows(&self.codes)?,
            fx: fx::rows(&self.fx)?,
            fees: fees::rows(&self.fees)?,
            rates: rates::rows(&self.rates)?,
            disputes: disputes::rows(&self.disputes)?,
        })
    }
}
