//! What ran, what is owed, and what waits for whom.

use anyhow::Result;

use super::environment::Environment;
use super::times;
use crate::adjustments::{Proposal, State, proposals};
use crate::alerts::{Raised, list_open};
use crate::audit;
use crate::calendar::Month;
use crate::facts::{Compared, comparisons};
use crate::ledger::{Balance, Closings, balances, check_currency_shown};
use crate::outbox::{Channel, counts, suppressed};
use crate::payout::{Batch, BatchState, batches};
use crate::program::Program;
use crate::runs::{self, RunRecord};

/// How a program stands, beyond its runs.
pub struct ProgramStatus {
    /// What all creators together are owed and were paid.
    pub balance: Balance,
    /// How many statements were not mailed yet.
    pub unmailed: i64,
    /// How many addresses of creators are suppressed: nothing is mailed to them.
    pub suppressed: usize,
    /// The batches that wait for somebody, oldest first.
    pub batches: Vec<Batch>,
    /// The proposals that wait for a second person, oldest first.
    pub proposals: Vec<Proposal>,
    /// What came of the last comparison of what is kept with each shop.
    pub compared: Vec<Compared>,
    /// The last month whose books are closed; none where none is.
    pub closed_through: Option<Month>,
    /// What is the matter where something is dated after the clock.
    pub ahead: Option<String>,
}

/// The latest runs of a program, newest first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn list_runs(at: &Environment, program: &str, limit: i64) -> Result<Vec<RunRecord>> {
    runs::list(&at.store, program, limit).await
}

/// The alerts that are open, of all programs, oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn list_alerts(at: &Environment) -> Result<Vec<Raised>> {
    list_open(&at.store).await
}

/// The balance of one creator, in minor units; zero where there is none.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn balance_of(at: &Environment, program: &Program, creator_id: &str) -> Result<Balance> {
    Ok(balances(&at.store, &program.id).await?.get(creator_id).copied().unwrap_or_default())
}

/// What is the matter with a ledger that is ahead of the clock, by its first record that is; none where none is.
///
/// # Errors
///
/// When the database cannot be read.
pub(super) async fn ahead_of_clock(at: &Environment, program: &str) -> Result<Option<String>> {
    let now = (at.clock)();
    let ahead = audit::ahead(&mut at.store.snapshot().await?, program, now).await?;
    Ok(ahead.first().map(|first| times::ahead(program, first, now)))
}

/// How a program stands.
///
/// # Errors
///
/// When the database cannot be read, or holds the program in another currency.
pub async fn program_status(at: &Environment, program: &Program) -> Result<ProgramStatus> {
    check_currency_shown(&at.store, program).await?;
    let mut balance = Balance::default();
    for of_creator in balances(&at.store, &program.id).await?.values() {
        balance = balance.plus(*of_creator)?;
    }
    let letters = counts(&at.store)
        .await?
        .into_iter()
        .filter(|letters| letters.program == program.id && letters.state.waits() && letters.channel == Channel::Statement);
    let waits = |batch: &Batch| match batch.state {
        BatchState::Draft | BatchState::Approved | BatchState::Exported => true,
        BatchState::Settled => batch.in_question != 0,
        BatchState::Voided | BatchState::Rejected => false,
    };
    Ok(ProgramStatus {
        balance,
        unmailed: letters.map(|letters| letters.count).sum(),
        suppressed: suppressed(&at.store, &program.id).await?.len(),
        batches: batches(&at.store, &program.id).await?.into_iter().filter(waits).collect(),
        proposals: proposals(&at.store, &program.id)
            .await?
            .into_iter()
            .filter(|proposal| proposal.state == State::Proposed)
            .collect(),
        compared: comparisons(&at.store, &program.id).await?,
        closed_through: Closings::read(&mut at.store.snapshot().await?, &program.id).await?.last().map(|last| last.month),
        ahead: ahead_of_clock(at, &program.id).await?,
    })
}
