//! The times that a command may be given: what posts, sends or removes runs neither ahead of the clock nor back behind what
//! the ledger holds. What only looks, a dry run included, may look ahead.

use anyhow::{Result, bail, ensure};

use super::environment::Environment;
use crate::audit::Check;
use crate::calendar::{format_time, start_of};
use crate::error::{Conflict, Invalid, Transient};
use crate::ledger::{Dated, latest_entry};
use crate::posting::last_time;
use crate::program::Program;
use crate::store::Tx;

/// By how much the clocks of two machines that share a ledger may differ before it is no accident (microseconds).
const CLOCKS: i64 = 600_000_000;

/// Refuses a time (microseconds since 1970) that no command may take that posts to a program: one after the clock, or before
/// the program's earliest day. That nothing is earlier than the entry before it, is checked where the entry is posted.
pub(super) fn check_time(at: &Environment, program: &Program, as_of: i64) -> Result<()> {
    check_clock(at, as_of)?;
    let earliest = program.earliest;
    ensure!(
        as_of >= start_of(program.time_zone, earliest),
        Invalid(format!(
            "{}: {} is before {earliest}, the program's earliest day; nothing was changed. Correct the time, or set `earliest` in \
             [program] of the program file",
            program.id,
            format_time(as_of)
        ))
    );
    Ok(())
}

/// Refuses a time after the clock.
pub(super) fn check_clock(at: &Environment, as_of: i64) -> Result<()> {
    let now = (at.clock)();
    ensure!(
        as_of <= now,
        Invalid(format!(
            "{} is in the future (the clock says {}): nothing is posted, sent or deleted ahead of time, and nothing was changed. Correct \
             the time, or leave out --as-of to use the current time. `--dry-run` may look ahead",
            format_time(as_of),
            format_time(now)
        ))
    );
    Ok(())
}

/// What a program's next run must not be earlier than: its latest entry, or a reconciliation that found nothing to post.
pub(super) async fn last_posted(tx: &mut Tx, program: &str) -> Result<Option<Dated>> {
    let entry = latest_entry(tx, program).await?;
    let reconciled = last_time(tx, program).await?.map(|at| Dated { what: "the last reconciliation".to_owned(), at });
    Ok([reconciled, entry].into_iter().flatten().max_by_key(|dated| dated.at))
}

/// Refuses a run that would be earlier than what is posted: postings are never undone by going back in time.
pub(super) fn refuse_earlier(at: &Environment, program: &Program, as_of: i64, last: Option<&Dated>) -> Result<()> {
    let now = (at.clock)();
    match last {
        Some(last) if as_of < last.at && last.at > now => {
            let message = ahead(&program.id, last, now);
            // The other machine's clock is a little ahead: this one gets there, too.
            if last.at - now <= CLOCKS { bail!(Transient(message)) } else { bail!(Conflict(message)) }
        }
        Some(last) if as_of < last.at => bail!(Conflict(format!(
            "{}: a run at {} would be earlier than {}, of {}; postings are never undone by going back in time. Give a later time, or \
             leave out --as-of to use the current time",
            program.id,
            format_time(as_of),
            last.what,
            format_time(last.at)
        ))),
        _ => Ok(()),
    }
}

/// What is the matter with a ledger that is ahead of the clock, and what to do.
pub(super) fn ahead(program: &str, last: &Dated, now: i64) -> String {
    format!(
        "{program}: {} is dated {}, which is in the future (the clock says {}): {}",
        last.what,
        format_time(last.at),
        format_time(now),
        Check::Times.advice()
    )
}
