//! Payment holds: whom people keep from being paid.

use anyhow::Result;

use super::basis::known;
use super::door::admit;
use super::environment::Environment;
use crate::adjustments::refuse_unknown;
use crate::calendar::day_of;
use crate::ledger::{Ledgers, check_currency_shown};
use crate::payout::{self, Hold, HoldKind, HoldRequest, holds_on};
use crate::program::Program;
use crate::users::Act;

/// The payment holds of a program that stand at a time (microseconds since 1970), by creator.
///
/// # Errors
///
/// When the database cannot be read, or holds the program in another currency.
pub async fn list_holds(at: &Environment, program: &Program, as_of: i64) -> Result<Vec<Hold>> {
    check_currency_shown(&at.store, program).await?;
    let mut tx = at.store.snapshot().await?;
    let holds = holds_on(&mut tx, &program.id, day_of(program.time_zone, as_of), i64::MAX).await?;
    Ok(holds.into_values().flatten().collect())
}

/// Puts payments to a creator on hold, as of a time (microseconds since 1970): no batch is drafted with them, and a draft that has them
/// is not approved. Answers the hold, and whether it stood before: a repeat changes nothing.
///
/// # Errors
///
/// When nobody knows the creator, another hold of the kind stands, or it would have ended already; nothing is changed then.
pub async fn hold_creator(
    at: &Environment,
    program: &Program,
    (by, as_of): (&str, i64),
    request: HoldRequest<'_>,
) -> Result<(Hold, bool)> {
    check_currency_shown(&at.store, program).await?;
    let by = &admit(at, program, by, as_of, Act::Prepare).await?;
    Ledgers::read(&at.store).await?.refuse_retired(&program.id)?;
    let known = known(at, program, None, as_of).await?;
    let mut tx = at.store.begin(&program.id).await?;
    refuse_unknown(&mut tx, program, &known, request.creator_id).await?;
    let (hold, again) = payout::hold(&mut tx, program, by, as_of, request).await?;
    if !again {
        tx.commit("a payment hold").await?;
    }
    Ok((hold, again))
}

/// Ends a payment hold, as of a time (microseconds since 1970): the next payout run drafts the creator again. Answers what it was.
///
/// # Errors
///
/// When there is none, or several of which none is named; nothing is changed then.
pub async fn release_creator(
    at: &Environment,
    program: &Program,
    (by, as_of): (&str, i64),
    (creator_id, kind): (&str, Option<HoldKind>),
    reason: &str,
) -> Result<Hold> {
    check_currency_shown(&at.store, program).await?;
    let by = &admit(at, program, by, as_of, Act::Prepare).await?;
    let mut tx = at.store.begin(&program.id).await?;
    let hold = payout::release(&mut tx, program, (by, as_of), (creator_id, kind), reason).await?;
    tx.commit("the end of a payment hold").await?;
    Ok(hold)
}
