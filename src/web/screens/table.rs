//! Tables as all screens show them: searched, sorted and in pages, by their address alone; and as files for spreadsheets.

use std::cmp::Reverse;

use askama::Template;
use serde::Deserialize;

use super::words::{amount, change};
use crate::money::Currency;
use crate::web::escaped;

/// How many rows a page has.
const PAGE: usize = 100;

/// How a mark beside something looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Good,
    Warn,
    Bad,
}

impl Tone {
    /// As a class.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Plain => "tag",
            Self::Good => "tag good",
            Self::Warn => "tag warn",
            Self::Bad => "tag bad",
        }
    }
}

/// A short text that stands out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub tone: Tone,
    pub text: String,
}

impl Tag {
    pub(super) fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into() }
    }
}

/// What stands in a column of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Text(String),
    /// A text that leads somewhere.
    Link(String, String),
    /// The same, with a second line under it.
    Named(String, String, String),
    /// Minor units.
    Money(i64),
    /// Minor units, with a plus where there are more.
    Change(i64),
    Count(i64),
    Tags(Vec<Tag>),
    Empty,
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn link(text: impl Into<String>, to: impl Into<String>) -> Self {
        Self::Link(text.into(), to.into())
    }

    /// What is searched, and what files have where it is no number.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Text(text) | Self::Link(text, _) => text.clone(),
            Self::Named(text, under, _) if text == under => text.clone(),
            Self::Named(text, under, _) => format!("{text} ({under})"),
            Self::Tags(tags) => tags.iter().map(|tag| tag.text.as_str()).collect::<Vec<_>>().join(", "),
            Self::Money(minor) | Self::Change(minor) | Self::Count(minor) => minor.to_string(),
            Self::Empty => String::new(),
        }
    }

    /// Its number, where it is one.
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Self::Money(number) | Self::Change(number) | Self::Count(number) => Some(*number),
            _ => None,
        }
    }

    fn has(&self, wanted: &str, currency: Currency) -> bool {
        let text = match self {
            Self::Money(minor) | Self::Change(minor) => amount(*minor, currency),
            other => other.words(),
        };
        text.to_lowercase().contains(wanted)
    }

    /// What it is sorted by: numbers before texts, and what is not there first. A change is as large as it is, whichever way.
    fn key(&self) -> (Option<i128>, String) {
        let text = self.words();
        let number = match self {
            Self::Change(minor) => Some(i128::from(minor.unsigned_abs())),
            _ => text.parse::<i64>().ok().map(i128::from),
        };
        if number.is_some() {
            (number, String::new())
        } else {
            (Some(i128::MAX).filter(|_| !text.is_empty()), text.to_lowercase())
        }
    }
}

/// A column: its name in addresses and files, its title, and whether it holds figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub key: &'static str,
    pub title: &'static str,
    pub is_figure: bool,
}

/// A column of text.
pub(super) const fn words(key: &'static str, title: &'static str) -> Column {
    Column { key, title, is_figure: false }
}

/// A column of figures.
pub(super) const fn figures(key: &'static str, title: &'static str) -> Column {
    Column { key, title, is_figure: true }
}

/// A table, whole. The first column names a row.
#[derive(Debug, Clone)]
pub(super) struct Table {
    /// What it is about, as a label and the name of files.
    pub name: String,
    pub columns: &'static [Column],
    pub rows: Vec<Vec<Cell>>,
    pub currency: Currency,
    /// What is said where it has no rows.
    pub empty: &'static str,
}

/// What an address asks of a table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// What rows must have somewhere.
    pub q: String,
    /// The key of a column, with a minus where the greatest comes first.
    pub sort: String,
    page: String,
    /// `csv` or `xlsx`, for a file of all pages.
    #[serde(rename = "as")]
    pub file: String,
}

impl Table {
    /// Leaves the rows that are wanted, in the order that is wanted.
    pub(super) fn select(mut self, asked: &Asked) -> Self {
        let wanted = asked.q.trim().to_lowercase();
        if !wanted.is_empty() {
            let currency = self.currency;
            self.rows.retain(|row| row.iter().any(|cell| cell.has(&wanted, currency)));
        }
        let (key, is_down) = asked.sort.strip_prefix('-').map_or((asked.sort.as_str(), false), |key| (key, true));
        if let Some(place) = self.columns.iter().position(|column| column.key == key) {
            if is_down {
                self.rows.sort_by_cached_key(|row| Reverse(row[place].key()));
            } else {
                self.rows.sort_by_cached_key(|row| row[place].key());
            }
        }
        self
    }
}

/// A column's head: where it leads, and how the table is sorted by it.
struct Head {
    title: &'static str,
    to: String,
    sorted: &'static str,
    is_figure: bool,
}

/// A page of a table, ready to be shown.
#[derive(Template)]
#[template(path = "web/templates/table.html", config = "src/askama.toml")]
pub(super) struct Listing {
    name: String,
    id: String,
    path: String,
    fixed: Vec<(String, String)>,
    q: String,
    sort: String,
    heads: Vec<Head>,
    rows: Vec<Vec<Cell>>,
    currency: Currency,
    empty: &'static str,
    all: String,
    total: usize,
    found: usize,
    first: usize,
    last: usize,
    before: Option<String>,
    after: Option<String>,
    csv: String,
    xlsx: String,
}

/// Where a table is shown: its path, and what else stands in its address.
#[derive(Debug, Clone)]
pub(super) struct Here {
    path: String,
    fixed: Vec<(String, String)>,
}

impl Here {
    pub(super) fn new(path: String) -> Self {
        Self { path, fixed: Vec::new() }
    }

    pub(super) fn with(mut self, key: &str, value: &str) -> Self {
        self.fixed.push((key.to_owned(), value.to_owned()));
        self
    }

    /// The address with some more; what is empty is left out.
    pub(super) fn to(&self, more: &[(&str, &str)]) -> String {
        let fixed = self.fixed.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let pairs = fixed.chain(more.iter().copied()).filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = pairs.map(|(key, value)| format!("{key}={}", escaped(value))).collect();
        if pairs.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, pairs.join("&")) }
    }
}

impl Listing {
    /// The page of a table that an address asks for.
    pub(super) fn of(table: Table, asked: &Asked, here: &Here) -> Self {
        let total = table.rows.len();
        let table = table.select(asked);
        let found = table.rows.len();
        let pages = found.div_ceil(PAGE).max(1);
        let page = asked.page.parse().unwrap_or(1usize).clamp(1, pages);
        let (q, sort) = (asked.q.trim(), asked.sort.as_str());
        let at = |page: usize| here.to(&[("q", q), ("sort", sort), ("page", &page.to_string())]);
        let file = |kind: &str| here.to(&[("q", q), ("sort", sort), ("as", kind)]);
        let heads = table.columns.iter().map(|column| head(column, q, sort, here)).collect();
        let first = (page - 1) * PAGE;
        Self {
            id: table.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect(),
            name: table.name,
            path: here.path.clone(),
            fixed: here.fixed.clone(),
            q: q.to_owned(),
            sort: sort.to_owned(),
            heads,
            rows: table.rows.into_iter().skip(first).take(PAGE).collect(),
            currency: table.currency,
            empty: table.empty,
            all: here.to(&[]),
            total,
            found,
            first: first + 1,
            last: (first + PAGE).min(found),
            before: (page > 1).then(|| at(page - 1)),
            after: (page < pages).then(|| at(page + 1)),
            csv: file("csv"),
            xlsx: file("xlsx"),
        }
    }

    /// Whether there is enough to search in.
    fn is_searched(&self) -> bool {
        self.total > 8 || !self.q.is_empty()
    }

    fn amount(&self, minor: &i64) -> String {
        amount(*minor, self.currency)
    }

    fn change(&self, minor: &i64) -> String {
        change(*minor, self.currency)
    }
}

/// Figures are first sorted with the greatest on top, texts from A on.
fn head(column: &Column, q: &str, sort: &str, here: &Here) -> Head {
    let (up, down) = (column.key.to_owned(), format!("-{}", column.key));
    let (sorted, next) = match (sort == up, sort == down, column.is_figure) {
        (true, ..) => ("ascending", down),
        (_, true, _) => ("descending", up),
        (_, _, true) => ("none", down),
        (_, _, false) => ("none", up),
    };
    Head { title: column.title, to: here.to(&[("q", q), ("sort", &next)]), sorted, is_figure: column.is_figure }
}
