use anyhow::{Result, bail};

use super::registers::{Register, seal_register};
use crate::error::Conflict;
use crate::program::Program;
use crate::store::{Row, Store, Tx};

/// Refuses a program whose currency is not that of its ledger: an amount would be another one.
///
/// # Errors
///
/// When something was posted in another currency.
pub async fn check_currency(tx: &mut Tx, program: &Program) -> Result<()> {
    refuse_other(&tx.rows(CURRENCY, &[program.id.as_str().into()]).await?, program)
}

/// As [`check_currency`], for a caller that only reads.
///
/// # Errors
///
/// When something was posted in another currency.
pub async fn check_currency_shown(store: &Store, program: &Program) -> Result<()> {
    refuse_other(&store.rows(CURRENCY, &[program.id.as_str().into()]).await?, program)
}

const CURRENCY: &str = "SELECT currency FROM programs WHERE program = $1";

fn refuse_other(rows: &[Row], program: &Program) -> Result<()> {
    match rows.first().map(|row| row.text(0)).transpose()? {
        Some(fixed) if fixed != program.currency.code() => bail!(Conflict(format!(
            "the ledger of {} is in {fixed}, but the program file says {}; a ledger keeps its currency: \
             retire it, and give the program a new file name to begin another one",
            program.id, program.currency
        ))),
        _ => Ok(()),
    }
}

/// Fixes the program's currency with its first posting.
pub(super) async fn fix_currency(tx: &mut Tx, program: &Program) -> Result<()> {
    let sql = "INSERT INTO programs (program, currency) VALUES ($1, $2) ON CONFLICT (program) DO NOTHING";
    if tx.execute(sql, &[program.id.as_str().into(), program.currency.code().into()]).await? > 0 {
        for register in Register::ALL {
            seal_register(tx, &program.id, register).await?;
        }
    }
    check_currency(tx, program).await
}

/// The programs that have a ledger, by id.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn programs(store: &Store) -> Result<Vec<String>> {
    let rows = store.rows("SELECT program FROM programs ORDER BY program", &[]).await?;
    rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}
