use super::Facts;
use crate::program::Table;

impl Facts {
    /// How many rows of each table are used: repeated rows count once, lines of unknown orders and clicks that no order
    /// could point to not at all.
    pub fn heights(&self) -> [(Table, usize); 9] {
        [
            (Table::Orders, self.orders.height()),
            (Table::OrderLines, self.lines.height()),
            (Table::Refunds, self.refunds.height()),
            (Table::Clicks, self.clicks.height()),
            (Table::Creators, self.creators.height()),
            (Table::Links, self.links.height()),
            (Table::Codes, self.codes.height()),
            (Table::Fx, self.fx.height()),
            (Table::Fees, self.fees.height()),
        ]
    }
}
