//! Databases that are somebody else's: read, never written.
//!
//! One query is prepared, which says what its columns hold and refuses more than one statement; then it runs in a transaction that can only
//! read, and its rows arrive one by one as the text in which the server writes them. So an exact decimal of any size comes as its
//! digits, and nothing here has to know how a server encodes its types. Of an answer that is larger than the memory, a few rows are here at
//! a time.

mod holds;
mod trouble;

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::TryStreamExt;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Column, Connection, Executor, Row, SqlSafeStr, Statement, TypeInfo, ValueRef};

pub use self::holds::Holds;
use self::trouble::explained;
use super::address::secretless;
use crate::error::{Invalid, Transient};

/// How long opening a connection may take.
const CONNECTING: Duration = Duration::from_secs(15);

/// How long a server may think before a row.
const THINKING: Duration = Duration::from_secs(600);

/// A transaction that reads one moment of somebody else's database.
pub struct Foreign(Connected);

enum Connected {
    Postgres(PgConnection),
    MySql(MySqlConnection),
    Sqlite(SqliteConnection),
}

/// What the connection of a server is told first: times in UTC, text in which nothing depends on a setting, and that nothing is written.
const POSTGRES: [&str; 3] =
    ["SET TIME ZONE 'UTC'", "SET DateStyle = 'ISO, YMD'", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"];
const MYSQL: [&str; 3] = [
    "SET time_zone = '+00:00'",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
];
const SQLITE: [&str; 2] = ["PRAGMA query_only = ON", "BEGIN"];

/// Does the same with whichever connection it is.
macro_rules! each {
    ($connected:expr, $connection:ident => $work:expr) => {
        match $connected {
            Connected::Postgres($connection) => $work,
            Connected::MySql($connection) => $work,
            Connected::Sqlite($connection) => $work,
        }
    };
}

impl Foreign {
    /// Opens a database: `postgres://…`, `mysql://…` or `sqlite://FILE`.
    ///
    /// # Errors
    ///
    /// When the address is none, or the database is away or refuses. Its password is in no error.
    pub async fn open(address: &str) -> Result<Self> {
        let connecting = connect(address);
        let Ok(connected) = tokio::time::timeout(CONNECTING, connecting).await else {
            bail!(Transient(format!("{} is not responding", secretless(address))));
        };
        let mut foreign = Self(connected.with_context(|| format!("cannot open {}", secretless(address)))?);
        let told: &[&'static str] = match foreign.0 {
            Connected::Postgres(_) => &POSTGRES,
            Connected::MySql(_) => &MYSQL,
            Connected::Sqlite(_) => &SQLITE,
        };
        for sql in told {
            each!(&mut foreign.0, connection => connection.execute(*sql).await.map(drop)).map_err(explained)?;
        }
        Ok(foreign)
    }

    /// The columns of a query, and what each holds.
    ///
    /// # Errors
    ///
    /// When the database refuses the query, or it is more than one statement.
    pub async fn columns(&mut self, query: &str) -> Result<Vec<(String, Holds)>> {
        let sql = || AssertSqlSafe(query.to_owned()).into_sql_str();
        Ok(match &mut self.0 {
            Connected::Postgres(connection) => {
                let prepared = connection.prepare(sql()).await.map_err(explained)?;
                prepared
                    .columns()
                    .iter()
                    .map(|column| (column.name().to_owned(), holds::of_postgres(column.type_info())))
                    .collect()
            }
            Connected::MySql(connection) => {
                let prepared = connection.prepare(sql()).await.map_err(explained)?;
                let holds = |name: &str| holds::of_mysql(name);
                prepared.columns().iter().map(|column| (column.name().to_owned(), holds(column.type_info().name()))).collect()
            }
            Connected::Sqlite(connection) => {
                let prepared = connection.prepare(sql()).await.map_err(explained)?;
                if prepared.sql().as_str().trim().trim_end_matches(';').contains(';') {
                    bail!(Invalid("a query is one statement, without a semicolon".to_owned()));
                }
                // Here each value has a type of its own.
                prepared.columns().iter().map(|column| (column.name().to_owned(), Holds::Text)).collect()
            }
        })
    }

    /// Calls `each` with the values of every row of a query whose columns were asked for, in its order; none stands for NULL.
    ///
    /// # Errors
    ///
    /// When the database gives up, a value is no text, or `each` refuses.
    pub async fn read(&mut self, query: &str, mut each: impl FnMut(&[Option<&str>]) -> Result<()>) -> Result<()> {
        let sql = AssertSqlSafe(query.to_owned()).into_sql_str();
        each!(&mut self.0, connection => {
            let mut rows = sqlx::raw_sql(sql).fetch(connection);
            let mut number = 0;
            loop {
                let Ok(row) = tokio::time::timeout(THINKING, rows.try_next()).await else {
                    bail!(Transient(format!("the database said nothing for {} s", THINKING.as_secs())));
                };
                let Some(row) = row.map_err(explained)? else { break };
                number += 1;
                let mut values = Vec::with_capacity(row.len());
                for place in 0..row.len() {
                    let value = row.try_get_raw(place).map_err(explained)?;
                    let name = value.type_info().name().to_owned();
                    if !value.is_null() && matches!(name.as_str(), "REAL" | "BLOB") {
                        bail!(Invalid(format!("row {number}, {}: {}", row.column(place).name(), holds::why_not(&name))));
                    }
                    values.push(row.try_get_unchecked::<Option<String>, _>(place).map_err(explained)?);
                }
                each(&values.iter().map(Option::as_deref).collect::<Vec<_>>())?;
            }
        });
        Ok(())
    }
}

async fn connect(address: &str) -> Result<Connected> {
    let wrong = |what: &str| Invalid(format!("write {what}, special characters as %XX"));
    let scheme = address.split(':').next().unwrap_or_default();
    Ok(match scheme {
        "postgres" | "postgresql" => {
            let options =
                PgConnectOptions::from_str(address).map_err(|_| wrong("postgres://USER:PASSWORD@HOST:PORT/DATABASE"))?;
            let options = options.application_name("purser");
            Connected::Postgres(PgConnection::connect_with(&options).await.map_err(explained)?)
        }
        "mysql" | "mariadb" => {
            let options =
                MySqlConnectOptions::from_str(address).map_err(|_| wrong("mysql://USER:PASSWORD@HOST:PORT/DATABASE"))?;
            Connected::MySql(MySqlConnection::connect_with(&options).await.map_err(explained)?)
        }
        "sqlite" => {
            let path = address.trim_start_matches("sqlite:").trim_start_matches("//");
            if !Path::new(path).is_file() {
                bail!(Transient(format!("there is no file {path}")));
            }
            let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(CONNECTING);
            Connected::Sqlite(SqliteConnection::connect_with(&options).await.map_err(explained)?)
        }
        _ => bail!(wrong("postgres://…, mysql://… or sqlite://FILE")),
    })
}
