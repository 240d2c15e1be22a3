//! A newer purser may decide otherwise by the same program file and facts: that restates what is payable as an edit does.

use anyhow::{Error, Result};

use super::environment::Environment;
use super::restatement::{Ground, NO_FACTS};
use crate::adjustments::credits;
use crate::error;
use crate::facts::{self, Bounds, blocking, manifest, refuse_changed};
use crate::posting::{Last, Moment, Unedited, restated};
use crate::program::{Program, Table};
use crate::reconcile::{VERSION, reconcile};

/// What the ledger rests on, once it is known whether these rules read it as the rules did that decided it: where those were of
/// another version, the last reconciliation is decided again from what it read, and compared with what it posted. What was payable
/// or was paid, or is by the time of this run (microseconds since 1970), counts; what is on hold may change.
///
/// # Errors
///
/// When the database cannot be read.
pub(super) async fn reread(at: &Environment, program: &Program, as_of: i64, last: &Last, ground: Ground) -> Result<Ground> {
    let old = match &ground {
        _ if last.rules == VERSION => return Ok(ground),
        Ground::Unknown(_) | Ground::ReadOtherwise => return Ok(ground),
        Ground::Same => program,
        Ground::Other(previous) => &previous.program,
    };
    match is_the_same(at, old, as_of, last).await {
        Ok(true) => Ok(ground),
        Ok(false) => Ok(Ground::ReadOtherwise),
        Err(error) if error::kind_of(&error) == Some(error::Kind::Transient) => Err(error),
        Err(error) => {
            warn(program, &error);
            Ok(Ground::Unknown(NO_FACTS))
        }
    }
}

fn warn(program: &Program, error: &Error) {
    tracing::warn!(program = program.id, "what the last reconciliation read cannot be decided again: {error:#}");
}

async fn is_the_same(at: &Environment, program: &Program, as_of: i64, last: &Last) -> Result<bool> {
    let read = manifest(&at.store, &program.id, &last.manifest).await?;
    refuse_changed(&at.store, &at.data, &read, &Table::ALL).await?;
    let credits = credits(&at.store, &program.id, last.as_of).await?;
    let kept = last.kept()?;
    let hold = program.commission.hold;
    let moment = Moment { as_of, last: last.as_of, holds: [hold, hold] };
    let (program, data) = (program.clone(), at.data.clone());
    let work = move || {
        let facts = facts::load_recent(&program, &read, &data, &Bounds::NONE, program.longest_window())?;
        let before = kept.posted(&data)?;
        let again = reconcile(&program, &facts, &credits, moment.last)?;
        Ok(restated(&before, &Unedited::Unknown, &again, &moment)?.is_empty())
    };
    blocking(work).await
}
