//! Month end: what is owed and since when, whose books are closed, and journals for accounting programs.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::Result;

use super::environment::Environment;
use crate::calendar::{Month, day_of};
use crate::ledger::{MonthBooks, Owed, Standing, check_currency_shown, liability, write_month};
use crate::money::Overflow;
use crate::program::Program;

/// What is owed at the end of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Liability {
    /// The local day (days since 1970).
    pub day: i32,
    /// By creator where that was asked for, and place. In sums of a program each place has a row, also where it is nothing.
    pub rows: Vec<LiabilityRow>,
}

/// What is owed in one place, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// All of it; a debt is below zero.
    pub total: i64,
    /// Of that, by age: up to 30 days, up to 60, up to 90, older.
    pub ages: [i64; 4],
}

/// A row of what is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiabilityRow {
    /// The creator; none in sums of a program.
    pub creator_id: Option<String>,
    /// Where it stands.
    pub standing: Standing,
    /// How much, and since when.
    pub owed: Ages,
}

/// What a program owes at the end of a local day (days since 1970), by default today, by place and age, and by creator if asked for. What was
/// posted after a month was closed does not change what was owed at its end.
///
/// # Errors
///
/// When the ledger is in another currency than the program file says, or the database cannot be read.
pub async fn liability_by_age(at: &Environment, program: &Program, day: Option<i32>, by_creator: bool) -> Result<Liability> {
    check_currency_shown(&at.store, program).await?;
    let day = day.unwrap_or_else(|| day_of(program.time_zone, (at.clock)()));
    let owed = liability(&mut at.store.snapshot().await?, &program.id, day).await?;
    let rows = if by_creator { owed.into_iter().map(of_creator).collect::<Result<_>>()? } else { summed(&owed)? };
    Ok(Liability { day, rows })
}

fn of_creator(owed: Owed) -> Result<LiabilityRow> {
    let ages = Ages { total: owed.total()?, ages: owed.ages };
    Ok(LiabilityRow { creator_id: Some(owed.creator_id), standing: owed.standing, owed: ages })
}

fn summed(owed: &[Owed]) -> Result<Vec<LiabilityRow>> {
    let mut sums: BTreeMap<Standing, Ages> = Standing::ALL.map(|standing| (standing, Ages { total: 0, ages: [0; 4] })).into();
    for part in owed {
        let Some(sum) = sums.get_mut(&part.standing) else { continue };
        sum.total = sum.total.checked_add(part.total()?).ok_or(Overflow)?;
        for (sum, part) in sum.ages.iter_mut().zip(part.ages) {
            *sum = sum.checked_add(part).ok_or(Overflow)?;
        }
    }
    Ok(sums.into_iter().map(|(standing, owed)| LiabilityRow { creator_id: None, standing, owed }).collect())
}

/// Writes the journal of a closed month for an accounting program.
///
/// # Errors
///
/// When the month's books are not closed, the program file does not name an account that is used, or what is read or written fails.
pub async fn export_month(at: &Environment, program: &Program, books: MonthBooks, month: Month, out: impl Write) -> Result<()> {
    write_month(&mut at.store.snapshot().await?, program, books, month, out).await
}
