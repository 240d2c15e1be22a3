use anyhow::Result;

use crate::program::Program;
use crate::store::{Store, Tx};

/// Keeps the text of the program file: an auditor asks under which rules something was posted.
pub async fn keep_text(tx: &mut Tx, program: &Program) -> Result<()> {
    let sql = "INSERT INTO program_texts (hash, body) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
    tx.execute(sql, &[program.text_hash.as_str().into(), program.text.as_str().into()]).await.map(|_| ())
}

/// The text of a program file under which something was posted, by its hash; none where it was not kept.
pub async fn program_text(store: &Store, hash: &str) -> Result<Option<String>> {
    let rows = store.rows("SELECT body FROM program_texts WHERE hash = $1", &[hash.into()]).await?;
    rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
}
