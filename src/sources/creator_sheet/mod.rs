//! The sheet of creators that a brand keeps anyway: a row for each, with code, percentage, link and status.
//!
//! What a column is, its header says ([`columns`]); what was understood is said in the log of the run that first reads it. A value that could mean
//! two things (7/3/2026, or a status in somebody's own words) is refused with its row, and not guessed.

mod columns;
mod text;

use anyhow::Result;

use self::columns::{Columns, Meaning};
use self::text::{decoded, first_row};
use super::csv_file::read_values;
use super::mistakes::Mistakes;
use super::source_file::SourceFile;
use crate::calendar::{format_day, format_time, start_of};
use crate::program::{CreatorSheet, Slashes, Table};

/// Calls `each` with the number of the row and the values of a table's columns for every row that a sheet makes in it.
///
/// # Errors
///
/// [`Mistakes`], which name file and row.
pub(super) fn read_sheet(
    file: &SourceFile,
    sheet: &CreatorSheet,
    table: Table,
    mut each: impl FnMut(usize, &[&str]) -> Result<()>,
) -> Result<()> {
    let shown = &file.shown;
    let (text, separator) = decoded(file, sheet.sheet.as_deref())?;
    let header = first_row(&text, separator);
    // What is wrong with the sheet is wrong with each of its tables, and said once: with the creators, without whom nothing is kept.
    let is_first = table == Table::Creators;
    let columns = match Columns::of(&header) {
        Ok(columns) => columns,
        Err(why) if is_first => return Err(Mistakes::one(1, format!("{shown} row 1: {why}")).into()),
        Err(_) => return Ok(()),
    };
    if is_first {
        tracing::info!("{shown}: {}", columns.told());
    }
    let mut mistakes = Mistakes::default();
    read_values(shown, text.as_bytes(), (separator, 0), &columns.names(), &[], |row, values| {
        let creator = match Creator::of(&columns, values, sheet) {
            Err(_) if !is_first => return Ok(()),
            creator => creator,
        };
        match creator.and_then(|creator| creator.row_of(table, sheet)) {
            Ok(Some(values)) if mistakes.is_empty() => each(row, &values.iter().map(String::as_str).collect::<Vec<_>>())?,
            Ok(_) => {}
            Err(why) => mistakes.add(row, || format!("{shown} row {row}, {why}")),
        }
        Ok(())
    })?;
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes.into()) }
}

/// A row of the sheet: the header and the value of each column that is understood.
struct Creator<'a> {
    values: Vec<(Meaning, &'a str, &'a str)>,
    /// The first and the last day on which they earn, the last one excluded; none where it is open.
    from: Option<i32>,
    until: Option<i32>,
}

impl<'a> Creator<'a> {
    fn of(columns: &'a Columns, values: &[&'a str], sheet: &CreatorSheet) -> Result<Self, String> {
        let values = columns.each().zip(values).map(|((meaning, name), value)| (meaning, name, value.trim())).collect();
        let mut creator = Self { values, from: None, until: None };
        if creator.get(Meaning::Id).1.trim_start_matches('@').is_empty() {
            return Err(format!("{}: is empty, but every creator needs one", creator.get(Meaning::Id).0));
        }
        let day = |meaning| match creator.get(meaning) {
            (_, "") => Ok(None),
            (name, text) => day_of(text, sheet.slashes).map(Some).map_err(|why| format!("{name}: \"{text}\" {why}")),
        };
        (creator.from, creator.until) = (day(Meaning::From)?, day(Meaning::Until)?);
        let (name, status) = creator.get(Meaning::Status);
        let is_active = ["", "active", "approved", "live", "yes", "ok"].contains(&status.to_lowercase().as_str());
        if !is_active && creator.until.is_none() {
            return Err(format!(
                "{name}: \"{status}\" does not say since when; write Active, or the first day on which they earn no more in a column `End date`"
            ));
        }
        Ok(creator)
    }

    /// The header and the value of a column; both empty where there is none.
    fn get(&self, meaning: Meaning) -> (&'a str, &'a str) {
        self.values.iter().find(|(known, ..)| *known == meaning).map_or(("", ""), |(_, name, value)| (*name, *value))
    }

    /// The row that it makes in a table; none if it makes none.
    fn row_of(&self, table: Table, sheet: &CreatorSheet) -> Result<Option<Vec<String>>, String> {
        let value = |meaning| self.get(meaning).1.to_owned();
        let id = self.get(Meaning::Id).1.trim_start_matches('@').to_owned();
        let (name, group, campaign) = (value(Meaning::Name), value(Meaning::Group), value(Meaning::Campaign));
        let instant = |day: Option<i32>| {
            day.and_then(crate::calendar::day_of_epoch)
                .map_or_else(String::new, |day| format_time(start_of(sheet.time_zone, day)))
        };
        let owned =
            |key: String| (!key.is_empty()).then(|| vec![key, id.clone(), String::new(), String::new(), campaign.clone()]);
        Ok(match table {
            Table::Creators => {
                let name = if name.is_empty() { id.clone() } else { name };
                let (from, until) = (instant(self.from), instant(self.until));
                Some(vec![id, name, value(Meaning::Email), group, from, until, value(Meaning::Locale)])
            }
            Table::Links => owned(self.link_key(sheet)?),
            Table::Codes => owned(value(Meaning::Code)),
            _ => self.percent()?.map(|percent| vec![id, campaign, percent, String::new(), String::new()]),
        })
    }

    /// The key in a link's address, or the key itself.
    fn link_key(&self, sheet: &CreatorSheet) -> Result<String, String> {
        let (name, link) = self.get(Meaning::Link);
        if !link.contains(['/', '?']) {
            return Ok(link.to_owned());
        }
        let query = link.split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or_default());
        super::query::parameter(query, &sheet.link).filter(|key| !key.is_empty()).ok_or_else(|| {
            format!(
                "{name}: \"{link}\" has no `{}=` in its address; set `link` to the parameter that holds the link's key",
                sheet.link
            )
        })
    }

    /// What the creator gets of each sale, without its sign; none where it is open yet.
    fn percent(&self) -> Result<Option<String>, String> {
        let (name, written) = self.get(Meaning::Percent);
        let text = written.trim_end_matches('%').trim().replace(',', ".");
        if text.is_empty() || text.eq_ignore_ascii_case("tbd") {
            return Ok(None);
        }
        if crate::money::parse_decimal(&text).is_none() || (!written.contains('%') && text.starts_with("0.")) {
            return Err(format!("{name}: \"{written}\" is no percentage such as 12% or 8.5%"));
        }
        Ok(Some(text))
    }
}

/// A day as sheets write it.
fn day_of(text: &str, slashes: Option<Slashes>) -> Result<i32, String> {
    if let Some(day) = crate::calendar::parse_day(text) {
        return Ok(day);
    }
    let parts = |separator| {
        let parts: Vec<&str> = text.split(separator).collect();
        <[&str; 3]>::try_from(parts).ok()
    };
    let day = match (parts('.'), parts('/'), slashes) {
        (Some([day, month, year]), ..) | (_, Some([day, month, year]), Some(Slashes::DayMonthYear)) => [year, month, day],
        (_, Some([month, day, year]), Some(Slashes::MonthDayYear)) => [year, month, day],
        (_, Some(_), None) => return Err("may be two days; set `dates` to \"month/day/year\" or \"day/month/year\"".to_owned()),
        _ => return Err("is no date such as 2026-02-01".to_owned()),
    };
    let [year, month, day] = day;
    let written = format!("{year}-{month:0>2}-{day:0>2}");
    let found = crate::calendar::parse_day(&written).filter(|found| year.len() == 4 && format_day(*found) == written);
    found.ok_or_else(|| "is no date such as 2026-02-01".to_owned())
}
