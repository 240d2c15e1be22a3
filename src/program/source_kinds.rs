//! `[sources.NAME]`: sources that are no tables yet, by their kinds.

use std::path::Path;

use chrono_tz::Tz;

use super::elsewhere::read_path;
use super::keys::{Key, keys};
use super::query::{self, Query};
use super::reader::Section;
use super::table::Table;
use super::values::not_empty;

keys! {
    KIND = "sources.*" "kind", "access_log | creator_sheet | query | shopify_export", "required", "What the files are, under any name: a web server's log, each visit with a link's key a click; a sheet with a row for each creator; rows that a query of a database gives; or Shopify's own export of orders.";
    PATH = "sources.*" "path", "path or address", "required but for query", "The files; relative to this file, or elsewhere (s3://, gs://, az://, https://); `*` and `**` allowed.";
    FORMAT = "sources.*" "format", "text", "the combined format", "`access_log`: the log format, as the configuration of nginx or Apache writes it. JSON lines and logs that name their fields need none.";
    LINK = "sources.*" "link", "text", "`ref`", "`access_log`, `creator_sheet`: the parameter of a page's address that holds the link's key.";
    SUB_ID = "sources.*" "sub_id", "text", "`sub_id`", "`access_log`: the parameter that holds the sub-id, such as `utm_source`.";
    VISITOR = "sources.*" "visitor", "text", "`visitor_id`", "The cookie or field of an `access_log`, the note attribute of a `shopify_export`, that holds the visitor's id.";
    DATES = "sources.*" "dates", "month/day/year | day/month/year", "none", "`creator_sheet`: how dates with slashes are meant. Others are year-month-day, or day.month.year.";
    SHEET = "sources.*" "sheet", "text", "the first", "`creator_sheet`: the name of the sheet in a workbook (.xlsx).";
    CLICK = "sources.*" "click", "text", "`click_id`", "`shopify_export`: the note attribute that holds a click's id.";
}

/// What the files of a source are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// Rows of a table, as CSV or Parquet.
    Table(Table),
    /// A web server's access log.
    AccessLog(AccessLog),
    /// A sheet with a row for each creator.
    CreatorSheet(CreatorSheet),
    /// Shopify's own export of orders.
    ShopifyExport(ShopifyExport),
    /// A query of a database.
    Query(Query),
}

/// How a sheet of creators is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatorSheet {
    /// The parameter of a link's address that holds its key.
    pub link: String,
    /// The name of the sheet, where the file is a workbook; none for the first.
    pub sheet: Option<String>,
    /// How dates with slashes are meant; none if there shall be none.
    pub slashes: Option<Slashes>,
    /// Whose days its dates are.
    pub time_zone: Tz,
}

/// How dates with slashes are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slashes {
    /// 7/3/2026 is the third of July.
    MonthDayYear,
    /// 7/3/2026 is the seventh of March.
    DayMonthYear,
}

/// How an export of Shopify is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopifyExport {
    /// The note attribute that holds the visitor's id.
    pub visitor: String,
    /// The note attribute that holds a click's id.
    pub click: String,
}

/// How an access log is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLog {
    /// The log format, as the web server's configuration writes it; none if it is the combined one.
    pub form: Option<String>,
    /// The parameter of a page's address that holds the link's key.
    pub link: String,
    /// The parameter that holds the sub-id.
    pub sub_id: String,
    /// The cookie or field that holds the visitor's id.
    pub visitor: String,
}

impl SourceKind {
    /// The tables that its files feed.
    pub fn tables(&self) -> &[Table] {
        match self {
            Self::Table(table) => std::slice::from_ref(table),
            Self::Query(query) => std::slice::from_ref(&query.table),
            Self::AccessLog(_) => &[Table::Clicks],
            Self::CreatorSheet(_) => &[Table::Creators, Table::Links, Table::Codes, Table::Rates],
            Self::ShopifyExport(_) => &[Table::Orders, Table::OrderLines, Table::Refunds],
        }
    }
}

/// Reads the sources that have a kind: the name, the path and the kind of each.
pub(super) fn read(section: &Section<'_>, folder: &Path, time_zone: Tz) -> Vec<(String, String, SourceKind)> {
    let mut found = Vec::new();
    for (name, source) in section.named("sources.*") {
        if source.get(&KIND).is_none() {
            source.missing(&KIND);
        }
        let text = |key, default: &str| source.read(key, not_empty).unwrap_or_else(|| default.to_owned());
        let visitor = text(&VISITOR, "visitor_id");
        let log = AccessLog {
            form: source.read(&FORMAT, not_empty),
            link: text(&LINK, "ref"),
            sub_id: text(&SUB_ID, "sub_id"),
            visitor: visitor.clone(),
        };
        let export = ShopifyExport { visitor, click: text(&CLICK, "click_id") };
        let slashes = [("month/day/year", Slashes::MonthDayYear), ("day/month/year", Slashes::DayMonthYear)];
        let (name_of_sheet, slashes) = (source.read(&SHEET, not_empty), source.choice(&DATES, &slashes));
        let sheet = CreatorSheet { link: log.link.clone(), sheet: name_of_sheet, slashes, time_zone };
        let kinds = [
            ("access_log", Kind::AccessLog),
            ("creator_sheet", Kind::CreatorSheet),
            ("query", Kind::Query),
            ("shopify_export", Kind::ShopifyExport),
        ];

        let Some(kind) = source.choice(&KIND, &kinds) else { continue };
        let query = (kind == Kind::Query).then(|| query::read(&source, folder)).flatten();
        if kind != Kind::Query && source.get(&PATH).is_none() {
            source.missing(&PATH);
        }
        let written = read_path(&source, &PATH, not_empty).unwrap_or_default();
        let of_query = query::OWN.iter().filter(|_| kind != Kind::Query).copied();
        let (kind, strange): (_, &[&Key]) = match kind {
            Kind::Query => match query {
                Some(query) => (SourceKind::Query(query), &[&PATH, &FORMAT, &LINK, &SUB_ID, &VISITOR, &DATES, &SHEET, &CLICK]),
                None => continue,
            },
            Kind::AccessLog => (SourceKind::AccessLog(log), &[&CLICK, &DATES, &SHEET]),
            Kind::CreatorSheet => (SourceKind::CreatorSheet(sheet), &[&CLICK, &FORMAT, &SUB_ID, &VISITOR]),
            Kind::ShopifyExport => (SourceKind::ShopifyExport(export), &[&FORMAT, &LINK, &SUB_ID, &DATES, &SHEET]),
        };
        for key in strange.iter().copied().chain(of_query) {
            if let Some(value) = source.get(key) {
                source.complain(value, key, "is no key of this kind of source");
            }
        }
        found.push((name, written, kind));
    }
    found
}

/// The words for kinds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    AccessLog,
    CreatorSheet,
    Query,
    ShopifyExport,
}
