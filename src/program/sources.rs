//! `[sources]`: the tables of facts, and where each comes from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::keys::{Key, keys};
use super::reader::Section;

keys! {
    ORDERS = "sources" "orders", "path", "required", "CSV or Parquet, by its extension; relative to this file; `*` and `**` allowed.";
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
}

/// The tables of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Orders, in versions.
    Orders,
    /// The lines of orders.
    OrderLines,
    /// Money given back.
    Refunds,
    /// Clicks on creators' links.
    Clicks,
    /// Creators, one row for each span of time.
    Creators,
    /// Which creator owns a link, and when.
    Links,
    /// Who owns a discount code, and when.
    Codes,
    /// Exchange rates by day. Optional.
    Fx,
    /// Fixed amounts owed to creators. Optional.
    Fees,
    /// Percentages agreed with single creators. Optional.
    Rates,
    /// Payments that buyers dispute. Optional.
    Disputes,
}

impl Table {
    /// All of them, in the order they are read.
    pub const ALL: [Self; 11] = [
        Self::Orders,
        Self::OrderLines,
        Self::Refunds,
        Self::Clicks,
        Self::Creators,
        Self::Links,
        Self::Codes,
        Self::Fx,
        Self::Fees,
        Self::Rates,
        Self::Disputes,
    ];

    /// The name used in the program file and in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::OrderLines => "order_lines",
            Self::Refunds => "refunds",
            Self::Clicks => "clicks",
            Self::Creators => "creators",
            Self::Links => "links",
            Self::Codes => "codes",
            Self::Fx => "fx",
            Self::Fees => "fees",
            Self::Rates => "rates",
            Self::Disputes => "disputes",
        }
    }

    /// Whether a program may leave it out.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Fx | Self::Fees | Self::Rates | Self::Disputes)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a table's rows are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path as written; may hold `*`, `?` and `**`.
    pub written: String,
    /// The same, made absolute from the program file's folder.
    pub pattern: PathBuf,
}

/// Reads the section. `folder` is where relative paths start.
pub(super) fn read(section: &Section<'_>, folder: &Path) -> BTreeMap<Table, Source> {
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
    let mut sources = BTreeMap::new();
    for (table, key) in all {
        if section.get(key).is_none() && !table.is_optional() {
            section.missing(key);
        }
        if let Some(written) = section.read(key, path) {
            let pattern = folder.join(&written);
            sources.insert(table, Source { written, pattern });
        }
    }
    sources
}

fn path(text: &str) -> Result<String, String> {
    match Path::new(text).extension().and_then(|e| e.to_str()) {
        Some("csv" | "parquet") => Ok(text.to_owned()),
        _ => Err("takes a path that ends in .csv or .parquet".to_owned()),
    }
}
