//! The audit: whether everything that is kept is as it was written, and as the rules say.
//!
//! Nothing here is asked by those who post: what is posted is checked again from the outside, by other code, from the database
//! and the data folder alone. So it needs no program file, and does not repeat a mistake of the code that posts. Each [`Check`]
//! has a name and goes on to the end whatever it finds: an auditor wants all broken records, not the first. All checks see one
//! moment of the database, while jobs go on. The journal is read once, in pages, for all checks that need it (see [`journal`]).
//!
//! Triggers and constraints hold what a database can hold by itself; they stop mistakes, but not somebody with the database's
//! password. The chain shows that, if a head was noted elsewhere. Repairing what is found was rejected: what is right is for a
//! person to say, from a backup.
//!
//! To add a check: its promise in `ledger/INVARIANTS.md`; a variant of [`Check`] with its sentence and advice; a file here,
//! called in `run.rs` or, where it wants every transfer, a `JournalCheck` in `journal.rs`; and a test in `tamper` that breaks it.

mod balanced;
mod balances;
mod batches;
mod chain;
mod check;
mod currency;
mod facts;
mod findings;
mod journal;
mod outcomes;
mod program_texts;
mod proposals;
mod revisions;
mod statements;
mod targets;

use std::path::Path;

use anyhow::{Result, bail, ensure};

use crate::ledger::Head;
use crate::money::Currency;
use crate::store::{Store, Tx};

pub use check::Check;
pub use findings::Found;

/// What to check.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// Which checks.
    pub checks: &'a [Check],
    /// The program, or all that the database holds.
    pub program: Option<&'a str>,
    /// A head of the chain noted earlier; its hash may be cut short.
    pub head: Option<Head>,
}

/// What the checks of one program share.
struct Audit<'a> {
    program: &'a str,
    data: &'a Path,
    wanted: &'a Wanted<'a>,
    figures: findings::Figures,
}

impl Audit<'_> {
    fn wants(&self, check: Check) -> bool {
        self.wanted.checks.contains(&check)
    }
}

/// Checks a database and the data folder that belongs to it.
///
/// # Errors
///
/// When the database cannot be read at all, or what to check is not there. Broken records are no errors: they are found.
pub async fn audit(store: &Store, data: &Path, wanted: &Wanted<'_>) -> Result<Vec<Found>> {
    let mut tx = store.snapshot().await?;
    let programs = programs(&mut tx, wanted).await?;
    let mut found = Vec::new();
    for program in &programs {
        let figures = findings::Figures(currency::fixed(&mut tx, program).await?.and_then(|code| Currency::parse(&code).ok()));
        let audit = Audit { program, data, wanted, figures };
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
        if audit.wants(Check::Facts) {
            own.push(facts::check(&mut tx, &audit).await);
        }
        if audit.wants(Check::Outcomes) {
            own.push(outcomes::check(&mut tx, &audit).await);
        }
        own.sort_by_key(|found| Check::parse(found.check));
        found.extend(own);
    }
    if wanted.checks.contains(&Check::ProgramTexts) {
        found.push(program_texts::check(&mut tx).await);
    }
    Ok(found)
}

/// The programs of which the database holds anything.
async fn programs(tx: &mut Tx, wanted: &Wanted<'_>) -> Result<Vec<String>> {
    let sql = "SELECT program FROM programs UNION SELECT program FROM entries UNION SELECT program FROM transfers \
               UNION SELECT program FROM balances UNION SELECT program FROM batches UNION SELECT program FROM batch_lines \
               UNION SELECT program FROM reconciled UNION SELECT program FROM manifests UNION SELECT program FROM runs \
               UNION SELECT program FROM statement_months UNION SELECT program FROM statements \
               UNION SELECT program FROM proposals UNION SELECT program FROM proposal_lines ORDER BY program";
    let rows = tx.rows(sql, &[]).await?;
    let mut programs: Vec<String> = rows.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<_>>()?;
    let all = programs.join(", ");
    ensure!(
        !programs.is_empty(),
        "the database holds no program, so there is nothing to check: is it the right one? Name it with --database"
    );
    if let Some(program) = wanted.program {
        programs.retain(|known| known == program);
        ensure!(!programs.is_empty(), "the database holds no program {program}; it holds {all}");
    }
    if wanted.head.is_some() && programs.len() > 1 {
        bail!("several programs could be meant by --head: {all}; pick one with --program ID");
    }
    Ok(programs)
}
