//! All checks that are wanted, program by program.

use std::path::Path;

use anyhow::{Result, bail, ensure};

use super::check::Check;
use super::findings::{Figures, Found};
use super::shared::Audit;
use super::wanted::Wanted;
use super::{
    closings, currency, facts, journal, names, outbox, outcomes, payments, program_texts, proposals, revisions, times, users,
};
use crate::error::{Invalid, NotFound};
use crate::money::Currency;
use crate::store::{Store, Tx};

/// Checks a database and the data folder that belongs to it, at the clock's time (microseconds since 1970).
///
/// # Errors
///
/// When the database cannot be read at all, or what to check is not there. Broken records are no errors: they are found.
pub async fn audit(store: &Store, data: &Path, wanted: &Wanted<'_>, clock: i64) -> Result<Vec<Found>> {
    let mut tx = store.snapshot().await?;
    let programs = programs(&mut tx, wanted).await?;
    let mut found = Vec::new();
    for program in &programs {
        let figures = Figures(currency::fixed(&mut tx, program).await?.and_then(|code| Currency::parse(&code).ok()));
        let audit = Audit { program, data, wanted, figures, clock };
        let mut own = journal::checks(&mut tx, &audit).await?;
        if audit.wants(Check::Revisions) {
            own.push(revisions::check(&mut tx, &audit).await);
        }
        if audit.wants(Check::Currency) {
            own.push(currency::check(&mut tx, &audit).await);
        }
        if audit.wants(Check::Proposals) {
            own.push(proposals::check(&mut tx, &audit).await);
        }
        if audit.wants(Check::Names) {
            own.push(names::check(&mut tx, &audit).await);
        }
        if audit.wants(Check::Times) {
            own.push(times::check(&mut tx, &audit).await);
        }
        if audit.wants(Check::Closings) {
            own.push(closings::check(&mut tx, &audit).await);
        }
        if audit.wants(Check::Facts) {
            own.push(facts::check(&mut tx, &audit).await);
        }
        if audit.wants(Check::Outcomes) {
            own.push(outcomes::check(&mut tx, &audit).await);
        }
        if audit.wants(Check::Outbox) {
            own.push(outbox::check(&mut tx, &audit).await);
        }
        if audit.wants(Check::Payments) {
            own.push(payments::check(&mut tx, &audit).await);
        }
        own.sort_by_key(|found| Check::parse(found.check));
        found.extend(own);
    }
    if wanted.checks.contains(&Check::ProgramTexts) {
        found.push(program_texts::check(&mut tx).await);
    }
    if wanted.checks.contains(&Check::Users) {
        found.push(users::check(&mut tx).await);
    }
    Ok(found)
}

/// The programs of which the database holds anything.
async fn programs(tx: &mut Tx, wanted: &Wanted<'_>) -> Result<Vec<String>> {
    let sql = "SELECT program FROM programs UNION SELECT program FROM entries UNION SELECT program FROM transfers \
               UNION SELECT program FROM balances UNION SELECT program FROM batches UNION SELECT program FROM batch_lines \
               UNION SELECT program FROM batch_payees UNION SELECT program FROM batch_conversions \
               UNION SELECT program FROM bounces UNION SELECT program FROM noticed \
               UNION SELECT program FROM reconciled UNION SELECT program FROM manifests UNION SELECT program FROM runs \
               UNION SELECT program FROM statement_months UNION SELECT program FROM statements \
               UNION SELECT program FROM proposals UNION SELECT program FROM proposal_lines UNION SELECT program FROM outbox ORDER BY program";
    let rows = tx.rows(sql, &[]).await?;
    let mut programs: Vec<String> = rows.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<_>>()?;
    let all = programs.join(", ");
    ensure!(
        !programs.is_empty(),
        NotFound(
            "the database holds no program, so there is nothing to check: is it the right one? Name it with --database"
                .to_owned()
        )
    );
    if let Some(program) = wanted.program {
        programs.retain(|known| known == program);
        ensure!(!programs.is_empty(), NotFound(format!("the database holds no program {program}; it holds {all}")));
    }
    if wanted.head.is_some() && programs.len() > 1 {
        bail!(Invalid(format!("several programs could be meant by --head: {all}; pick one with --program ID")));
    }
    Ok(programs)
}
