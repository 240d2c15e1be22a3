//! The bytes of PostgreSQL's binary COPY (postgresql.org/docs/current/sql-copy.html, "Binary Format").

use anyhow::{Context, Result};

use super::value::Cell;

/// The signature, no flags, no extension.
pub(super) const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Says that no row follows.
pub(super) const TRAILER: &[u8] = &[0xff, 0xff];

/// Appends one row of BIGINT and TEXT columns.
pub(super) fn row(bytes: &mut Vec<u8>, cells: &[Cell<'_>]) -> Result<()> {
    bytes.extend_from_slice(&i16::try_from(cells.len())?.to_be_bytes());
    for cell in cells {
        match cell {
            Cell::Int(value) => {
                bytes.extend_from_slice(&8i32.to_be_bytes());
                bytes.extend_from_slice(&value.to_be_bytes());
            }
            Cell::Text(text) => {
                let length = i32::try_from(text.len()).context("a text in the ledger is shorter than 2 GiB")?;
                bytes.extend_from_slice(&length.to_be_bytes());
                bytes.extend_from_slice(text.as_bytes());
            }
        }
    }
    Ok(())
}
