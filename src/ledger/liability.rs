//! What is owed to creators at the end of a day, and since when.
//!
//! The day is that of the books: what was posted after a month was closed does not change what was owed at its end. So the figures of a
//! closed month's last day stay, and are the balances of the liability in the accounting program.
//!
//! Money has the age of the transfer that brought it to where it stands. What leaves takes the oldest first: of a balance above zero there are
//! its latest arrivals left, of a debt its latest withdrawals. On hold each target is counted on its own, as each leaves on its own; what is
//! payable is one sum for each creator; what is reserved, one for each batch.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

use super::balance::{Balance, balances_at};
use super::closings::Closings;
use crate::money::Overflow;
use crate::store::{Row, Tx};

/// Where money stands that is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// On hold: accrued.
    Pending,
    /// Due.
    Payable,
    /// In a batch.
    Reserved,
    /// Due from the creator: payable below zero.
    Debt,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Payable, Self::Reserved, Self::Debt];

    /// The one spelling in exports.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Payable => "payable",
            Self::Reserved => "reserved",
            Self::Debt => "debt",
        }
    }
}

/// What is owed to one creator in one place, in minor units; a debt is below zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The creator.
    pub creator_id: String,
    /// Where it stands.
    pub standing: Standing,
    /// By age: up to 30 days, up to 60, up to 90, older.
    pub ages: [i64; 4],
}

impl Owed {
    /// All of it.
    ///
    /// # Errors
    ///
    /// When the sum cannot be kept exactly.
    pub fn total(&self) -> Result<i64, Overflow> {
        self.ages.iter().try_fold(0i64, |sum, part| sum.checked_add(*part)).ok_or(Overflow)
    }
}

/// The oldest days of all ages but the last.
const AGES: [i32; 3] = [30, 60, 90];

/// A query for the movements of an account by creator, the columns of the lot, and day; lots of which nothing is left are left out.
macro_rules! movements {
    ($account:literal, $lot:literal) => {
        concat!(
            "SELECT creator_id, effective_day, CAST(SUM(CASE WHEN target = '",
            $account,
            "' THEN amount ELSE -amount END) AS BIGINT)",
            $lot,
            " FROM transfers WHERE program = $1 AND entry <= $2 AND effective_day <= $3 AND (source = '",
            $account,
            "' OR target = '",
            $account,
            "') AND (creator_id",
            $lot,
            ") IN (SELECT creator_id",
            $lot,
            " FROM transfers WHERE program = $1 AND entry <= $2 AND effective_day <= $3 AND (source = '",
            $account,
            "' OR target = '",
            $account,
            "') GROUP BY creator_id",
            $lot,
            " HAVING SUM(CASE WHEN target = '",
            $account,
            "' THEN amount ELSE -amount END) <> 0) GROUP BY creator_id, effective_day",
            $lot,
            " ORDER BY creator_id",
            $lot,
            ", effective_day"
        )
    };
}

/// Where it stands, its movements, and how many columns tell lots of one creator apart.
const PLACES: [(Standing, &str, usize); 3] = [
    (Standing::Pending, movements!("pending", ", kind, order_id, line_id, detail"), 4),
    (Standing::Payable, movements!("payable", ""), 0),
    (Standing::Reserved, movements!("reserved", ", order_id"), 1),
];

/// What a program owed at the end of a local day (days since 1970), by creator and place; nobody to whom it was nothing.
///
/// # Errors
///
/// When the database cannot be read, a sum cannot be kept exactly, or the parts are not the balances of that day.
pub async fn liability(tx: &mut Tx, program: &str, day: i32) -> Result<Vec<Owed>> {
    let through = Closings::read(tx, program).await?.through(day);
    let mut owed: BTreeMap<(String, Standing), [i64; 4]> = BTreeMap::new();
    for (standing, sql, columns) in PLACES {
        let rows = tx.rows(sql, &[program.into(), through.into(), i64::from(day).into()]).await?;
        let mut rest = rows.as_slice();
        while !rest.is_empty() {
            let (lot, others) = rest.split_at(lot_length(rest, columns)?);
            rest = others;
            let movements: Vec<(i32, i64)> = lot.iter().map(movement).collect::<Result<_>>()?;
            let left = left_by_age(&movements, day)?;
            let is_debt = standing == Standing::Payable && left.iter().any(|part| *part < 0);
            let place = (lot[0].text(0)?.to_owned(), if is_debt { Standing::Debt } else { standing });
            let ages = owed.entry(place).or_default();
            for (sum, part) in ages.iter_mut().zip(left) {
                *sum = sum.checked_add(part).ok_or(Overflow)?;
            }
        }
    }
    let owed: Vec<Owed> = owed.into_iter().map(|((creator_id, standing), ages)| Owed { creator_id, standing, ages }).collect();
    check_balances(&owed, &balances_at(tx, program, through, day).await?)?;
    Ok(owed)
}

/// How many of the rows at the beginning are of one lot.
fn lot_length(rows: &[Row], columns: usize) -> Result<usize> {
    let lot = |row: &Row| -> Result<Vec<String>> {
        std::iter::once(0).chain(3..3 + columns).map(|column| row.text(column).map(str::to_owned)).collect()
    };
    let first = lot(&rows[0])?;
    for (place, row) in rows.iter().enumerate() {
        if lot(row)? != first {
            return Ok(place);
        }
    }
    Ok(rows.len())
}

fn movement(row: &Row) -> Result<(i32, i64)> {
    Ok((i32::try_from(row.int(1)?).context("the database holds a day that is out of range")?, row.int(2)?))
}

/// What is left of a lot, by age at a day: of its movements by day, in order of days, the latest that make up what is left.
fn left_by_age(movements: &[(i32, i64)], day: i32) -> Result<[i64; 4], Overflow> {
    let mut left = movements.iter().try_fold(0i64, |sum, (_, moved)| sum.checked_add(*moved)).ok_or(Overflow)?;
    let mut ages = [0; 4];
    for (moved_on, moved) in movements.iter().rev() {
        if moved.signum() != left.signum() {
            continue;
        }
        let part = if left > 0 { (*moved).min(left) } else { (*moved).max(left) };
        let age = day.saturating_sub(*moved_on);
        ages[AGES.iter().position(|oldest| age <= *oldest).unwrap_or(AGES.len())] += part;
        left -= part;
    }
    Ok(ages)
}

/// Refuses parts that do not come to the balances, which another query has summed.
fn check_balances(owed: &[Owed], balances: &BTreeMap<String, Balance>) -> Result<()> {
    let mut sums: BTreeMap<&str, [i64; 3]> = BTreeMap::new();
    for part in owed {
        let place = match part.standing {
            Standing::Pending => 0,
            Standing::Payable | Standing::Debt => 1,
            Standing::Reserved => 2,
        };
        sums.entry(&part.creator_id).or_default()[place] += part.total()?;
    }
    for (creator, Balance { pending, payable, reserved, .. }) in balances {
        let parts = sums.get(creator.as_str()).copied().unwrap_or_default();
        ensure!(
            parts == [*pending, *payable, *reserved],
            "what is owed to {creator} by age does not come to their balance; something other than purser changed the database: run \
             `purser check`"
        );
    }
    Ok(())
}
