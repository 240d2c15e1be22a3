//! `[sources.NAME]`: sources that are no tables yet, by their kinds.

use std::path::Path;

use chrono_tz::Tz;

use super::elsewhere::read_path;
use super::keys::{Key, keys};
use super::query::{self, Query};
use super::reader::Section;
use super::secret::{self, Secret};
use super::table::Table;
use super::values::{date, duration, not_empty};
use crate::calendar::start_of;

keys! {
    KIND = "sources.*" "kind", "access_log | creator_sheet | goaffpro | postbacks | query | shopify | shopify_export | woocommerce | workbook", "required", "What the source is, under any name: a web server's log, each visit with a link's key a click; a sheet with a row for each creator; affiliates and coupons of GoAffPro, asked by its API; what partners' servers report to `purser serve`; rows that a query of a database gives; a Shopify shop, asked by its API; Shopify's own export of orders; a WooCommerce store, asked by its API; or a table in one of several sheets of a workbook.";
    PATH = "sources.*" "path", "path or address", "required for files", "The files; relative to this file, or elsewhere (s3://, gs://, az://, https://); `*` and `**` allowed. Of `postbacks` the one file on this machine, ending in .jsonl, to which `purser serve` appends. Not for `goaffpro`, `shopify`, `woocommerce` and `query`.";
    FORMAT = "sources.*" "format", "text", "the combined format", "`access_log`: the log format, as the configuration of nginx or Apache writes it. JSON lines and logs that name their fields need none.";
    LINK = "sources.*" "link", "text", "`ref`", "`access_log`, `creator_sheet`, `shopify`, `woocommerce`: the parameter of a page's address that holds the link's key.";
    SUB_ID = "sources.*" "sub_id", "text", "`sub_id`", "`access_log`, `shopify`, `woocommerce`: the parameter that holds the sub-id, such as `utm_source`.";
    VISITOR = "sources.*" "visitor", "text", "`visitor_id`", "The cookie or field of an `access_log`, the note attribute of `shopify` and `shopify_export`, the order meta of `woocommerce`, that holds the visitor's id.";
    DATES = "sources.*" "dates", "month/day/year | day/month/year", "none", "`creator_sheet`: how dates with slashes are meant. Others are year-month-day, or day.month.year.";
    SHEET = "sources.*" "sheet", "text", "the first", "`creator_sheet`, `workbook` (required there): the name of the sheet in a workbook (.xlsx).";
    CLICK = "sources.*" "click", "text", "`click_id`", "`shopify`, `shopify_export`: the note attribute that holds a click's id; `woocommerce`: the order meta.";
    SHOP = "sources.*" "shop", "text", "none", "`shopify`, `woocommerce`, required there: the shop's own address, such as `my-store.myshopify.com` or `https://shop.example/store`. `goaffpro`: that of its API, `https://api.goaffpro.com/v1` unless it is given.";
    TOKEN_ENV = "sources.*" "token_env", "text", "none", "`goaffpro`, `shopify`: the environment variable that holds the access token. Either this or `token_file`.";
    TOKEN_FILE = "sources.*" "token_file", "path", "none", "`goaffpro`, `shopify`: the file that holds the access token, which others must not be able to read; relative to this file.";
    KEY_ENV = "sources.*" "key_env", "text", "none", "`woocommerce`: the environment variable that holds the consumer key and secret, as `ck_…:cs_…`; `postbacks`: that holds the secret by which what comes is signed, at least 32 characters, or several with commas between while it changes. Either this or `key_file`.";
    KEY_FILE = "sources.*" "key_file", "path", "none", "`woocommerce`, `postbacks`: the file that holds them, which others must not be able to read; relative to this file.";
    SINCE = "sources.*" "since", "date", "none", "`shopify`, `woocommerce`: the first local day whose orders are fetched; all of them if it is left out.";
    WINDOW = "sources.*" "window", "duration", "`1d`", "`postbacks`: how long after it happened something may be reported.";
}

/// What the files of a source are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// Rows of a table, as CSV or Parquet.
    Table(Table),
    /// Whom and where to pay, as CSV or Parquet: no facts.
    Payees,
    /// A web server's access log.
    AccessLog(AccessLog),
    /// A sheet with a row for each creator.
    CreatorSheet(CreatorSheet),
    /// Shopify's own export of orders.
    ShopifyExport(ShopifyExport),
    /// A shop of Shopify, asked by its API.
    Shopify(ShopApi),
    /// A store of WooCommerce, asked by its API.
    WooCommerce(ShopApi),
    /// A query of a database.
    Query(Query),
    /// What partners' servers report.
    Postbacks(Postbacks),
    /// Affiliates and coupons of GoAffPro.
    GoAffPro(GoAffPro),
    /// A table in a workbook with several sheets.
    Workbook(Workbook),
}

/// A table in a workbook with several sheets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workbook {
    /// The table that its rows are.
    pub table: Table,
    /// The name of the sheet.
    pub sheet: String,
}

/// Where GoAffPro is asked, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoAffPro {
    /// Where its API is.
    pub address: String,
    /// Where the access token is.
    pub secret: Secret,
}

/// How what partners' servers report is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postbacks {
    /// Where the secret is by which what comes is signed.
    pub secret: Secret,
    /// How long after it happened something may be reported (microseconds).
    pub window: i64,
}

/// A shop with an API, and how it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopApi {
    /// Where it is, such as `https://my-store.myshopify.com` or `https://shop.example/store`.
    pub address: String,
    /// Where the access token is, or the consumer key and secret.
    pub secret: Secret,
    /// The note of an order that holds the visitor's id.
    pub visitor: String,
    /// The note of an order that holds a click's id.
    pub click: String,
    /// The parameter of a landing page's address that holds the link's key.
    pub link: String,
    /// The parameter that holds the sub-id.
    pub sub_id: String,
    /// From when on orders are fetched (microseconds since 1970); all of them if none.
    pub since: Option<i64>,
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
            Self::Payees => &[],
            Self::Query(query) => std::slice::from_ref(&query.table),
            Self::AccessLog(_) => &[Table::Clicks],
            Self::CreatorSheet(_) => &[Table::Creators, Table::Links, Table::Codes, Table::Rates],
            Self::ShopifyExport(_) => &[Table::Orders, Table::OrderLines, Table::Refunds],
            Self::Shopify(_) => &[Table::Orders, Table::OrderLines, Table::Refunds, Table::Disputes, Table::Clicks],
            Self::WooCommerce(_) => &[Table::Orders, Table::OrderLines, Table::Refunds, Table::Clicks],
            Self::Postbacks(_) => &[Table::Orders, Table::OrderLines, Table::Clicks, Table::Links],
            Self::Workbook(book) => std::slice::from_ref(&book.table),
            Self::GoAffPro(_) => &[Table::Creators, Table::Links, Table::Codes],
        }
    }

    /// Whether it has files; else it is asked over the network.
    pub fn has_files(&self) -> bool {
        !matches!(self, Self::Shopify(_) | Self::WooCommerce(_))
    }
}

/// Reads the sources that have a kind: the name, the path or address, and the kind of each; and whether that is all of them, as nothing is
/// wrong with any. `folder` is where relative paths start.
pub(super) fn read(section: &Section<'_>, folder: &Path, time_zone: Tz) -> (Vec<(String, String, SourceKind)>, bool) {
    let (mut found, mut count) = (Vec::new(), 0);
    for (name, source) in section.named("sources.*") {
        count += 1;
        if source.get(&KIND).is_none() {
            source.missing(&KIND);
        }
        let kinds = [
            ("access_log", Kind::AccessLog),
            ("creator_sheet", Kind::CreatorSheet),
            ("goaffpro", Kind::GoAffPro),
            ("postbacks", Kind::Postbacks),
            ("query", Kind::Query),
            ("shopify", Kind::Shopify),
            ("shopify_export", Kind::ShopifyExport),
            ("woocommerce", Kind::WooCommerce),
            ("workbook", Kind::Workbook),
        ];
        let Some(kind) = source.choice(&KIND, &kinds) else { continue };
        let written = kind.place(&source);
        let read = kind.read(&source, folder, time_zone);
        let own = kind.keys();
        for key in
            KEYS.iter().chain(query::KEYS).filter(|key| key.name != KIND.name && own.iter().all(|own| own.name != key.name))
        {
            if let Some(value) = source.get(key) {
                source.complain(value, key, "is no key of this kind of source");
            }
        }
        if let (Some(written), Some(read)) = (written, read) {
            found.push((name, written, read));
        }
    }
    let are_all = found.len() == count;
    (found, are_all)
}

/// The words for kinds.
#[derive(Clone, Copy)]
enum Kind {
    AccessLog,
    CreatorSheet,
    GoAffPro,
    Postbacks,
    Query,
    Shopify,
    ShopifyExport,
    WooCommerce,
    Workbook,
}

impl Kind {
    /// Where it is, as it is written; a database's address is a secret.
    fn place(self, source: &Section<'_>) -> Option<String> {
        match self {
            Self::Shopify | Self::WooCommerce => source.required(&SHOP, not_empty),
            Self::Query | Self::GoAffPro => Some(String::new()),
            Self::Postbacks => source.required(&PATH, own_file),
            Self::AccessLog | Self::CreatorSheet | Self::ShopifyExport | Self::Workbook => {
                if source.get(&PATH).is_none() {
                    source.missing(&PATH);
                }
                read_path(source, &PATH, not_empty)
            }
        }
    }

    /// What a source of this kind says; none if something of it is wrong.
    fn read(self, source: &Section<'_>, folder: &Path, time_zone: Tz) -> Option<SourceKind> {
        let text = |key, default: &str| source.read(key, not_empty).unwrap_or_else(|| default.to_owned());
        let (visitor, click) = (text(&VISITOR, "visitor_id"), text(&CLICK, "click_id"));
        let (link, sub_id) = (text(&LINK, "ref"), text(&SUB_ID, "sub_id"));
        Some(match self {
            Self::AccessLog => SourceKind::AccessLog(AccessLog { form: source.read(&FORMAT, not_empty), link, sub_id, visitor }),
            Self::CreatorSheet => {
                let slashes = [("month/day/year", Slashes::MonthDayYear), ("day/month/year", Slashes::DayMonthYear)];
                let (sheet, slashes) = (source.read(&SHEET, not_empty), source.choice(&DATES, &slashes));
                SourceKind::CreatorSheet(CreatorSheet { link, sheet, slashes, time_zone })
            }
            Self::ShopifyExport => SourceKind::ShopifyExport(ShopifyExport { visitor, click }),
            Self::Query => SourceKind::Query(query::read(source, folder)?),
            Self::Workbook => {
                let (table, sheet) = (query::table(source), source.required(&SHEET, not_empty));
                SourceKind::Workbook(Workbook { table: table?, sheet: sheet? })
            }
            Self::GoAffPro => {
                let secret = secret::read(source, folder, [&TOKEN_ENV, &TOKEN_FILE]);
                let address = if source.get(&SHOP).is_some() { source.read(&SHOP, site)? } else { GOAFFPRO.to_owned() };
                SourceKind::GoAffPro(GoAffPro { address, secret: secret? })
            }
            Self::Postbacks => {
                let secret = secret::read(source, folder, [&KEY_ENV, &KEY_FILE]);
                let window = if source.get(&WINDOW).is_some() { source.read(&WINDOW, duration)? } else { USUAL_WINDOW };
                SourceKind::Postbacks(Postbacks { secret: secret?, window })
            }
            Self::Shopify | Self::WooCommerce => {
                let since = source.read(&SINCE, date).map(|day| start_of(time_zone, day));
                let (address, secret) = match self {
                    Self::Shopify => (source.read(&SHOP, address), secret::read(source, folder, [&TOKEN_ENV, &TOKEN_FILE])),
                    _ => (source.read(&SHOP, site), secret::read(source, folder, [&KEY_ENV, &KEY_FILE])),
                };
                let shop = ShopApi { address: address?, secret: secret?, visitor, click, link, sub_id, since };
                if let Self::Shopify = self { SourceKind::Shopify(shop) } else { SourceKind::WooCommerce(shop) }
            }
        })
    }

    /// The keys that it has.
    fn keys(self) -> &'static [Key] {
        match self {
            Self::AccessLog => &[PATH, FORMAT, LINK, SUB_ID, VISITOR],
            Self::CreatorSheet => &[PATH, LINK, DATES, SHEET],
            Self::Query => query::KEYS,
            Self::GoAffPro => &[SHOP, TOKEN_ENV, TOKEN_FILE],
            Self::Postbacks => &[PATH, KEY_ENV, KEY_FILE, WINDOW],
            Self::Shopify => &[SHOP, TOKEN_ENV, TOKEN_FILE, SINCE, LINK, SUB_ID, VISITOR, CLICK],
            Self::ShopifyExport => &[PATH, VISITOR, CLICK],
            Self::Workbook => &[PATH, query::TABLE_OF_ROWS, SHEET],
            Self::WooCommerce => &[SHOP, KEY_ENV, KEY_FILE, SINCE, LINK, SUB_ID, VISITOR, CLICK],
        }
    }
}

/// Where GoAffPro's API is.
const GOAFFPRO: &str = "https://api.goaffpro.com/v1";

/// How long after it happened something may be reported, unless the program file says otherwise (microseconds): a day.
const USUAL_WINDOW: i64 = 86_400_000_000;

/// A file on this machine to which purser itself appends.
fn own_file(text: &str) -> Result<String, String> {
    match text.ends_with(".jsonl") && !text.contains("://") && !text.contains(['*', '?', '[']) {
        true => Ok(text.to_owned()),
        false => Err("takes the path of one file on this machine that ends in .jsonl".to_owned()),
    }
}

/// Where the API of a shop is. Only this machine itself may be asked without TLS, for proxies and for tests.
fn address(shop: &str) -> Result<String, String> {
    let shop = shop.trim_end_matches('/');
    if let Some(host) = shop.strip_prefix("http://") {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        return match ["127.0.0.1", "localhost", "[::1]"].contains(&name) {
            true => Ok(shop.to_owned()),
            false => Err("may begin with http:// on this machine alone; leave it out for https".to_owned()),
        };
    }
    let host = shop.strip_prefix("https://").unwrap_or(shop);
    let is_host = host.contains('.') && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte));
    match is_host {
        true => Ok(format!("https://{host}")),
        false => Err("is no address of a shop such as my-store.myshopify.com".to_owned()),
    }
}

/// Where a site is that may lie in a folder of its host, such as `https://shop.example/store`.
fn site(shop: &str) -> Result<String, String> {
    let scheme = if shop.starts_with("http://") { "http://" } else { "https://" };
    let rest = shop.strip_prefix(scheme).unwrap_or(shop);
    let (host, folder) = rest.split_once('/').unwrap_or((rest, ""));
    let is_plain = folder.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%".contains(&byte));
    // The words for what is wrong with the host are those of another shop's.
    let host =
        address(&format!("{scheme}{host}")).map_err(|why| why.replace("my-store.myshopify.com", "https://shop.example/store"))?;
    match is_plain {
        true => Ok(format!("{host}/{folder}").trim_end_matches('/').to_owned()),
        false => Err("is no address of a site such as https://shop.example/store".to_owned()),
    }
}
