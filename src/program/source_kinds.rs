//! `[sources.NAME]`: sources that are no tables yet, by their kinds.

use super::keys::{Key, keys};
use super::reader::Section;
use super::table::Table;
use super::values::not_empty;

keys! {
    KIND = "sources.*" "kind", "access_log | shopify_export", "required", "What the files are, under any name: a web server's log, each visit with a link's key a click; or Shopify's own export of orders.";
    PATH = "sources.*" "path", "path", "required", "The files; relative to this file; `*` and `**` allowed.";
    FORMAT = "sources.*" "format", "text", "the combined format", "`access_log`: the log format, as the configuration of nginx or Apache writes it. JSON lines and logs that name their fields need none.";
    LINK = "sources.*" "link", "text", "`ref`", "`access_log`: the parameter of a page's address that holds the link's key.";
    SUB_ID = "sources.*" "sub_id", "text", "`sub_id`", "`access_log`: the parameter that holds the sub-id, such as `utm_source`.";
    VISITOR = "sources.*" "visitor", "text", "`visitor_id`", "The cookie or field of an `access_log`, the note attribute of a `shopify_export`, that holds the visitor's id.";
    CLICK = "sources.*" "click", "text", "`click_id`", "`shopify_export`: the note attribute that holds a click's id.";
}

/// What the files of a source are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// Rows of a table, as CSV or Parquet.
    Table(Table),
    /// A web server's access log.
    AccessLog(AccessLog),
    /// Shopify's own export of orders.
    ShopifyExport(ShopifyExport),
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
            Self::AccessLog(_) => &[Table::Clicks],
            Self::ShopifyExport(_) => &[Table::Orders, Table::OrderLines, Table::Refunds],
        }
    }
}

/// Reads the sources that have a kind: the name, the path and the kind of each.
pub(super) fn read(section: &Section<'_>) -> Vec<(String, String, SourceKind)> {
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
        let kinds = [("access_log", Kind::AccessLog), ("shopify_export", Kind::ShopifyExport)];
        let written = source.required(&PATH, not_empty);
        let (Some(kind), Some(written)) = (source.choice(&KIND, &kinds), written) else { continue };
        let (kind, strange): (_, &[&Key]) = match kind {
            Kind::AccessLog => (SourceKind::AccessLog(log), &[&CLICK]),
            Kind::ShopifyExport => (SourceKind::ShopifyExport(export), &[&FORMAT, &LINK, &SUB_ID]),
        };
        for key in strange {
            if let Some(value) = source.get(key) {
                source.complain(value, key, "is no key of this kind of source");
            }
        }
        found.push((name, written, kind));
    }
    found
}

/// The words for kinds.
#[derive(Clone, Copy)]
enum Kind {
    AccessLog,
    ShopifyExport,
}
