//! What is allowed in a program file, and probably not meant.

use std::str::FromStr;

use super::{Pays, Program, RateRule, rate_name};
use crate::money::Rate;

impl Program {
    /// What is allowed and probably not meant, in words.
    pub fn warnings(&self) -> Vec<String> {
        let Ok(whole) = Rate::from_str("100") else { return Vec::new() };
        let is_above = |rate: &RateRule| match &rate.pays {
            Pays::Percent { percent, .. } => *percent > whole,
            Pays::Tiers(tiers) => tiers.tiers.iter().any(|tier| tier.percent > whole),
            Pays::PerOrder { .. } => false,
        };
        let rates = (1..).zip(&self.commission.rates).filter(|(_, rate)| is_above(rate));
        let warning = |(position, rate)| {
            let name = rate_name(position, rate, self.currency);
            format!("{name}: above 100%, so creators earn more than their sales come to; percents are written \"10\" for 10%")
        };
        rates.map(warning).collect()
    }
}
