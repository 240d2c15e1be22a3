//! One statement for somebody who asks: the one that was built, or what it would be today.

use anyhow::{Context, Result, bail};

use super::assemble::{Background, Common, Parts, assemble, converted};
use super::journal::{Sight, last_closed, open_transfers, standing, statements_so_far};
use super::model::{Line, Statement};
use super::stored;
use crate::calendar::Month;
use crate::error::NotFound;
use crate::ledger::{first_day, head};
use crate::money::Overflow;
use crate::outbox::{self, LetterState};
use crate::program::Program;
use crate::store::{Store, Tx};

/// A statement as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The statement.
    pub statement: Statement,
    /// Whether its month is not closed, so that it may still change.
    pub preview: bool,
    /// How far its mail has come, if it has one.
    pub mail: Option<LetterState>,
    /// Why the mail was not sent, if it failed or waits.
    pub mail_error: Option<String>,
}

/// The statement that was built for a creator's month; without a month, the latest one.
///
/// # Errors
///
/// When the month is closed and the creator had nothing in it.
pub async fn built(store: &Store, program: &Program, creator_id: &str, month: Option<Month>) -> Result<Option<Shown>> {
    let mut tx = store.snapshot().await?;
    let sql = "SELECT body FROM statements WHERE program = $1 AND creator_id = $2 AND month <= $3 AND month >= $4 ORDER BY month DESC LIMIT 1";
    let (least, most) = month.map_or((i64::from(i32::MIN), i64::from(i32::MAX)), |month| {
        let number = i64::from(month.number());
        (number, number)
    });
    let rows = tx.rows(sql, &[program.id.as_str().into(), creator_id.into(), most.into(), least.into()]).await?;
    let Some(row) = rows.first() else {
        if let (Some(month), Some(last)) = (month, last_closed(&mut tx, &program.id).await?)
            && month <= last.month
        {
            bail!(NotFound(format!(
                "{creator_id} has no statement for {}: there was nothing to state, and the month is closed",
                month.label()
            )));
        }
        return Ok(None);
    };
    let statement: Statement = stored::read(row.text(0)?)
        .with_context(|| format!("a kept statement of {creator_id} in {} cannot be read", program.id))?;
    let mail = outbox::state_of(&mut tx, &program.id, &statement.key()).await?;
    let (mail, mail_error) = mail.map_or((None, None), |(state, error)| (Some(state), error));
    Ok(Some(Shown { statement, preview: false, mail, mail_error }))
}

/// What a creator's statement for a month that is not closed would be at `as_of` (microseconds since 1970). Months before
/// it that are not closed either are taken as closed now.
///
/// # Errors
///
/// When it does not add up to what the ledger says.
pub async fn preview(
    store: &Store,
    program: &Program,
    creator_id: &str,
    month: Month,
    as_of: i64,
    background: Background<'_>,
) -> Result<Shown> {
    let mut tx = store.snapshot().await?;
    let head = head(&mut tx, &program.id).await?;
    let sight = Sight { through_entry: head.entry, month };
    let so_far = statements_so_far(&mut tx, &program.id).await?.get(creator_id).copied().unwrap_or_default();
    let lines = open_transfers(&mut tx, &program.id, sight, creator_id, creator_id).await?;
    let lines: Vec<Line> = lines.into_iter().filter_map(Line::of).collect();
    let (opening, lines) = opening(first_open(&mut tx, program, month).await?, month, so_far.closing, lines)?;
    let held = standing(&mut tx, &program.id, sight).await?.get(creator_id).copied().unwrap_or_default();
    let common = Common::read(&mut tx, program, (month, as_of), &head, background).await?;
    // It has no number before it is built: months between may have statements of their own.
    let converted = converted(&mut tx, &common, &lines).await?;
    let parts = Parts { creator_id, number: 0, opening, lines, converted, held };
    Ok(Shown { statement: assemble(&common, parts)?, preview: true, mail: None, mail_error: None })
}

/// The first month that is not closed.
async fn first_open(tx: &mut Tx, program: &Program, month: Month) -> Result<Month> {
    Ok(match last_closed(tx, &program.id).await? {
        Some(last) => last.month.next(),
        None => first_day(tx, &program.id).await?.map_or(month, Month::of_day),
    })
}

/// Takes what months between would have held into the opening balance.
fn opening(first_open: Month, month: Month, opened: i64, lines: Vec<Line>) -> Result<(i64, Vec<Line>), Overflow> {
    if first_open >= month {
        return Ok((opened, lines));
    }
    let (before, lines): (Vec<Line>, Vec<Line>) =
        lines.into_iter().partition(|line| line.about.effective_day < month.first_day());
    let opening = before.iter().try_fold(opened, |sum, line| sum.checked_add(line.amount)).ok_or(Overflow)?;
    Ok((opening, lines))
}
