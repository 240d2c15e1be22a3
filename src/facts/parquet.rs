//! Parquet files, sources and copies alike: which columns they have, whether those will do, and writing them.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use polars::prelude::{
    ArrowDataType, ArrowSchema, DataFrame, KeyValueMetadata, ParquetReader, ParquetWriter, PolarsResult, SerReader,
};

use super::schema::schema;
use crate::program::Table;
use crate::sources::{SourceFile, missing_columns};

/// Why a column of binary floating point is refused.
pub(super) const FLOATING: &str = "holds binary floating point, which cannot hold amounts or ids exactly; export it as text";

/// Turns a panic of the engine into an error: it must not take the run's other programs down.
pub(super) fn guarded<T>(work: impl FnOnce() -> PolarsResult<T>) -> Result<T> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)) {
        Ok(result) => Ok(result?),
        Err(_) => bail!("the data engine gave up on this data"),
    }
}

/// The columns of a Parquet file. Reads nothing but its footer.
pub(super) fn columns_in(path: &Path) -> Result<Arc<ArrowSchema>> {
    guarded(|| ParquetReader::new(File::open(path)?).schema())
}

/// Under which name a copy says which optional columns its source lacked. One that lacks them and does not say so was made by a version that
/// did not know them, whatever its source has.
const LACKED: &str = "purser:lacked";

/// The optional columns that the source of a copy lacked, as its footer says.
pub(super) fn lacked_in(path: &Path) -> Result<BTreeSet<String>> {
    guarded(|| {
        let mut reader = ParquetReader::new(File::open(path)?);
        let notes = reader.get_metadata()?.key_value_metadata().iter().flatten();
        let lacked = notes.filter(|note| note.key == LACKED).filter_map(|note| note.value.as_deref());
        Ok(lacked.flat_map(|names| names.split(',')).map(str::to_owned).collect())
    })
}

/// What a copy notes of the optional columns that its source lacks.
pub(super) fn lacks<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<KeyValueMetadata> {
    let names = names.into_iter().collect::<Vec<_>>().join(",");
    (!names.is_empty()).then(|| KeyValueMetadata::from_static(vec![(LACKED.to_owned(), names)]))
}

/// How many rows a Parquet file has, by its footer.
pub(super) fn rows_in(path: &Path) -> Result<usize> {
    guarded(|| ParquetReader::new(File::open(path)?).num_rows())
}

/// Why the columns of a file cannot be read as a table: those that are missing, and those of the wrong type.
pub(super) fn unfit_columns(table: Table, columns: &ArrowSchema) -> Vec<String> {
    unfit(table, columns, |_| true, unfit_type)
}

/// The same, where every column has to be text already, and only those optional columns may lack that `may_lack` says.
pub(super) fn other_than_text(table: Table, columns: &ArrowSchema, may_lack: impl Fn(&str) -> bool) -> Vec<String> {
    use ArrowDataType::*;
    unfit(table, columns, may_lack, |dtype| match dtype {
        Utf8 | LargeUtf8 | Utf8View => None,
        other => Some(format!("is of type {other:?}")),
    })
}

fn unfit(
    table: Table,
    columns: &ArrowSchema,
    may_lack: impl Fn(&str) -> bool,
    unfit_type: impl Fn(&ArrowDataType) -> Option<String>,
) -> Vec<String> {
    let (mut missing, mut wrong) = (Vec::new(), Vec::new());
    for column in schema(table).columns {
        let name = column.name;
        match columns.get(name) {
            None if column.is_optional && may_lack(name) => {}
            None => missing.push(name),
            Some(field) => wrong.extend(unfit_type(&field.dtype).map(|why| format!("the column `{name}` {why}"))),
        }
    }
    if !missing.is_empty() {
        let there: Vec<&str> = columns.iter_names().map(|name| name.as_str()).collect();
        wrong.insert(0, format!("{}; the file has {}", missing_columns(&missing), there.join(",")));
    }
    wrong
}

/// Why a column of this type cannot be written as text, if it cannot.
fn unfit_type(dtype: &ArrowDataType) -> Option<String> {
    use ArrowDataType::*;
    match dtype {
        Int32 | Int64 | UInt32 | UInt64 | Utf8 | LargeUtf8 | Utf8View | Null | Date32 | Timestamp(..) | Dictionary(..) => None,
        readable if is_readable(readable) && readable.is_numeric() => Some(FLOATING.to_owned()),
        other => Some(format!("is of type {other:?}; export it as text")),
    }
}

/// Whether the engine can read a column of this type, if only to leave it out: numbers but small integers, half-precision
/// ones and decimals, and text, bytes, days and times.
pub(super) fn is_readable(dtype: &ArrowDataType) -> bool {
    use ArrowDataType::*;
    match dtype {
        Int8 | Int16 | UInt8 | UInt16 | Int128 | UInt128 | Float16 => false,
        Decimal(..) | Decimal32(..) | Decimal64(..) | Decimal256(..) => false,
        Null | Boolean | Utf8 | LargeUtf8 | Utf8View | Binary | LargeBinary | BinaryView => true,
        Date32 | Timestamp(..) | Dictionary(..) => true,
        other => other.is_numeric(),
    }
}

/// Reads the declared columns of a Parquet file, those of them that it has.
pub(super) fn read_declared(table: Table, file: &SourceFile) -> Result<DataFrame> {
    let cannot = || format!("cannot read {}", file.shown);
    let columns = columns_in(&file.path).with_context(cannot)?;
    let there = schema(table).names().into_iter().filter(|name| columns.contains(name)).map(str::to_owned).collect();
    guarded(|| ParquetReader::new(File::open(&file.path)?).with_columns(Some(there)).finish()).with_context(cannot)
}

/// Writes rows as Parquet, with a note of what their source lacks.
pub(super) fn write_parquet(rows: &mut DataFrame, lacks: Option<KeyValueMetadata>, out: impl Write) -> Result<()> {
    ParquetWriter::new(out).with_key_value_metadata(lacks).finish(rows).context("cannot write rows as Parquet")?;
    Ok(())
}
