//! Fixed amounts owed to creators, from a local day on.

use anyhow::Result;

use super::calendar::local_day;
use super::shop::Shop;
use super::{Exceptions, Row};

/// The fees that are owed by now; and an exception for each whose creator is unknown.
pub(super) fn fees(shop: &Shop<'_>, rows: &mut Vec<Row>, exceptions: &mut Exceptions) -> Result<()> {
    let today = local_day(shop.as_of, shop.program.time_zone)?;
    for fee in &shop.facts.fees {
        if !shop.knows_creator(&fee.creator_id) {
            exceptions.insert(("fee_without_creator", fee.fee_id.clone()));
        } else if fee.due_on <= today {
            rows.push(Row {
                kind: "fee",
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
