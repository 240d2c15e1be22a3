//! Fees: fixed amounts for deliverables, owed from a local day on (`RULES.md`, section 10).

use anyhow::Result;

use super::calendar::local_day;
use super::exceptions::Exceptions;
use super::shop::Shop;
use super::targets::Target;
use crate::vocabulary::{ExceptionKind, Kind};

/// The fees that are owed by now; and an exception for each whose creator is unknown.
pub(super) fn fees(shop: &Shop<'_>, targets: &mut Vec<Target>, exceptions: &mut Exceptions) -> Result<()> {
    let today = local_day(shop.as_of, shop.program.time_zone)?;
    for fee in &shop.facts.fees {
        if !shop.knows_creator(&fee.creator_id) {
            exceptions.add(ExceptionKind::FeeWithoutCreator, &fee.fee_id);
        } else if fee.due_on <= today {
            targets.push(Target {
                kind: Kind::Fee,
                order_id: fee.fee_id.clone(),
                line_id: String::new(),
                creator_id: fee.creator_id.clone(),
                touch: String::new(),
                base: 0,
                commission: fee.amount,
                payable: true,
                rule: "fee".to_owned(),
            });
        }
    }
    Ok(())
}
