//! Where facts come from: CSV and Parquet files and workbooks, each a whole snapshot of its table, and files of other kinds, whose rows are made here.
//!
//! A source only says what its files are and what stands in them, as text. What the columns mean, and keeping what was read,
//! is the business of `facts`, which asks for the files of a source ([`Remote::files_of`]), for their hash ([`hash_file`]) and for their rows
//! ([`read_rows`]). What lies elsewhere was brought here before ([`remote`]), so that no reader of rows waits for a network. Mistakes are collected in [`Mistakes`], so that all are reported at once.
//!
//! Shops with an API have no files: a [`Connector`] gives the orders that changed since it was asked before, each of them whole, and answers
//! by a second way which orders there are. What it gave is kept, and a later version of an order takes the place of an earlier one, in
//! `facts/landing.rs`; `app/fetch_api.rs` asks.
//!
//! To add a file format of tables: a variant of [`Format`], with its ending and how its rows are counted, a file here that reads its
//! rows, and how it is copied in `facts/keep.rs`. To add a kind of source: its keys and the tables it feeds in `program/source_kinds.rs`, a
//! variant of [`Format`], a file or folder here that makes the rows of each table, and its place in [`read_rows`]; a page of `FACTS.md`. To add a
//! shop with an API: its keys, a folder here with its [`Connector`], and its place in [`connect`].

mod access_log;
mod client;
mod connect;
mod connector;
mod creator_sheet;
mod csv_file;
mod mistakes;
mod query;
mod remote;
mod secret;
mod share;
mod shopify;
mod shopify_export;
mod source_file;
mod strict_csv;
mod woocommerce;
mod workbook;

pub use access_log::LogSummary;
pub use connect::connect;
pub use connector::{Batch, Connector, Listed, Span, WholeOrder};
pub use csv_file::{missing_columns, read_csv};
pub use mistakes::Mistakes;
pub use remote::{Remote, has_remote};
pub use shopify_export::Seen;
pub use source_file::{Format, Rest, SourceFile, hash_file, hash_of, local_files};

use access_log::read_log;
use anyhow::Result;
use creator_sheet::read_sheet;
use csv_file::read_values;
use shopify_export::read_export;

use crate::program::{SourceKind, Table};

/// What was read of a file.
#[derive(Debug, Default)]
pub struct ReadRows {
    /// How many rows the file has, as people count them; zero where it is not read on from where it ended.
    pub rows: usize,
    /// What became of the lines of a log.
    pub log: Option<LogSummary>,
}

/// Calls `each` with the number of the row and the values of the table's `columns` and then of `optional` ones, for every row of a file of
/// text: those that stand in it, or those that are made of what does.
///
/// # Errors
///
/// What is wrong with the file; see the kinds.
pub fn read_rows(
    file: &SourceFile,
    (table, columns, optional): (Table, &[&str], &[&str]),
    seen: &Seen,
    mut each: impl FnMut(usize, &[&str]) -> Result<()>,
) -> Result<ReadRows> {
    let made = file.source.as_ref().map(|source| (&source.kind, source.name.as_str()));
    match made {
        Some((SourceKind::AccessLog(log), name)) => {
            let mut rows = file.rest.map_or(0, |rest| rest.rows);
            let summary = read_log(file, log, name, |values| {
                rows += 1;
                each(rows, values)
            })?;
            Ok(ReadRows { rows, log: Some(summary) })
        }
        Some((SourceKind::CreatorSheet(sheet), _)) => read_sheet(file, sheet, table, each).map(|()| ReadRows::default()),
        Some((SourceKind::ShopifyExport(export), _)) => {
            read_export(file, export, table, seen, each).map(|()| ReadRows::default())
        }
        _ if file.format == Format::Xlsx => {
            let text = workbook::as_csv(&file.path, &file.shown, None)?;
            read_values(&file.shown, text.as_bytes(), (b',', 0), columns, optional, each).map(|_| ReadRows::default())
        }
        // The header of the file is no row of the query.
        _ if file.format == Format::Query => {
            read_csv(file, columns, optional, |row, values| each(row - 1, values)).map(|_| ReadRows::default())
        }
        Some((
            SourceKind::Table(_)
            | SourceKind::Payees
            | SourceKind::Shopify(_)
            | SourceKind::WooCommerce(_)
            | SourceKind::Query(_),
            _,
        ))
        | None => read_csv(file, columns, optional, each).map(|rows| ReadRows { rows, log: None }),
    }
}
