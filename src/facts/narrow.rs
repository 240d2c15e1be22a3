//! Parquet files may hold columns of types that the engine was built without. Extra columns are allowed and ignored
//! (`SPEC.md`, Facts), so such a file is kept without them.

use std::fs::File;
use std::io::Write;

use anyhow::{Context, Result, bail};
use polars::prelude::{ArrowDataType, DataFrame, ParquetReader, ParquetWriter, SerReader};

use super::columns_of;
use super::text::guarded;
use crate::program::Table;
use crate::sources::SourceFile;

/// Writes a Parquet file with the contract's columns alone, rows in their order, if it has others that cannot be read;
/// answers whether it did.
///
/// # Errors
///
/// When one of the contract's own columns is of a type that cannot be read.
pub(super) fn without_strange_columns(table: Table, file: &SourceFile, out: impl Write) -> Result<bool> {
    let shown = &file.shown;
    let open = || File::open(&file.path).with_context(|| format!("cannot open {shown}"));
    let mut reader = ParquetReader::new(open()?);
    let schema = guarded(|| reader.schema()).with_context(|| format!("{shown} is not a Parquet file that can be read"))?;
    let strange: Vec<_> = schema.iter_values().filter(|field| !is_readable(&field.dtype)).collect();
    if strange.is_empty() {
        return Ok(false);
    }
    if let Some(field) = strange.iter().find(|field| columns_of(table).contains(&field.name.as_str())) {
        bail!("{shown}: the column `{}` is of type {:?}; export it as text", field.name, field.dtype);
    }
    write_parquet(&mut contract_columns(table, file)?, out)?;
    Ok(true)
}

/// The contract's columns of a Parquet file, those of them that it has.
pub(super) fn contract_columns(table: Table, file: &SourceFile) -> Result<DataFrame> {
    let cannot = || format!("cannot read {}", file.shown);
    let schema = guarded(|| ParquetReader::new(open_again(file)?).schema()).with_context(cannot)?;
    let there = columns_of(table).iter().filter(|name| schema.contains(name)).map(|name| (*name).to_owned()).collect();
    guarded(|| ParquetReader::new(open_again(file)?).with_columns(Some(there)).finish()).with_context(cannot)
}

/// Writes rows as Parquet.
pub(super) fn write_parquet(rows: &mut DataFrame, out: impl Write) -> Result<()> {
    ParquetWriter::new(out).finish(rows).context("cannot write rows as Parquet")?;
    Ok(())
}

fn open_again(file: &SourceFile) -> polars::prelude::PolarsResult<File> {
    Ok(File::open(&file.path)?)
}

/// Whether the engine can read a column of this type, if only to leave it out: numbers but small integers, half-precision
/// ones and decimals, and text, bytes, days and times.
fn is_readable(dtype: &ArrowDataType) -> bool {
    use ArrowDataType::*;
    match dtype {
        Int8 | Int16 | UInt8 | UInt16 | Int128 | UInt128 | Float16 => false,
        Decimal(..) | Decimal32(..) | Decimal64(..) | Decimal256(..) => false,
        Null | Boolean | Utf8 | LargeUtf8 | Utf8View | Binary | LargeBinary | BinaryView => true,
        Date32 | Timestamp(..) | Dictionary(..) => true,
        other => other.is_numeric(),
    }
}
