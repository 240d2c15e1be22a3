//! `[sources]`: the tables of facts, and where each comes from.

use std::path::{Path, PathBuf};

use chrono_tz::Tz;

use super::elsewhere::{Elsewhere, ending_of, read_path};
use super::keys::{Key, keys};
use super::reader::Section;
use super::source_kinds::{self, SourceKind};
use super::table::Table;

keys! {
    ORDERS = "sources" "orders", "path", "required", "CSV, Parquet or a workbook's first sheet (.xlsx), by its extension; relative to this file, or elsewhere (s3://, gs://, az://, https://); `*` and `**` allowed.";
    ORDER_LINES = "sources" "order_lines", "path", "required", "The lines of the orders.";
    REFUNDS = "sources" "refunds", "path", "required", "Refunds of lines or whole orders.";
    CLICKS = "sources" "clicks", "path", "required", "Clicks on creators' links.";
    CREATORS = "sources" "creators", "path", "required", "Creators, one row for each period of time.";
    LINKS = "sources" "links", "path", "required", "Which creator owns a link, and when.";
    CODES = "sources" "codes", "path", "required", "Which creator owns a code, and when.";
    FX = "sources" "fx", "path", "none", "Exchange rates by day, for orders in other currencies.";
    FEES = "sources" "fees", "path", "none", "Fixed amounts owed to creators.";
    RATES = "sources" "rates", "path", "none", "Percentages agreed with single creators.";
    DISPUTES = "sources" "disputes", "path", "none", "Payments of orders that buyers dispute, and how each ended.";
    PAYEES = "sources" "payees", "path", "none", "Whom and where to pay for each creator. It is read when it is needed, and not kept with the facts.";
}

/// Where rows of tables are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its key in `[sources]`.
    pub name: String,
    /// The path as written, which may hold `*`, `?` and `**`; of a source that is asked over the network, its address.
    pub written: String,
    /// The same, made absolute from the program file's folder.
    pub pattern: PathBuf,
    /// What it is.
    pub kind: SourceKind,
}

impl Source {
    /// Whether what it has is asked for over a network, or of a database, and written down as a file.
    pub fn is_remote(&self) -> bool {
        matches!(self.kind, SourceKind::Query(_) | SourceKind::GoAffPro(_)) || self.elsewhere().is_some()
    }

    /// Where its files lie, if that is not on this machine.
    pub fn elsewhere(&self) -> Option<Elsewhere> {
        // The address of a shop is no file.
        Elsewhere::parse(&self.written).filter(|_| self.kind.has_files()).and_then(Result::ok)
    }
}

/// Reads the section. `folder` is where relative paths start, `time_zone` whose days sheets mean. Sources of one table stand in the order in which they are read: those of
/// its own key, then the others by their names. Beside them, where payees are.
pub(super) fn read(section: &Section<'_>, folder: &Path, time_zone: Tz) -> (Vec<Source>, Option<Source>) {
    let all = [
        (Table::Orders, &ORDERS),
        (Table::OrderLines, &ORDER_LINES),
        (Table::Refunds, &REFUNDS),
        (Table::Clicks, &CLICKS),
        (Table::Creators, &CREATORS),
        (Table::Links, &LINKS),
        (Table::Codes, &CODES),
        (Table::Fx, &FX),
        (Table::Fees, &FEES),
        (Table::Rates, &RATES),
        (Table::Disputes, &DISPUTES),
    ];
    let (mut kinds, are_all_known) = source_kinds::read(section, folder, time_zone);
    kinds.sort_by(|one, other| one.0.cmp(&other.0));
    let mut sources = Vec::new();
    for (table, key) in all {
        let is_table = section.get(key).is_some_and(|value| value.get_ref().is_table());
        if !is_table && let Some(written) = read_path(section, key, path) {
            sources.push((table.name().to_owned(), written, SourceKind::Table(table)));
        }
    }
    sources.extend(kinds);
    for (table, key) in all {
        let is_fed = section.get(key).is_some() || sources.iter().any(|(.., kind)| kind.tables().contains(&table));
        // A source of which something is wrong may be the one that feeds it.
        if !is_fed && !table.is_optional() && are_all_known {
            section.missing(key);
        }
    }
    let source = |(name, written, kind): (String, String, SourceKind)| {
        let pattern = folder.join(&written);
        Source { name, written, pattern, kind }
    };
    let payees =
        section.read(&PAYEES, path_of_payees).map(|written| source((PAYEES.name.to_owned(), written, SourceKind::Payees)));
    (sources.into_iter().map(source).collect(), payees)
}

/// Details of payees are read where they are kept, and nowhere else.
fn path_of_payees(text: &str) -> Result<String, String> {
    match ending_of(text) {
        Some("csv" | "parquet") if !text.contains("://") => Ok(text.to_owned()),
        _ => Err("takes a path on this machine that ends in .csv or .parquet".to_owned()),
    }
}

fn path(text: &str) -> Result<String, String> {
    match ending_of(text) {
        Some("csv" | "parquet" | "xlsx") => Ok(text.to_owned()),
        _ => Err("takes a path that ends in .csv, .parquet or .xlsx".to_owned()),
    }
}
