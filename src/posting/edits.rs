//! What people edited since the ledger last followed them: the program file, and the tables of creators, links, codes, exchange
//! rates and agreed rates. What is new in a table, and concerns young orders only, is no edit.

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::{Context, Result};
use polars::prelude::{Column, DataFrame, DataType};

use crate::calendar::day_of;
use crate::facts::{Edited, Facts};
use crate::money::Rate;
use crate::program::{Program, Table};
use crate::reconcile::Reconciliation;
use crate::reconcile::frame::{i32s, take};

/// Until when an order is young (microseconds): a new creator, link or code all of whose orders are young is no edit.
pub const YOUNG: i64 = 7 * 86_400_000_000;

/// What the ledger rests on, so far as people edit it.
#[derive(Debug, Clone)]
pub struct Previous {
    /// The program.
    pub program: Program,
    /// The tables that people edit; none where all are as they were.
    pub tables: Option<Edited>,
    /// When the last reconciliation was (microseconds since 1970).
    pub as_of: i64,
}

/// What was edited since then.
#[derive(Debug, Default)]
pub struct Edits {
    /// Whether the program file decides otherwise what everybody earns.
    pub program: bool,
    /// The tables that decide otherwise, also by what is only new.
    pub changed: Vec<Table>,
    /// Those of them that were edited, and not only added to.
    pub tables: Vec<Table>,
    /// The facts of now with the tables of before, and what is only new in them; none where nothing was edited.
    pub before: Option<Box<Facts>>,
}

/// Finds what was edited. `facts` and `now` are what the program makes of the facts as of a time (microseconds since 1970).
///
/// # Errors
///
/// When a frame lacks a column.
pub fn edits(previous: &Previous, program: &Program, facts: Facts, now: &Reconciliation, as_of: i64) -> Result<Edits> {
    let mut edits = Edits { program: !program.pays_like(&previous.program), ..Edits::default() };
    let mut facts = facts;
    if let Some(old) = &previous.tables {
        let young = |first: Option<&i64>| first.is_none_or(|at| *at > as_of - YOUNG);
        let firsts = &now.first_orders;
        // A rate of a day that the last reconciliation could not know to its end is news of that day.
        let known = day_of(program.time_zone, previous.as_of);
        let days = i32s(&facts.fx, "day")?.to_vec();
        let compared = [
            compare(&CREATORS, &old.creators, &facts.creators, |id, _| young(firsts.creators.get(id)))?,
            compare(&LINKS, &old.links, &facts.links, |key, _| young(firsts.links.get(key)))?,
            compare(&CODES, &old.codes, &facts.codes, |code, _| young(firsts.codes.get(code)))?,
            compare(&FX, &old.fx, &facts.fx, |_, row| days[row] >= known)?,
            compare(&RATES, &old.rates, &facts.rates, |_, _| false)?,
        ];
        let frames = [&mut facts.creators, &mut facts.links, &mut facts.codes, &mut facts.fx, &mut facts.rates];
        for ((compared, frame), table) in compared.into_iter().zip(frames).zip(Edited::TABLES) {
            edits.changed.extend(compared.any.then_some(table));
            if let Some(before) = compared.before {
                *frame = before;
                edits.tables.push(table);
            }
        }
    }
    if edits.program || !edits.tables.is_empty() {
        edits.before = Some(Box::new(facts));
    }
    Ok(edits)
}

/// The columns of a table that decide something: its key, then the rest.
struct Shape {
    columns: &'static [&'static str],
    key: Range<usize>,
}

/// The name is for people.
const CREATORS: Shape = Shape { columns: &["creator_id", "email", "group", "active_from", "active_to"], key: 0..1 };
const LINKS: Shape = Shape { columns: &["link_key", "creator_id", "active_from", "active_to", "campaign"], key: 0..1 };
const CODES: Shape = Shape { columns: &["code", "creator_id", "active_from", "active_to", "campaign"], key: 0..1 };
/// Each row is a rate of its own. A new one that holds from today on is an edit too, which moves nothing that was.
const RATES: Shape = Shape { columns: &["creator_id", "campaign", "from", "until", "percent"], key: 0..4 };
const FX: Shape = Shape { columns: &["day", "from", "to", "rate"], key: 0..3 };

/// What became of a table.
struct Compared {
    any: bool,
    /// The table of before with what is only new; none where nothing else was edited.
    before: Option<DataFrame>,
}

/// Compares a table with what it was, key by key, whatever the order of its rows. `is_news` says of a key that is not in the
/// old table, and of a row of it, whether it is only new.
fn compare(shape: &Shape, old: &DataFrame, now: &DataFrame, is_news: impl Fn(&str, usize) -> bool) -> Result<Compared> {
    let (olds, news) = (by_key(shape, old)?, by_key(shape, now)?);
    let mut edited = olds.keys().any(|key| !news.contains_key(key));
    let mut added: Vec<u32> = Vec::new();
    let mut any = edited;
    for (key, rows) in &news {
        let values = |rows: &[(String, u32)]| rows.iter().map(|(value, _)| value.clone()).collect::<Vec<_>>();
        match olds.get(key) {
            Some(before) if values(before) == values(rows) => continue,
            None if rows.iter().all(|(_, row)| is_news(key, *row as usize)) => added.extend(rows.iter().map(|(_, row)| *row)),
            _ => edited = true,
        }
        any = true;
    }
    let before = edited.then(|| -> Result<DataFrame> {
        let mut before = old.clone();
        before.vstack_mut_owned(take(now, &added)?.select(old.get_column_names_owned())?)?;
        before.rechunk_mut();
        Ok(before)
    });
    Ok(Compared { any, before: before.transpose()? })
}

/// For each key what its rows say, sorted, and where they stand.
fn by_key(shape: &Shape, frame: &DataFrame) -> Result<BTreeMap<String, Vec<(String, u32)>>> {
    let columns: Vec<Vec<String>> = shape.columns.iter().map(|name| spelled(frame.column(name)?)).collect::<Result<_>>()?;
    let mut by_key: BTreeMap<String, Vec<(String, u32)>> = BTreeMap::new();
    for row in 0..frame.height() {
        let joined =
            |columns: &[Vec<String>]| columns.iter().map(|column| column[row].as_str()).collect::<Vec<_>>().join("\u{1f}");
        let value = joined(&columns[shape.key.end..]);
        by_key.entry(joined(&columns[shape.key.clone()])).or_default().push((value, row as u32));
    }
    by_key.values_mut().for_each(|rows| rows.sort_unstable());
    Ok(by_key)
}

/// A column's values as texts that are equal where the values are.
fn spelled(column: &Column) -> Result<Vec<String>> {
    let series = column.as_materialized_series();
    let number = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
    Ok(match series.dtype() {
        DataType::Int64 => series.i64()?.iter().map(number).collect(),
        DataType::Int32 => series.i32()?.iter().map(|day| number(day.map(i64::from))).collect(),
        _ if matches!(column.name().as_str(), "rate" | "percent") => {
            let rate = |text: &str| text.parse::<Rate>().map(|rate| format!("{:?}", rate.fraction()));
            series.str()?.iter().map(|text| rate(text.unwrap_or_default())).collect::<Result<_, _>>().context("a kept rate")?
        }
        _ => series.str()?.iter().map(|text| text.unwrap_or_default().to_owned()).collect(),
    })
}
