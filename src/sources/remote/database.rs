//! Queries of databases: their rows as a table of text, which then is a file like any other.

use std::io::Write;

use anyhow::{Context, Result, bail};
use chrono::{NaiveDateTime, TimeZone};

use crate::calendar::format_time;
use crate::effect::Unfinished;
use crate::error::Invalid;
use crate::program::Query;
use crate::sources::secret::read_secret;
use crate::sources::source_file::SourceFile;
use crate::store::{Foreign, Holds};

/// Asks whether a query could be read now, and reads nothing of it.
///
/// # Errors
///
/// When the database is away, or the query or one of its columns cannot be read.
pub(super) async fn look(query: &Query, shown: &str) -> Result<()> {
    open(query).await.map(drop).with_context(|| format!("{shown}: cannot run the query"))
}

/// Runs a query, and writes its rows in their order as CSV.
///
/// # Errors
///
/// As [`look`], and when a time is none in its zone or the disk does not take it.
pub(super) async fn fetch(query: &Query, file: &SourceFile) -> Result<()> {
    let run = async {
        let (mut database, columns) = open(query).await?;
        let mut out = csv::Writer::from_writer(Unfinished::begin(&file.path)?);
        out.write_record(columns.iter().map(|(name, _)| name))?;
        let mut number = 0;
        database
            .read(&query.text, |values| {
                number += 1;
                for ((name, holds), value) in columns.iter().zip(values) {
                    let value = value.unwrap_or_default();
                    let written = written(holds, value, query).with_context(|| format!("row {number}, {name}: \"{value}\""))?;
                    out.write_field(written.as_deref().unwrap_or(value))?;
                }
                Ok(out.write_record(None::<&[u8]>)?)
            })
            .await?;
        let mut out = out.into_inner().map_err(csv::IntoInnerError::into_error)?;
        out.flush()?;
        out.keep()
    };
    run.await.with_context(|| format!("{}: cannot run the query", file.shown))
}

async fn open(query: &Query) -> Result<(Foreign, Vec<(String, Holds)>)> {
    let address = read_secret(&query.database, "the address of the database")?;
    let mut database = Foreign::open(&address).await?;
    let columns = database.columns(&query.text).await?;
    if columns.is_empty() {
        bail!(Invalid("it is no SELECT: it gives no columns".to_owned()));
    }
    for (name, holds) in &columns {
        match holds {
            Holds::Other(why) => bail!(Invalid(format!("the column `{name}` {why}"))),
            Holds::LocalTime if query.time_zone.is_none() => bail!(Invalid(format!(
                "the column `{name}` holds times without a zone; say in `time_zone` which is meant, such as \"UTC\""
            ))),
            _ => {}
        }
    }
    Ok((database, columns))
}

/// How a value is written in a table, where that is not as the database writes it.
fn written(holds: &Holds, value: &str, query: &Query) -> Result<Option<String>> {
    match (holds, query.time_zone) {
        (Holds::Text | Holds::Other(_), _) | (Holds::LocalTime, None) => Ok(None),
        _ if value.is_empty() => Ok(None),
        (Holds::Instant, _) => Ok(Some(instant(value, chrono_tz::UTC)?)),
        (Holds::LocalTime, Some(zone)) => Ok(Some(instant(value, zone)?)),
    }
}

/// `2026-02-01 09:30:00.25` as the instant that it is in a zone.
fn instant(value: &str, zone: chrono_tz::Tz) -> Result<String> {
    let local = value.strip_suffix("+00").unwrap_or(value);
    let local = NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M:%S%.f").context("is no time that can be read")?;
    let found = zone.from_local_datetime(&local).single();
    let found = found
        .with_context(|| format!("is no time in {zone}, or two, as clocks were changed; write it with its zone in the query"))?;
    Ok(format_time(found.timestamp_micros()))
}
