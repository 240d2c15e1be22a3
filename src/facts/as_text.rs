//! Columns of Parquet files as text, which is how every table is read and checked.

use anyhow::{Result, bail};
use polars::prelude::{Column, DataFrame, DataType, NamedFrom, Series, TimeUnit};

use super::parquet::FLOATING;
use crate::calendar::{format_day, format_time};

/// The same rows with every column as text. `source` is the file they come from, for messages.
pub(super) fn as_text(source: &str, rows: DataFrame) -> Result<DataFrame> {
    let columns = rows.columns().iter().map(|column| column_as_text(source, column)).collect::<Result<Vec<_>>>()?;
    Ok(DataFrame::new(rows.height(), columns)?)
}

/// A column as text: as it is, or written out, if that can be done without loss.
pub(super) fn column_as_text(source: &str, column: &Column) -> Result<Column> {
    let name = column.name().clone();
    let written = |values: Vec<Option<String>>| Ok(Column::from(Series::new(name.clone(), values)));
    match column.dtype() {
        DataType::String => Ok(column.clone()),
        dtype if dtype.is_integer() || dtype.is_null() || dtype.is_categorical() => Ok(column.cast(&DataType::String)?),
        DataType::Date => {
            let days = column.cast(&DataType::Int32)?;
            written(days.i32()?.iter().map(|day| day.map(format_day)).collect())
        }
        DataType::Datetime(unit, _) => {
            let per_micro = match unit {
                TimeUnit::Nanoseconds => (1000, 1),
                TimeUnit::Microseconds => (1, 1),
                TimeUnit::Milliseconds => (1, 1000),
            };
            let times = column.cast(&DataType::Int64)?;
            written(times.i64()?.iter().map(|t| t.map(|t| format_time(t.div_euclid(per_micro.0) * per_micro.1))).collect())
        }
        dtype if dtype.is_float() => bail!("{source}: the column `{name}` {FLOATING}"),
        dtype => bail!("{source}: the column `{name}` is of type {dtype}; export it as text"),
    }
}
