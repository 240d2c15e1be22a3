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
mod click_labels;
mod connector;
mod connectors;
mod creator_sheet;
mod csv_file;
mod goaffpro;
mod http;
mod mistakes;
mod patient_client;
mod postbacks;
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
pub use connector::{Batch, Connector, Listed, Span, WholeOrder};
pub use connectors::connect;
pub use csv_file::{missing_columns, read_csv};
pub use goaffpro::{Affiliate, worth_of_affiliates};
pub use mistakes::Mistakes;
pub use postbacks::{Book, Kept, Postback, postback_secrets, sandbox_of, sign, signed};
pub use remote::{Remote, has_remote};
pub use shopify_export::Seen;
pub use source_file::{Format, Rest, SourceFile, hash_beginnings, hash_file, hash_of, local_files};

use access_log::read_log;
use anyhow::Result;
use creator_sheet::read_sheet;
use csv_file::{header_of, read_values};
use goaffpro::read_platform;
use postbacks::read_postbacks;
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

/// Those of the `optional` columns for which a file of text may have values: no others need be kept of it. What is made here, and a workbook,
/// may have values for all of them.
///
/// # Errors
///
/// When the file cannot be read.
pub fn optional_columns<'a>(file: &SourceFile, optional: &[&'a str]) -> Result<Vec<&'a str>> {
    let has_header = file.format == Format::Query || (file.format == Format::Csv && file.source.is_none());
    if optional.is_empty() || !has_header {
        return Ok(optional.to_vec());
    }
    let header = header_of(file)?;
    Ok(optional.iter().copied().filter(|name| header.iter().any(|known| known == name)).collect())
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
        Some((SourceKind::GoAffPro(_), _)) => read_platform(file, table, each).map(|()| ReadRows::default()),
        Some((SourceKind::Postbacks(_), name)) => read_postbacks(file, name, table, each).map(|()| ReadRows::default()),
        _ if file.format == Format::Xlsx => {
            let sheet = match made {
                Some((SourceKind::Workbook(book), _)) => Some(book.sheet.as_str()),
                _ => None,
            };
            let text = workbook::as_csv(&file.path, &file.shown, sheet)?;
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
            | SourceKind::Query(_)
            | SourceKind::Workbook(_),
            _,
        ))
        | None => read_csv(file, columns, optional, each).map(|rows| ReadRows { rows, log: None }),
    }
}
