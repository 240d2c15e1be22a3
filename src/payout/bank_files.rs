//! Which files of banks' answers were imported from a folder. Importing one twice changes nothing; this spares the work, and the reader of reports.

use anyhow::Result;

use crate::store::Tx;

/// Whether a file of this content was imported.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn is_bank_file_known(tx: &mut Tx, program: &str, digest: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM bank_files WHERE program = $1 AND digest = $2";
    Ok(!tx.rows(sql, &[program.into(), digest.into()]).await?.is_empty())
}

/// Notes, in the caller's transaction, that a file was imported; once.
///
/// # Errors
///
/// When the database refuses.
pub async fn note_bank_file(tx: &mut Tx, program: &str, (name, digest): (&str, &str), now: i64) -> Result<()> {
    let sql = "INSERT INTO bank_files (program, digest, name, imported_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (program, digest) DO NOTHING";
    tx.execute(sql, &[program.into(), digest.into(), name.into(), now.into()]).await.map(|_| ())
}
