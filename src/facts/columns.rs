//! Typed columns from columns of text. A value that does not parse is a mistake, and something else stands in its place: a
//! table with mistakes is never used.

use anyhow::Result;
use polars::prelude::{BooleanChunked, Column, DataFrame, IntoColumn, NamedFrom, Series};

use super::bounds::Bounds;
use super::folding::{fold, is_blank, is_folded};
use super::parallel::in_parts;
use super::text_column::Texts;
use super::text_table::TextTable;
use crate::calendar::{parse_day, parse_time};
use crate::sources::Mistakes;

/// Why a text is not a time.
pub(super) const NO_TIME: &str = "is not a valid UTC time (such as 2026-02-01T09:30:00Z)";

/// A column of times of events, as microseconds since 1970.
pub(super) fn times(table: &TextTable<'_>, name: &str, bounds: &Bounds, mistakes: &mut Mistakes) -> Result<Vec<i64>> {
    let texts = table.column(name)?;
    let parts = in_parts(table.height(), |rows| {
        let mut wrong = Mistakes::default();
        let parse = |row| {
            let time = parse_time(texts.get(row));
            if let Some(why) = time.and_then(|time| bounds.refuse_time(time)) {
                wrong.add(row, || table.wrong(row, name, why));
            }
            time.unwrap_or_else(|| {
                wrong.add(row, || table.wrong(row, name, NO_TIME));
                0
            })
        };
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

/// The start or end of each row's span; `open` where it is empty, and of rows that do not `count`.
pub(super) fn edges(
    table: &TextTable<'_>,
    name: &str,
    open: i64,
    counts: impl Fn(usize) -> bool,
    mistakes: &mut Mistakes,
) -> Result<Vec<i64>> {
    let edge = |(row, text): (usize, &str)| match parse_time(text) {
        _ if text.is_empty() || !counts(row) => open,
        Some(time) => time,
        None => {
            mistakes.add(row, || table.wrong(row, name, NO_TIME));
            0
        }
    };
    Ok(table.column(name)?.iter().enumerate().map(edge).collect())
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

/// Refuses a row whose key cannot be one.
pub(super) fn refuse_bad_key(table: &TextTable<'_>, row: usize, name: &str, text: &str, mistakes: &mut Mistakes) {
    if let Some(why) = bad_key(name, text) {
        mistakes.add(row, || format!("{}, {why}", table.place(row)));
    }
}

/// Why the value of a column identifies no row, if so.
pub(super) fn bad_key(name: &str, text: &str) -> Option<String> {
    if is_blank(text) {
        return Some(format!("{name}: is empty, but every row needs one"));
    }
    is_rounded(text).then(|| {
        format!(
            "{name}: \"{text}\" is a long number that a spreadsheet rounded, so that several rows may have it; export the table \
             again, and do not save it from a spreadsheet"
        )
    })
}

/// Whether a spreadsheet wrote a long number so, and left out its last digits: `5.12345E+12`.
fn is_rounded(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once("E+") else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    whole.len() == 1 && is_number(whole) && is_number(fraction) && is_number(exponent)
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
