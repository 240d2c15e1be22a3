//! Queries over all clicks of a list of facts.

use std::path::Path;

use anyhow::Result;
use polars::prelude::{
    Column, DataFrame, DataType, Engine, Expr, Field, Int64Chunked, IntoColumn, IntoLazy, LazyFrame, TimeUnit, UnionArgs,
    UniqueKeepStrategy, col, concat, lit,
};

use super::click_batches::SMALL;
use super::manifest::KeptFile;
use super::parquet::guarded;
use super::scan::{read, scan};
use crate::calendar::parse_time;
use crate::program::Table;

/// Kept files of clicks that were checked.
pub(super) struct Clicks<'a> {
    /// In the order of their list.
    pub(super) files: Vec<&'a KeptFile>,
    /// The data folder.
    pub(super) data: &'a Path,
    /// How many clicks they have together.
    pub(super) rows: usize,
    /// Whether no click stands in them twice.
    pub(super) has_each_once: bool,
}

impl Clicks<'_> {
    /// These columns of all clicks, of which one is `click_id`: `clicked_at` i64 (microseconds since 1970), the others str, empty where there is
    /// nothing; and `file` u32, the place of the file.
    pub(super) fn query(&self, columns: &[&str]) -> Result<LazyFrame> {
        self.query_of(columns, |clicks| clicks)
    }

    /// The same of those clicks that `narrowed` leaves of them. It looks at the columns as their files have them, so that of most clicks nothing
    /// else is read.
    pub(super) fn query_of(&self, columns: &[&str], narrowed: impl Fn(LazyFrame) -> LazyFrame) -> Result<LazyFrame> {
        let mut queries = Vec::new();
        for (place, file) in (0u32..).zip(&self.files) {
            let mut clicks = match self.is_small() {
                true => read(file, self.data, Table::Clicks, columns)?.lazy(),
                false => scan(file, self.data, Table::Clicks, columns)?,
            };
            let types = clicks.collect_schema()?;
            let typed = columns.iter().map(|name| match types.get(name) {
                Some(DataType::Datetime(_, zone)) => {
                    col(*name).cast(DataType::Datetime(TimeUnit::Microseconds, zone.clone())).cast(DataType::Int64)
                }
                _ if *name == "clicked_at" => parsed(col(*name).cast(DataType::String)),
                _ => col(*name).cast(DataType::String).fill_null(lit("")),
            });
            let file = lit(place).cast(DataType::UInt32).alias("file");
            queries.push(narrowed(clicks).select(typed.chain([file]).collect::<Vec<_>>()));
        }
        if queries.is_empty() { no_clicks(columns) } else { Ok(concat(queries, UnionArgs::default())?) }
    }

    /// Runs a query, in one piece. Few clicks are read at once: to start a stream would take longer.
    pub(super) fn collect(&self, query: LazyFrame) -> Result<DataFrame> {
        let engine = if self.is_small() { Engine::InMemory } else { Engine::Streaming };
        let mut rows = guarded(|| Ok(query.collect_with_engine(engine)?.unwrap_single()))?;
        rows.rechunk_mut();
        Ok(rows)
    }

    /// Of each click the copy in the first file that has it.
    pub(super) fn once(&self, clicks: LazyFrame) -> LazyFrame {
        if self.has_each_once {
            return clicks;
        }
        let first = clicks.sort(["click_id", "file"], Default::default());
        first.unique_stable_generic(Some(vec![col("click_id")]), UniqueKeepStrategy::First)
    }

    fn is_small(&self) -> bool {
        self.rows <= SMALL
    }
}

fn no_clicks(columns: &[&str]) -> Result<LazyFrame> {
    let column = |name: &str| {
        let dtype = match name {
            "clicked_at" => DataType::Int64,
            "file" => DataType::UInt32,
            _ => DataType::String,
        };
        Column::new_empty(name.into(), &dtype)
    };
    let columns = columns.iter().copied().chain(["file"]).map(column).collect();
    Ok(DataFrame::new_infer_height(columns)?.lazy())
}

/// Times from text that was checked.
fn parsed(texts: Expr) -> Expr {
    let parse = |texts: Column| {
        let times: Int64Chunked = texts.str()?.iter().map(|text| text.and_then(parse_time)).collect();
        Ok(times.with_name(texts.name().clone()).into_column())
    };
    texts.map(parse, |_, field| Ok(Field::new(field.name().clone(), DataType::Int64)))
}
