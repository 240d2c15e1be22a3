//! `kind = "query"`: a table that a query of a database gives.

use std::path::Path;

use chrono_tz::Tz;

use super::keys::{Key, keys};
use super::reader::Section;
use super::secret::{self, Secret};
use super::table::Table;
use super::values::not_empty;

keys! {
    TABLE = "sources.*" "table", "table", "required for query and workbook", "`query`, `workbook`: the table that its rows are.";
    DATABASE_ENV = "sources.*" "database_env", "text", "none", "`query`: the environment variable that holds the database's address: postgres://, mysql:// or sqlite://FILE. Give this or `database_file`.";
    DATABASE_FILE = "sources.*" "database_file", "path", "none", "`query`: the file that holds the address, and that only its owner may read; relative to this file.";
    QUERY = "sources.*" "query", "SQL", "required for query", "`query`: one SELECT, whose columns have the names of the table's.";
    TIME_ZONE = "sources.*" "time_zone", "IANA zone", "none", "`query`: the zone of times that the database keeps without one; often UTC.";
}

/// The key that says which table rows are, which a workbook has too.
pub(super) const TABLE_OF_ROWS: Key = TABLE;

/// A query that gives a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The table that its rows are.
    pub table: Table,
    /// Where the address of the database is.
    pub database: Secret,
    /// One statement.
    pub text: String,
    /// The zone of times without one.
    pub time_zone: Option<Tz>,
}

/// Reads which table the rows are.
pub(super) fn table(source: &Section<'_>) -> Option<Table> {
    source.required(&TABLE, |text| {
        let known = Table::ALL.into_iter().find(|table| table.name() == text);
        known.ok_or_else(|| format!("is none of the tables {}", Table::ALL.map(Table::name).join(", ")))
    })
}

/// Reads a query, with the file of its address in this folder.
pub(super) fn read(source: &Section<'_>, folder: &Path) -> Option<Query> {
    let table = table(source);
    let text = source.required(&QUERY, not_empty);
    let zone = source.read(&TIME_ZONE, |text| text.parse::<Tz>().map_err(|_| "is no time zone such as Europe/Berlin".to_owned()));
    let database = secret::read(source, folder, [&DATABASE_ENV, &DATABASE_FILE]);
    Some(Query { table: table?, database: database?, text: text?, time_zone: zone })
}
