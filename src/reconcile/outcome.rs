//! What becomes of an order, and why (`RULES.md`, section 4): what is decided before anybody looks for a creator, and
//! what excludes an order for which somebody would get credit.

use super::credit::Attribution;
use super::customers::Customers;
use super::exchange::Exchange;
use super::lines::Lines;
use super::visible::{Orders, Status};
use crate::calendar::day_number;
use crate::money::Overflow;
use crate::program::{self, Program};
use crate::vocabulary::OutcomeReason;

/// Why nobody can get credit for an order, whatever its touches; none for the others. Sound orders from before the
/// program's start are among the others: they earn nothing, but their credit locks customers.
pub(super) fn before_attribution(
    program: &Program,
    orders: &Orders<'_>,
    lines: &Lines<'_>,
    exchanges: &[Exchange],
) -> Vec<Option<OutcomeReason>> {
    let is_early = early(program, orders);
    let reason = |o: usize| match orders.status[o] {
        Status::Test => Some(OutcomeReason::Test),
        Status::Cancelled => Some(OutcomeReason::Cancelled),
        Status::Pending => Some(OutcomeReason::Unpaid),
        Status::Paid if lines.of(o).is_empty() => Some(OutcomeReason::NoLines),
        Status::Paid if lines.net[lines.of(o)].iter().any(|net| *net < 0) => Some(OutcomeReason::NegativeAmount),
        Status::Paid if exchanges[o] == Exchange::Missing => Some(OutcomeReason::NoFxRate),
        Status::Paid => None,
    };
    let unless_early = |o: usize| match reason(o) {
        Some(reason) if reason.is_rejected() && is_early(o) => Some(OutcomeReason::BeforeStart),
        reason => reason,
    };
    (0..orders.len()).map(unless_early).collect()
}

/// Excludes paid orders from before the program's start, and attributed ones that are too small, or not a new
/// customer's where only those earn. `original` is what was ordered, each line in the program's currency.
pub(super) fn after_attribution(
    program: &Program,
    orders: &Orders<'_>,
    lines: &Lines<'_>,
    original: &[i64],
    customers: Option<&Customers>,
    attribution: &mut Attribution,
) -> Result<(), Overflow> {
    if program.starts.is_some() {
        let is_early = early(program, orders);
        for o in (0..orders.len()).filter(|o| orders.status[*o] == Status::Paid && is_early(*o)) {
            attribution.reasons[o] = OutcomeReason::BeforeStart;
        }
    }
    let only_new = program.attribution.customers == program::Customers::New;
    for (o, reason) in attribution.reasons.iter_mut().enumerate().filter(|(_, reason)| reason.is_attributed()) {
        if is_below_minimum(program, lines, original, o)? {
            *reason = OutcomeReason::BelowMinimum;
        } else if only_new && customers.is_some_and(|customers| customers.is_later[o]) {
            *reason = OutcomeReason::ExistingCustomer;
        }
    }
    Ok(())
}

/// Says whether the local day of an order is before the program's start.
fn early(program: &Program, orders: &Orders<'_>) -> impl Fn(usize) -> bool {
    let first = program.starts.map_or(i32::MIN, day_number);
    move |o| orders.day[o] < first
}

/// Whether what was ordered sums to less than `min_order`.
fn is_below_minimum(program: &Program, lines: &Lines<'_>, original: &[i64], o: usize) -> Result<bool, Overflow> {
    let Some(minimum) = program.commission.min_order else { return Ok(false) };
    let lines = &original[lines.of(o)];
    let sum = lines.iter().try_fold(0i64, |sum, net| sum.checked_add(*net)).ok_or(Overflow)?;
    Ok(sum < minimum)
}
