//! Small helpers to reach into frames and to build them.

use anyhow::{Context, Result};
use polars::prelude::{Column, DataFrame, Engine, IdxCa, IdxSize, LazyFrame, NamedFrom, Series};

pub(crate) use crate::facts::TextColumn;

/// A column of 64-bit integers without nulls, as a slice.
pub(crate) fn i64s<'a>(frame: &'a DataFrame, name: &str) -> Result<&'a [i64]> {
    frame.column(name)?.as_materialized_series().i64()?.cont_slice().with_context(|| format!("column {name} is not one piece"))
}

/// A column of 32-bit integers without nulls, as a slice.
pub(crate) fn i32s<'a>(frame: &'a DataFrame, name: &str) -> Result<&'a [i32]> {
    frame.column(name)?.as_materialized_series().i32()?.cont_slice().with_context(|| format!("column {name} is not one piece"))
}

/// A column of unsigned 32-bit integers without nulls, as a slice.
pub(crate) fn u32s<'a>(frame: &'a DataFrame, name: &str) -> Result<&'a [u32]> {
    frame.column(name)?.as_materialized_series().u32()?.cont_slice().with_context(|| format!("column {name} is not one piece"))
}

/// A column of text.
pub(crate) fn texts<'a>(frame: &'a DataFrame, name: &str) -> Result<TextColumn<'a>> {
    TextColumn::of(frame.column(name)?)
}

/// A column from values.
pub(crate) fn column<T>(name: &str, values: Vec<T>) -> Column
where
    Series: NamedFrom<Vec<T>, [T]>,
    Vec<T>: AsRef<[T]>,
{
    Series::new(name.into(), values).into()
}

/// Runs a query in the streaming engine, in one piece.
pub(crate) fn collect(lazy: LazyFrame) -> Result<DataFrame> {
    let mut frame = lazy.collect_with_engine(Engine::Streaming)?.unwrap_single();
    frame.rechunk_mut();
    Ok(frame)
}

/// The rows of a frame at these positions, in their order.
pub(crate) fn take(frame: &DataFrame, rows: &[u32]) -> Result<DataFrame> {
    Ok(frame.take(&positions(rows))?)
}

/// The values of a column at these positions, under another name.
pub(crate) fn take_column(frame: &DataFrame, from: &str, rows: &[u32], name: &str) -> Result<Column> {
    let mut taken = frame.column(from)?.take(&positions(rows))?;
    taken.rename(name.into());
    Ok(taken)
}

fn positions(rows: &[u32]) -> IdxCa {
    IdxCa::from_vec("rows".into(), rows.iter().map(|row| *row as IdxSize).collect())
}
