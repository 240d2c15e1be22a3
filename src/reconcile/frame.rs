//! Small helpers to write queries, to reach into frames and to build them.

use anyhow::{Context, Result};
use chrono_tz::Tz;
use polars::prelude::{
    Column, DataFrame, DataType, Engine, Expr, Field, IdxCa, IdxSize, Int32Chunked, Int64Chunked, IntoColumn, IntoLazy, JoinArgs,
    JoinType, LazyFrame, MaintainOrderJoin, NamedFrom, PolarsResult, Series, SortMultipleOptions, UnionArgs, col, concat, lit,
};

use crate::calendar::day_of;
use crate::facts;

pub(crate) use crate::facts::TextColumn;

/// What log lines about queries are filtered by.
const PLAN: &str = "purser::plan";

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

/// Runs a query, in one piece. What fits in memory takes the streaming engine twice as long, whether the tables are small or large.
#[track_caller]
pub(crate) fn collect(lazy: LazyFrame) -> Result<DataFrame> {
    collected(lazy, Engine::InMemory)
}

/// Runs a query over `rows` rows, of which much fewer come out, in one piece. Many are streamed; for few that would take longer.
#[track_caller]
pub(crate) fn streamed(lazy: LazyFrame, rows: usize) -> Result<DataFrame> {
    collected(lazy, if rows < 100_000 { Engine::InMemory } else { Engine::Streaming })
}

#[track_caller]
fn collected(lazy: LazyFrame, engine: Engine) -> Result<DataFrame> {
    // An operator who asks for these log lines reads the whole plan, query by query, and how many rows each gave.
    let place = std::panic::Location::caller();
    if tracing::enabled!(target: PLAN, tracing::Level::TRACE) {
        tracing::trace!(target: PLAN, file = place.file(), query = lazy.describe_plan()?, "asks");
    }
    let mut frame = lazy.collect_with_engine(engine)?.unwrap_single();
    frame.rechunk_mut();
    tracing::debug!(target: PLAN, file = place.file(), line = place.line(), rows = frame.height(), "was answered");
    Ok(frame)
}

/// The rows of a frame at these positions, in their order.
pub(crate) fn take(frame: &DataFrame, rows: &[u32]) -> Result<DataFrame> {
    Ok(frame.take(&IdxCa::from_vec("rows".into(), rows.iter().map(|row| *row as IdxSize).collect()))?)
}

/// The rows of a frame, each with columns of the row of another one that stands at its place: a join whose key is the place.
pub(super) fn beside(rows: &DataFrame, place: &str, other: &DataFrame, names: &[&str]) -> Result<DataFrame> {
    let there = other.select(names.iter().copied())?;
    Ok(rows.hstack(take(&there, u32s(rows, place)?)?.columns())?)
}

/// For every place below `height` what the row of another frame has that is of this place, null where there is none: a left join whose
/// key is the place, which no two rows of the other frame share.
pub(super) fn at_places(rows: &DataFrame, place: &str, height: usize, names: &[&str]) -> Result<DataFrame> {
    let there = rows.select(names.iter().copied())?;
    if there.height() == 0 {
        let nothing = |column: &Column| Column::full_null(column.name().clone(), height, column.dtype());
        return Ok(DataFrame::new(height, there.columns().iter().map(nothing).collect())?);
    }
    let mut rows_of_places = vec![None; height];
    (0..).zip(u32s(rows, place)?).for_each(|(row, place)| rows_of_places[*place as usize] = Some(row));
    let rows_of_places: IdxCa = rows_of_places.into_iter().collect();
    let mut found = there.take(&rows_of_places)?;
    found.rechunk_mut();
    Ok(found)
}

/// Two steps of which neither needs what the other gives, at once. Who reads the plan reads it in order.
pub(super) fn both<A: Send, B: Send>(
    one: impl FnOnce() -> Result<A> + Send,
    other: impl FnOnce() -> Result<B> + Send,
) -> Result<(A, B)> {
    if tracing::enabled!(target: PLAN, tracing::Level::TRACE) { Ok((one()?, other()?)) } else { facts::both(one, other) }
}

/// Adds columns to a frame.
pub(super) fn with(frame: &DataFrame, columns: &DataFrame) -> Result<DataFrame> {
    Ok(frame.hstack(columns.columns())?)
}

/// The columns of these names.
pub(super) fn cols<const N: usize>(names: [&str; N]) -> [Expr; N] {
    names.map(col)
}

/// A 64-bit number as a column: of a bare literal the engine chooses the size.
pub(super) fn int(value: i64) -> Expr {
    lit(value).cast(DataType::Int64)
}

/// The query of a frame that is there.
pub(super) fn query(frame: &DataFrame) -> LazyFrame {
    frame.clone().lazy()
}

/// Rows of both sides that have the same values in these columns, in any order.
pub(super) fn inner<const N: usize>(left: LazyFrame, right: LazyFrame, on: [&str; N]) -> LazyFrame {
    join(left, right, on, JoinType::Inner)
}

/// The same in order: as the left side stands, and of each of its rows as the right side does.
pub(super) fn inner_in_order<const N: usize>(left: LazyFrame, right: LazyFrame, on: [&str; N]) -> LazyFrame {
    let order = MaintainOrderJoin::LeftRight;
    left.join(right, cols(on), cols(on), JoinArgs { maintain_order: order, ..JoinArgs::new(JoinType::Inner) })
}

/// All rows of the left side in their order, with what the right side has of them.
pub(super) fn left<const N: usize>(left: LazyFrame, right: LazyFrame, on: [&str; N]) -> LazyFrame {
    join(left, right, on, JoinType::Left)
}

/// The rows of the left side that the right side has, in their order.
pub(super) fn among<const N: usize>(left: LazyFrame, right: LazyFrame, on: [&str; N]) -> LazyFrame {
    join(left, right, on, JoinType::Semi)
}

/// The rows of the left side that the right side has not, in their order.
pub(super) fn without<const N: usize>(left: LazyFrame, right: LazyFrame, on: [&str; N]) -> LazyFrame {
    join(left, right, on, JoinType::Anti)
}

fn join<const N: usize>(left: LazyFrame, right: LazyFrame, on: [&str; N], how: JoinType) -> LazyFrame {
    let order = if how == JoinType::Inner { MaintainOrderJoin::None } else { MaintainOrderJoin::Left };
    left.join(right, cols(on), cols(on), JoinArgs { maintain_order: order, ..JoinArgs::new(how) })
}

/// All rows of several queries with the same columns.
pub(super) fn union(queries: Vec<LazyFrame>) -> Result<LazyFrame> {
    Ok(concat(queries, UnionArgs::default())?)
}

/// Sorted by these columns; nulls come first.
pub(super) fn sorted<const N: usize>(query: LazyFrame, by: [&str; N]) -> LazyFrame {
    query.sort(by, SortMultipleOptions::default())
}

/// Sorted by one column, without nulls; rows that have the same stand as before. That is several times faster than by more columns.
pub(super) fn sorted_by(query: LazyFrame, by: &str) -> LazyFrame {
    query.sort([by], SortMultipleOptions::default().with_maintain_order(true))
}

/// Of the rows of each group the last, in the order in which they stand.
pub(super) fn last_of_each<const N: usize>(query: LazyFrame, keys: [&str; N], others: &[&str]) -> LazyFrame {
    query.group_by_stable(cols(keys)).agg(others.iter().map(|name| col(*name).last()).collect::<Vec<_>>())
}

/// The local day of the time in the column `from`: `name` i32, null where there is none.
pub(super) fn local_day(zone: Tz, name: &'static str, from: &'static str) -> Expr {
    computed(name, [from], DataType::Int32, move |columns| {
        let days: Int32Chunked = columns[0].i64()?.iter().map(|at| Some(day_of(zone, at?))).collect();
        Ok(days.into_column())
    })
}

/// Ten-thousandths in the column `from` in minor units of a currency, of which one has as many as `unit` says: `name` i64.
pub(super) fn in_minor_units(name: &'static str, from: &'static str) -> Expr {
    computed(name, [from, "unit"], DataType::Int64, |columns| {
        let rows = columns[0].i64()?.iter().zip(columns[1].i64()?.iter());
        let minor: Int64Chunked = rows.map(|(amount, unit)| Some(amount? / unit?)).collect();
        Ok(minor.into_column())
    })
}

/// A column computed row by row from others by a function of the core, which knows what no query can say: a calendar, an
/// exact rate, a folded text. `null` stands for a result that cannot be kept exactly.
pub(super) fn computed<const N: usize>(
    name: &'static str,
    from: [&str; N],
    dtype: DataType,
    work: impl Fn(&[Column]) -> PolarsResult<Column> + Send + Sync + 'static,
) -> Expr {
    let mut columns = from.map(col).to_vec();
    let first = columns.remove(0);
    let made = move |columns: &mut [Column]| work(columns).map(|column| column.with_name(name.into()));
    first.map_many(made, &columns, move |_, _| Ok(Field::new(name.into(), dtype.clone()))).alias(name)
}
