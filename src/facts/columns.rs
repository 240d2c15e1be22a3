//! Typed columns from columns of text. A value that does not parse is a mistake, and something else stands in its place: a
//! table with mistakes is never used.

use anyhow::Result;
use polars::prelude::{BooleanChunked, Column, DataFrame, IntoColumn, NamedFrom, Series};

use super::folding::{fold, is_blank, is_folded};
use super::parallel::in_parts;
use super::text_column::Texts;
use super::text_table::TextTable;
use crate::calendar::{parse_day, parse_time};
use crate::sources::Mistakes;

/// Why a text is not a time.
pub(super) const NO_TIME: &str = "is not a UTC time such as 2026-02-01T09:30:00Z";

/// A column of times, as microseconds since 1970.
pub(super) fn times(table: &TextTable<'_>, name: &str, mistakes: &mut Mistakes) -> Result<Vec<i64>> {
    let texts = table.column(name)?;
    let parts = in_parts(table.height(), |rows| {
        let mut wrong = Mistakes::default();
        let parse = |row| time_or(table, row, name, texts.get(row), &mut wrong);
        let times: Vec<i64> = rows.map(parse).collect();
        Ok((times, wrong))
    })?;
    let mut times = Vec::with_capacity(table.height());
    for (part, wrong) in parts {
        times.extend(part);
        mistakes.merge(wrong);
    }
    Ok(times)
}

/// The start or end of each row's span; `open` where it is empty.
pub(super) fn edges(table: &TextTable<'_>, name: &str, open: i64, mistakes: &mut Mistakes) -> Result<Vec<i64>> {
    let texts = table.column(name)?.iter().enumerate();
    Ok(texts.map(|(row, text)| if text.is_empty() { open } else { time_or(table, row, name, text, mistakes) }).collect())
}

fn time_or(table: &TextTable<'_>, row: usize, name: &str, text: &str, mistakes: &mut Mistakes) -> i64 {
    parse_time(text).unwrap_or_else(|| {
        mistakes.add(row, || table.wrong(row, name, NO_TIME));
        0
    })
}

/// A column of days, as days since 1970.
pub(super) fn days(table: &TextTable<'_>, name: &str, mistakes: &mut Mistakes) -> Result<Vec<i32>> {
    let mut day = |(row, text)| {
        parse_day(text).unwrap_or_else(|| {
            mistakes.add(row, || table.wrong(row, name, "is not a date such as 2026-02-01"));
            0
        })
    };
    Ok(table.column(name)?.iter().enumerate().map(&mut day).collect())
}

/// Refuses a row without a value that every row needs.
pub(super) fn refuse_blank(table: &TextTable<'_>, row: usize, name: &str, text: &str, mistakes: &mut Mistakes) {
    if is_blank(text) {
        mistakes.add(row, || format!("{}, {name}: is empty, but every row needs one", table.place(row)));
    }
}

/// Emails without surrounding space and capitals; none where they are empty. Most files have them so already.
pub(super) fn emails(name: &str, texts: Texts<'_>) -> Column {
    if texts.iter().all(is_folded) {
        return optional_text_column(name, texts);
    }
    let folded = texts.iter().map(|text| Some(fold(text)).filter(|text| !text.is_empty()));
    column(name, folded.collect::<Vec<Option<String>>>())
}

/// A column of these values.
pub(super) fn column<T>(name: &str, values: Vec<T>) -> Column
where
    Series: NamedFrom<Vec<T>, [T]>,
    Vec<T>: AsRef<[T]>,
{
    Series::new(name.into(), values).into()
}

/// A column of text, empty where there is none.
pub(super) fn text_column(name: &str, texts: Texts<'_>) -> Column {
    texts.without_nulls(name).into_column()
}

/// A column of text, null where there is none.
pub(super) fn optional_text_column(name: &str, texts: Texts<'_>) -> Column {
    texts.empty_as_null(name).into_column()
}

/// The rows of these columns that are to be kept.
pub(super) fn frame(keep: &[bool], columns: Vec<Column>) -> Result<DataFrame> {
    let frame = DataFrame::new_infer_height(columns)?;
    if keep.iter().all(|k| *k) {
        return Ok(frame);
    }
    let mut kept = frame.filter(&BooleanChunked::new("keep".into(), keep))?;
    kept.rechunk_mut();
    Ok(kept)
}
