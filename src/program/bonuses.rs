//! `[[commission.bonuses]]`: what is paid beside commissions.

use super::keys::{Key, keys};
use super::reader::Section;
use super::values::{PERIODS, amount};
use crate::calendar::Period;
use crate::money::Currency;

keys! {
    WHEN = "commission.bonuses" "when", "new_customer | net_sales", "required", "What earns the bonus.";
    AMOUNT = "commission.bonuses" "amount", "amount", "required", "What it pays.";
    OVER = "commission.bonuses" "over", "amount", "required for net_sales", "The progress that earns it.";
    PERIOD = "commission.bonuses" "period", "month | quarter | year", "month", "With net_sales: the period over which progress is counted.";
}

/// One `[[commission.bonuses]]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bonus {
    /// For each attributed order that is a customer's first.
    NewCustomer {
        /// Minor units.
        amount: i64,
    },
    /// For each period in which a creator's progress reaches a threshold.
    NetSales {
        /// The threshold, minor units.
        over: i64,
        /// Month, quarter or year.
        period: Period,
        /// Minor units.
        amount: i64,
    },
}

impl Bonus {
    /// Reads the section.
    pub(super) fn read(section: &Section<'_>, currency: Currency) -> Option<Self> {
        if section.get(&WHEN).is_none() {
            section.missing(&WHEN);
        }
        let net_sales = section.choice(&WHEN, &[("new_customer", false), ("net_sales", true)]);
        let paid = section.required(&AMOUNT, amount(currency));
        if net_sales? {
            let over = section.required(&OVER, amount(currency));
            let period = section.choice(&PERIOD, &PERIODS[..3]).unwrap_or(Period::Month);
            return Some(Self::NetSales { over: over?, period, amount: paid? });
        }
        for key in [&OVER, &PERIOD] {
            if let Some(value) = section.get(key) {
                section.complain(value, key, "means something only with when = \"net_sales\"");
            }
        }
        Some(Self::NewCustomer { amount: paid? })
    }
}
