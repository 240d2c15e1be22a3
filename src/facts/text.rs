//! A kept table as columns of text, each value findable in its source.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};
use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, Engine, LazyFrame, NamedFrom, PlRefPath, PolarsDataType, ScanArgsParquet,
    Series, StringChunked, StringType, TimeUnit, col,
};

use super::columns_of;
use super::keep::{KeptFile, Manifest};
use crate::calendar::{format_day, format_time};
use crate::program::Table;

/// All rows of a table, as text.
pub(super) struct TextTable<'m> {
    pub(super) table: Table,
    files: &'m [KeptFile],
    /// The first row of each file.
    starts: Vec<usize>,
    frame: DataFrame,
}

/// One column of text in one piece, with nulls.
#[derive(Clone, Copy)]
pub(crate) struct TextColumn<'a>(&'a <StringType as PolarsDataType>::Array);

impl<'a> TextColumn<'a> {
    /// A column of a frame that is in one piece: looking up the piece for each value would cost more than the value.
    pub(crate) fn of(column: &'a Column) -> Result<Self> {
        let texts = column.as_materialized_series().str()?;
        ensure!(texts.chunks().len() == 1, "column {} is not one piece", column.name());
        Ok(Self(texts.downcast_as_array()))
    }

    pub(crate) fn get(self, row: usize) -> Option<&'a str> {
        self.0.get(row)
    }

    pub(crate) fn len(self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Option<&'a str>> {
        self.0.iter()
    }
}

/// One column of text; a null reads as empty.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a>(TextColumn<'a>);

impl<'a> Texts<'a> {
    pub(super) fn of(column: &'a Column) -> Result<Self> {
        TextColumn::of(column).map(Self)
    }

    pub(super) fn get(self, row: usize) -> &'a str {
        self.0.get(row).unwrap_or("")
    }

    /// The column with empty text in place of nulls.
    pub(super) fn without_nulls(self, name: &str) -> StringChunked {
        let array = self.0.0;
        if array.clone().take_validity().is_none_or(|valid| valid.unset_bits() == 0) {
            return StringChunked::with_chunk(name.into(), array.clone().with_validity(None));
        }
        let mut texts: StringChunked = self.iter().map(Some).collect();
        texts.rename(name.into());
        texts
    }

    /// The column with nulls in place of empty text. The text itself is not copied.
    pub(super) fn empty_as_null(self, name: &str) -> StringChunked {
        let has_text: BooleanChunked = self.iter().map(|value| !value.is_empty()).collect();
        let valid = has_text.downcast_as_array().values().clone();
        StringChunked::with_chunk(name.into(), self.0.0.clone().with_validity(Some(valid)))
    }

    pub(super) fn iter(self) -> impl Iterator<Item = &'a str> {
        self.0.iter().map(|value| value.unwrap_or(""))
    }
}

impl<'m> TextTable<'m> {
    /// Reads the contract's columns of a table's kept files, one after the other.
    pub(super) fn read(manifest: &'m Manifest, data: &Path, table: Table) -> Result<Self> {
        let files = manifest.files(table);
        let empty = columns_of(table).iter().map(|name| Column::new_empty((*name).into(), &DataType::String));
        let mut frame = DataFrame::new_infer_height(empty.collect())?;
        let mut starts = Vec::new();
        for file in files {
            starts.push(frame.height());
            let rows =
                collect(scan(file, data, table, columns_of(table))?).with_context(|| format!("cannot read {}", file.source))?;
            frame.vstack_mut_owned(as_text(file, rows)?)?;
        }
        frame.rechunk_mut();
        Ok(Self { table, files, starts, frame })
    }

    pub(super) fn height(&self) -> usize {
        self.frame.height()
    }

    pub(super) fn column(&self, name: &str) -> Result<Texts<'_>> {
        Texts::of(self.frame.column(name)?)
    }

    /// All columns, in the order of the contract.
    pub(super) fn columns(&self) -> Result<Vec<Texts<'_>>> {
        self.frame.columns().iter().map(Texts::of).collect()
    }

    /// How people find a row: file and row.
    pub(super) fn place(&self, row: usize) -> String {
        let file = self.starts.partition_point(|start| *start <= row) - 1;
        self.files[file].place(row - self.starts[file])
    }

    /// What is wrong with one value.
    pub(super) fn wrong(&self, row: usize, column: &str, why: impl std::fmt::Display) -> anyhow::Error {
        let value = self.column(column).map(|c| c.get(row)).unwrap_or_default();
        anyhow!("{}, {column}: \"{value}\" {why}", self.place(row))
    }
}

/// A kept file, to be read lazily, with only these of the contract's columns. All of them must be there and be text, or
/// something that can be written as text.
pub(super) fn scan(file: &KeptFile, data: &Path, table: Table, columns: &[&str]) -> Result<LazyFrame> {
    let path = file.path(data, table);
    let text = path.to_str().context("the data folder's path is not plain text")?;
    let source = &file.source;
    let args = ScanArgsParquet { glob: false, ..Default::default() };
    let mut lazy =
        guarded(|| LazyFrame::scan_parquet(PlRefPath::new(text), args)).with_context(|| format!("cannot read {source}"))?;
    let schema = guarded(|| lazy.collect_schema()).with_context(|| format!("{source} is not a Parquet file that can be read"))?;
    for name in columns_of(table) {
        let Some(dtype) = schema.get(name) else {
            let names: Vec<&str> = schema.iter_names().map(|n| n.as_str()).collect();
            bail!("{source}: the column `{name}` is missing; the file has {}", names.join(","));
        };
        column_as_text(file, &Column::new_empty((*name).into(), dtype))?;
    }
    Ok(lazy.select(columns.iter().map(|name| col(*name)).collect::<Vec<_>>()))
}

/// Runs a query in the streaming engine. A panic inside it becomes an error.
pub(super) fn collect(lazy: LazyFrame) -> Result<DataFrame> {
    guarded(|| lazy.collect_with_engine(Engine::Streaming).map(|result| result.unwrap_single()))
}

/// Turns a panic of the engine into an error: it must not take the run's other programs down.
pub(super) fn guarded<T>(work: impl FnOnce() -> polars::prelude::PolarsResult<T>) -> Result<T> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)) {
        Ok(result) => Ok(result?),
        Err(_) => bail!("the data engine gave up on this data"),
    }
}

/// The same rows with every column as text.
pub(super) fn as_text(file: &KeptFile, rows: DataFrame) -> Result<DataFrame> {
    let columns = rows.columns().iter().map(|column| column_as_text(file, column)).collect::<Result<Vec<_>>>()?;
    Ok(DataFrame::new(rows.height(), columns)?)
}

fn column_as_text(file: &KeptFile, column: &Column) -> Result<Column> {
    let name = column.name().clone();
    let spelled = |values: Vec<Option<String>>| Ok(Column::from(Series::new(name.clone(), values)));
    match column.dtype() {
        DataType::String => Ok(column.clone()),
        dtype if dtype.is_integer() || dtype.is_null() || dtype.is_categorical() => Ok(column.cast(&DataType::String)?),
        DataType::Date => {
            let days = column.cast(&DataType::Int32)?;
            spelled(days.i32()?.iter().map(|day| day.map(format_day)).collect())
        }
        DataType::Datetime(unit, _) => {
            let per_micro = match unit {
                TimeUnit::Nanoseconds => (1000, 1),
                TimeUnit::Microseconds => (1, 1),
                TimeUnit::Milliseconds => (1, 1000),
            };
            let times = column.cast(&DataType::Int64)?;
            spelled(times.i64()?.iter().map(|t| t.map(|t| format_time(t.div_euclid(per_micro.0) * per_micro.1))).collect())
        }
        dtype if dtype.is_float() => bail!(
            "{}: the column `{name}` holds binary floating point, which cannot hold amounts or ids exactly; export it as text",
            file.source
        ),
        dtype => bail!("{}: the column `{name}` is of type {dtype}; export it as text", file.source),
    }
}
