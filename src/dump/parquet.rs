//! Rows into Parquet files, batch by batch, so that a table of any length takes little memory.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result};
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{Column as Filled, DataFrame, DataType, Field, NamedFrom, ParquetWriter, Schema, Series, TimeUnit};

use super::tables::{Column, Is, Table};
use crate::calendar::Month;
use crate::money::Currency;
use crate::store::Value;

/// Rows that are in memory at a time.
pub(super) const BATCH_ROWS: usize = 20_000;

/// A Parquet file in the making.
pub(super) struct ParquetFile {
    table: &'static Table,
    columns: Vec<Values>,
    in_batch: usize,
    rows: u64,
    writer: BatchedWriter<File>,
}

enum Values {
    Numbers(Vec<Option<i64>>),
    Texts(Vec<Option<String>>),
}

impl ParquetFile {
    pub(super) fn begin(table: &'static Table, file: File) -> Result<Self> {
        let schema = Schema::from_iter(table.columns.iter().map(|column| Field::new(column.name.into(), dtype(column.is))));
        let writer = ParquetWriter::new(file).batched(&schema).context("cannot start a Parquet file")?;
        Ok(Self { table, columns: empty(table), in_batch: 0, rows: 0, writer })
    }

    /// Adds a row: one value for each column, as the database has it.
    pub(super) fn add(&mut self, row: &[Value]) -> Result<()> {
        for ((column, values), value) in self.table.columns.iter().zip(&mut self.columns).zip(row) {
            values.push(column, value).with_context(|| format!("{}.{}", self.table.name, column.name))?;
        }
        self.rows += 1;
        self.in_batch += 1;
        if self.in_batch == BATCH_ROWS { self.write() } else { Ok(()) }
    }

    /// Writes what is left; answers how many rows there are.
    pub(super) fn finish(mut self) -> Result<u64> {
        if self.in_batch > 0 || self.rows == 0 {
            self.write()?;
        }
        self.writer.finish().context("cannot finish a Parquet file")?;
        Ok(self.rows)
    }

    fn write(&mut self) -> Result<()> {
        self.in_batch = 0;
        let filled = std::mem::replace(&mut self.columns, empty(self.table));
        let columns = self.table.columns.iter().zip(filled).map(|(column, values)| values.column(column));
        let frame = DataFrame::new_infer_height(columns.collect::<Result<Vec<_>>>()?)?;
        self.writer.write_batch(&frame).with_context(|| format!("cannot write rows of {}", self.table.name))
    }
}

fn empty(table: &Table) -> Vec<Values> {
    let values = |column: &Column| match column.is {
        Is::Text | Is::Month => Values::Texts(Vec::new()),
        _ => Values::Numbers(Vec::new()),
    };
    table.columns.iter().map(values).collect()
}

fn dtype(is: Is) -> DataType {
    match is {
        Is::Text | Is::Month => DataType::String,
        Is::Number | Is::Amount | Is::Decimals => DataType::Int64,
        Is::Time => DataType::Datetime(TimeUnit::Microseconds, None),
        Is::Day => DataType::Date,
    }
}

impl Values {
    fn push(&mut self, column: &Column, value: &Value) -> Result<()> {
        match (self, value, column.is) {
            (Self::Numbers(numbers), Value::Text(Some(code)), Is::Decimals) => {
                numbers.push(Some(i64::from(Currency::parse(code)?.exponent())));
            }
            (Self::Texts(texts), Value::Int(Some(month)), Is::Month) => texts.push(Some(Month::from_number(*month)?.label())),
            (Self::Numbers(numbers), Value::Int(number), _) => numbers.push(*number),
            (Self::Texts(texts), Value::Text(text), _) => texts.push(text.clone()),
            (Self::Numbers(numbers), Value::Text(None), _) => numbers.push(None),
            (Self::Texts(texts), Value::Int(None), _) => texts.push(None),
            (_, other, is) => anyhow::bail!("the database answered {other:?} where it should hold {}", is.words()),
        }
        Ok(())
    }

    fn column(self, column: &Column) -> Result<Filled> {
        let series = match self {
            Self::Numbers(numbers) => Series::new(column.name.into(), numbers),
            Self::Texts(texts) => Series::new(column.name.into(), texts),
        };
        let series = match column.is {
            Is::Day => series.cast(&DataType::Int32)?.cast(&DataType::Date)?,
            Is::Time => series.cast(&dtype(Is::Time))?,
            _ => series,
        };
        Ok(Filled::from(series))
    }
}

/// Opens no file: where one of a table lies.
pub(super) fn file_name(table: &Table) -> String {
    Path::new(table.name).with_extension("parquet").display().to_string()
}
