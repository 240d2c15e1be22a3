//! Fetching: what the sources hold today, kept under the hash of its content.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Error, Result};
use polars::prelude::{Column, DataFrame, DataType, Field, ParquetWriter, Schema};
use rayon::prelude::*;

use super::as_text::as_text;
use super::grown::{ends_of, part_of, parts_before, read_on};
use super::manifest::{KeptFile, Manifest, Part};
use super::parquet::{columns_in, is_readable, lacked_in, lacks, other_than_text, read_declared, unfit_columns, write_parquet};
use super::pseudonyms::Erased;
use super::scan::read;
use super::schema::schema;
use super::text_column::Texts;
use super::wrong_facts::WrongFacts;
use crate::effect::{reuse_file, write_file};
use crate::error::Transient;
use crate::program::{Program, Table};
use crate::sources::{
    Format, LogSummary, Mistakes, ReadRows, Remote, Rest, Seen, SourceFile, hash_beginnings, hash_file, hash_of,
    optional_columns, read_rows,
};
use crate::vocabulary::{done, planned};

/// Rows of CSV that are turned into Parquet at a time.
const BATCH_ROWS: usize = 200_000;

/// Where a source has empty rows: the position of the row after them (from 0), and how many.
type Gaps = Vec<(usize, usize)>;

/// Keeps every source of the program as it is now, and lists what was kept. `remote` is what was brought of sources that lie elsewhere.
///
/// A copy that is there already, and has the hash that `before`, the list that was made the time before, says it has, is not
/// written again; its time becomes now (see [`reuse_file`]). Any other is made again from its source: one that this version cannot
/// read, because it lacks a column or is damaged, that somebody changed, or that no list knows. Nobody who was erased is named by a copy.
///
/// Answers beside it who must not be named, with every email that creators who were erased have in the sources of now.
///
/// What sources do not date was first seen `now` (microseconds since 1970), unless `before` has it already.
///
/// # Errors
///
/// Every source that is not there, before any is read: it may come late. Then everything that is wrong with the files.
pub fn keep(
    program: &Program,
    remote: Remote,
    data: &Path,
    before: Option<&Manifest>,
    erased: &Erased,
    now: i64,
) -> Result<(Manifest, Erased)> {
    let mut wrong = WrongFacts::default();
    let files = list_files(program, remote, &mut wrong);
    wrong.into_result()?;
    let mut wrong = WrongFacts::default();
    let erased = erased.with_emails(&emails_of_creators(&files, erased));
    let seen = seen_before(before, data, now)?;
    let manifest = keep_files(files, data, before, (&erased, &seen), &mut wrong);
    wrong.into_result()?;
    Ok((manifest, erased))
}

/// Keeps those sources that can be kept, and adds what is wrong with the others.
pub(super) fn keep_some(program: &Program, remote: Remote, data: &Path, now: i64, wrong: &mut WrongFacts) -> Manifest {
    let files = list_files(program, remote, wrong);
    keep_files(files, data, None, (&Erased::default(), &Seen { at: now, ..Seen::default() }), wrong)
}

/// The orders and refunds that were made of exports before, with the times at which refunds were first seen.
fn seen_before(before: Option<&Manifest>, data: &Path, now: i64) -> Result<Seen> {
    let mut seen = Seen { at: now, ..Seen::default() };
    let rows = |table: Table, columns: &[&str]| -> Result<Vec<DataFrame>> {
        let files = before.map_or(&[][..], |before| before.files(table));
        let of_exports = files.iter().filter(|file| file.format == Format::ShopifyExport);
        of_exports.map(|file| as_text(&file.source, read(file, data, table, columns)?)).collect()
    };
    for rows in rows(Table::Orders, &["order_id"])? {
        seen.orders.extend(Texts::of(rows.column("order_id")?)?.iter().map(str::to_owned));
    }
    for rows in rows(Table::Refunds, &["refund_id", "order_id", "refunded_at", "amount"])? {
        let texts = rows.columns().iter().map(Texts::of).collect::<Result<Vec<_>>>()?;
        seen.refunds.extend((0..rows.height()).map(|row| [0, 1, 2, 3].map(|column| texts[column].get(row).to_owned())));
    }
    // Exports that overlap tell of the same refund.
    seen.refunds.sort();
    seen.refunds.dedup();
    Ok(seen)
}

/// The files of each table that the program has.
type Files = BTreeMap<Table, Vec<SourceFile>>;

fn list_files(program: &Program, mut remote: Remote, wrong: &mut WrongFacts) -> Files {
    let mut files = Files::new();
    for source in &program.sources {
        let found = remote.files_of(source).unwrap_or_else(|error| {
            wrong.missing(error);
            Vec::new()
        });
        for table in source.kind.tables() {
            files.entry(*table).or_default().extend(found.iter().cloned());
        }
    }
    files
}

/// Who must not be named, and what was seen before.
type Known<'a> = (&'a Erased, &'a Seen);

fn keep_files(files: Files, data: &Path, before: Option<&Manifest>, known: Known<'_>, wrong: &mut WrongFacts) -> Manifest {
    let mut tables: BTreeMap<String, Vec<KeptFile>> = BTreeMap::new();
    for table in files.keys() {
        tables.insert(table.name().to_owned(), Vec::new());
    }
    let files: Vec<(Table, SourceFile)> =
        files.into_iter().flat_map(|(table, files)| files.into_iter().map(move |file| (table, file))).collect();
    // While one file waits for the disk, another is hashed.
    planned("files", files.len());
    let keep = |(table, file): &(Table, SourceFile)| {
        let kept = keep_file(*table, file, data, before, known);
        done("files", 1);
        (*table, kept)
    };
    for (table, kept) in files.par_iter().map(keep).collect::<Vec<_>>() {
        match kept {
            Ok(kept) => tables.entry(table.name().to_owned()).or_default().extend(kept),
            Err(error) => wrong.fail(table, error),
        }
    }
    Manifest { tables, ..Manifest::default() }
}

/// Creators' ids and emails as the sources have them now, where somebody was erased: an erased creator may have got another
/// email, and what they buy under it earns no more than before. What cannot be read is refused when it is kept.
fn emails_of_creators(files: &Files, erased: &Erased) -> Vec<[String; 2]> {
    let mut emails = Vec::new();
    let columns = ["creator_id", "email"];
    let sources = files.get(&Table::Creators).into_iter().flatten().filter(|_| !erased.mark(Table::Creators).is_empty());
    for file in sources {
        let read = match file.format.is_text() {
            true => read_table(file, Table::Creators, &Seen::default(), |_, values| {
                let [id, email] = columns.map(|column| schema(Table::Creators).names().iter().position(|name| *name == column));
                emails.extend(id.zip(email).map(|(id, email)| [values[id].to_owned(), values[email].to_owned()]));
                Ok(())
            })
            .map(drop),
            false => read_declared(Table::Creators, file).and_then(|rows| {
                let rows = as_text(&file.shown, rows)?;
                let [ids, found] = [Texts::of(rows.column(columns[0])?)?, Texts::of(rows.column(columns[1])?)?];
                emails.extend(ids.iter().zip(found.iter()).map(|(id, email)| [id.to_owned(), email.to_owned()]));
                Ok(())
            }),
        };
        if let Err(error) = read {
            tracing::debug!("{error:#}");
        }
    }
    emails
}

/// The copies of a file: one, or one of each part of a text that grew.
fn keep_file(table: Table, file: &SourceFile, data: &Path, before: Option<&Manifest>, known: Known<'_>) -> Result<Vec<KeptFile>> {
    let (erased, seen) = known;
    if let Some(kept) = kept_before(table, file, data, before, erased)? {
        return Ok(vec![kept]);
    }
    let parts = parts_before(table, file, before, erased.mark(table));
    if !are_sound(table, &parts, data)? {
        let content = content_of(table, file, seen)?;
        return Ok(vec![keep_copy(table, file, content, data, before, known)?]);
    }
    let (beginnings, content) = hash_beginnings(file, &ends_of(&parts))?;
    if parts.last().is_some_and(|last| last.content == content) {
        return Ok(parts.into_iter().cloned().collect());
    }
    let (mut kept, rest) = read_on(file, &parts, &beginnings)?;
    let rest = if kept.is_empty() { Some(file) } else { rest.as_ref() };
    if let Some(rest) = rest {
        kept.push(keep_copy(table, rest, content, data, before, known)?);
    }
    Ok(kept)
}

/// Whether there are parts, and the copies of all of them are as they were kept.
fn are_sound(table: Table, parts: &[&KeptFile], data: &Path) -> Result<bool> {
    for part in parts {
        if !is_sound(table, part, data)? {
            return Ok(false);
        }
    }
    Ok(!parts.is_empty())
}

/// The copy of a file, or of its rest.
fn keep_copy(
    table: Table,
    file: &SourceFile,
    content: String,
    data: &Path,
    before: Option<&Manifest>,
    known: Known<'_>,
) -> Result<KeptFile> {
    let erased_of = known.0.mark(table).to_owned();
    let source = file.shown.clone();
    let (format, copy, gaps) = (file.format, String::new(), Vec::new());
    let version = file.version.clone();
    let (is_carried, checked) = (false, None);
    let rest = |rest: Rest| Part { start: rest.start, rows_before: rest.rows, ..Part::default() };
    let part = file.rest.map(rest);
    let mut kept = KeptFile { source, format, is_carried, content, version, copy, gaps, erased: erased_of, checked, part };
    let path = kept.path(data, table);
    let is_there = reuse_file(&path) && is_usable(table, &kept, &path);
    match before.and_then(|before| before.copy_of(table, &kept)) {
        Some(known) if is_there && is_whole(known, &path)? => {
            kept = KeptFile { source: kept.source, version: kept.version, is_carried: false, ..known.clone() };
        }
        _ => {
            let rows;
            (kept.copy, kept.gaps, rows) = write_copy(table, file, &kept, &path, known)?;
            kept.part = part_of(table, file, &kept.content, rows)?.or(kept.part);
        }
    }
    Ok(kept)
}

/// The copy of a table's file that the list `before` has, if that is of the same version, is whole, and names nobody who was erased.
/// Where there is one, the file itself need not be fetched.
///
/// # Errors
///
/// When a copy that is there cannot be read.
pub fn kept_before(
    table: Table,
    file: &SourceFile,
    data: &Path,
    before: Option<&Manifest>,
    erased: &Erased,
) -> Result<Option<KeptFile>> {
    let mark = erased.mark(table);
    // Who was erased may have another email now, for which the sources of creators are read.
    if file.version.is_empty() || (table == Table::Creators && !mark.is_empty()) {
        return Ok(None);
    }
    let is_same = |kept: &&KeptFile| {
        kept.source == file.shown && kept.version == file.version && kept.format == file.format && kept.erased == mark
    };
    let Some(known) = before.and_then(|before| before.files(table).iter().find(is_same)) else { return Ok(None) };
    Ok(is_sound(table, known, data)?.then(|| known.clone()))
}

/// Whether a copy is there, can be read, and is what it was when it was kept.
fn is_sound(table: Table, kept: &KeptFile, data: &Path) -> Result<bool> {
    let path = kept.path(data, table);
    Ok(reuse_file(&path) && is_usable(table, kept, &path) && is_whole(kept, &path)?)
}

/// Whether a copy is what it was when it was kept: everybody who can write to the data folder can put another in its place.
fn is_whole(known: &KeptFile, path: &Path) -> Result<bool> {
    let is_whole = hash_of(path)? == known.copy;
    if !is_whole {
        tracing::warn!(
            copy = %path.display(),
            "rebuilding this kept copy from {}: its content is not what was kept, so something other than this program changed it",
            known.source
        );
    }
    Ok(is_whole)
}

/// Whether a copy can be read as this version declares the table. Looks at its footer alone.
///
/// A copy may be older than the declaration, or a disk may have damaged it. Its name comes from the content of its source, so
/// the one that is made in its place serves every list that names it.
fn is_usable(table: Table, kept: &KeptFile, path: &Path) -> bool {
    // What purser wrote row by row is text throughout; a Parquet source may be kept as it is.
    let is_text = kept.format.is_text() || !kept.erased.is_empty();
    let why = match columns_in(path) {
        Ok(columns) if is_text => {
            let lacked = lacked_in(path).unwrap_or_default();
            other_than_text(table, &columns, |name| !kept.format.is_text() || lacked.contains(name))
        }
        Ok(columns) => unfit_columns(table, &columns),
        Err(error) => vec![format!("{error:#}")],
    };
    if !why.is_empty() {
        tracing::warn!(copy = %path.display(), "rebuilding this kept copy from {}: {}", kept.source, why.join("; "));
    }
    why.is_empty()
}

/// The same facts without anybody who was erased: a copy of their copy, for lists that were made before. The old copy stays
/// as long as a list names it.
///
/// # Errors
///
/// When the old copy is missing or cannot be read, or the new one cannot be written.
pub fn keep_without(erased: &Erased, table: Table, old: &KeptFile, data: &Path) -> Result<KeptFile> {
    let mut new = KeptFile { erased: erased.mark(table).to_owned(), copy: String::new(), checked: None, ..old.clone() };
    let path = new.path(data, table);
    let file = SourceFile::whole(old.source.clone(), old.path(data, table), Format::Parquet);
    // Written though there may be one: nothing says what that should be.
    new.copy = hashed(&path, |out| redacted_parquet(table, &file, erased, out))?;
    Ok(new)
}

/// Writes a file; answers its hash.
fn hashed(path: &Path, fill: impl FnOnce(&mut Hashing<'_>) -> Result<()>) -> Result<String> {
    let mut copy = String::new();
    write_file(path, |out| {
        let mut out = Hashing { out, hasher: blake3::Hasher::new() };
        fill(&mut out)?;
        copy = out.hasher.finalize().to_hex().to_string();
        Ok(())
    })?;
    Ok(copy)
}

/// Writes the Parquet copy of a source; answers its hash, where the source has empty rows, and how many rows it has.
fn write_copy(
    table: Table,
    file: &SourceFile,
    kept: &KeptFile,
    path: &Path,
    (erased, seen): Known<'_>,
) -> Result<(String, Gaps, usize)> {
    let content = kept.content.as_str();
    let (mut gaps, mut rows) = (Vec::new(), 0);
    let hash = hashed(path, |out| {
        if file.format.is_text() {
            (gaps, rows) = text_to_parquet(table, file, (erased, seen), kept.row_number(0), out)?;
            return if content_of(table, file, seen)? == content { Ok(()) } else { Err(changed(file)) };
        }
        let has_strange_columns = check_columns(table, file)?;
        if !kept.erased.is_empty() {
            redacted_parquet(table, file, erased, out)?;
        } else if has_strange_columns {
            write_parquet(&mut read_declared(table, file)?, None, out)?;
        } else {
            return check_unchanged(file, content, Some(out));
        }
        check_unchanged(file, content, None)
    })?;
    Ok((hash, gaps, rows))
}

/// Refuses a Parquet file whose declared columns cannot be read; answers whether it has others of types that the engine was
/// built without. Extra columns are allowed and ignored (`FACTS.md`, Formats), so such a file is kept without them.
fn check_columns(table: Table, file: &SourceFile) -> Result<bool> {
    let shown = &file.shown;
    let columns = columns_in(&file.path).with_context(|| format!("{shown} is not a Parquet file that can be read"))?;
    let mut mistakes = Mistakes::default();
    for why in unfit_columns(table, &columns) {
        mistakes.add(0, || format!("{shown}: {why}"));
    }
    if mistakes.is_empty() { Ok(columns.iter_values().any(|field| !is_readable(&field.dtype))) } else { Err(mistakes.into()) }
}

/// The declared columns of a Parquet file as text, without anybody who was erased.
fn redacted_parquet(table: Table, file: &SourceFile, erased: &Erased, out: impl Write) -> Result<()> {
    let rows = as_text(&file.shown, read_declared(table, file)?)?;
    let lacked = lacked_in(&file.path)?;
    write_parquet(&mut erased.redact(table, rows)?, lacks(lacked.iter().map(String::as_str)), out)
}

/// A file, and the hash of all that was written to it.
struct Hashing<'a> {
    out: &'a mut File,
    hasher: blake3::Hasher,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn check_unchanged(file: &SourceFile, content: &str, copy: Option<&mut dyn Write>) -> Result<()> {
    let now = hash_file(file, copy)?;
    if now == content { Ok(()) } else { Err(changed(file)) }
}

fn changed(file: &SourceFile) -> Error {
    Transient(format!("{} changed while it was being read; run again once it is completely written", file.shown)).into()
}

/// The hash under which a copy is kept: that of the source's bytes; of refunds that an export dates by when they were seen, that of the rows.
fn content_of(table: Table, file: &SourceFile, seen: &Seen) -> Result<String> {
    if (table, file.format) != (Table::Refunds, Format::ShopifyExport) {
        return hash_file(file, None);
    }
    let mut hasher = blake3::Hasher::new();
    read_table(file, table, seen, |_, values| {
        for value in values {
            hasher.update(value.as_bytes()).update(b"\0");
        }
        Ok(())
    })?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// Calls `each` with the number of the row and the values of the required columns and then of those optional ones that the file has, for
/// every row that a file of text has or makes.
fn read_table(file: &SourceFile, table: Table, seen: &Seen, each: impl FnMut(usize, &[&str]) -> Result<()>) -> Result<ReadRows> {
    read_rows(file, (table, &schema(table).required(), &optional_columns(file, &schema(table).optional())?), seen, each)
}

/// Optional columns that the file lacks cost nothing: they are noted, and not written. Answers where the file has empty rows, and how many
/// rows it has. `first` is the number of the first.
fn text_to_parquet(
    table: Table,
    file: &SourceFile,
    (erased, seen): Known<'_>,
    first: usize,
    out: impl Write,
) -> Result<(Gaps, usize)> {
    let there = optional_columns(file, &schema(table).optional())?;
    let lacked = schema(table).optional().into_iter().filter(|name| !there.contains(name));
    let writer = ParquetWriter::new(out).with_key_value_metadata(lacks(lacked));
    let columns = [schema(table).required(), there].concat();
    let fields = Schema::from_iter(columns.iter().map(|name| Field::new((*name).into(), DataType::String)));
    let mut writer = writer.batched(&fields).context("cannot start a Parquet file")?;
    let mut write = |batch: &mut [Vec<String>]| {
        let filled = columns.iter().zip(batch).map(|(name, values)| Column::new((*name).into(), std::mem::take(values)));
        let frame = erased.redact(table, DataFrame::new_infer_height(filled.collect())?)?;
        done("rows", frame.height());
        writer.write_batch(&frame).context("cannot write rows as Parquet")
    };
    let mut batch: Vec<Vec<String>> = vec![Vec::new(); columns.len()];
    let (mut position, mut next, mut gaps) = (0, first, Vec::new());
    let read = read_table(file, table, seen, |row, values| {
        if row > next {
            gaps.push((position, row - next));
        }
        (position, next) = (position + 1, row + 1);
        for (column, value) in batch.iter_mut().zip(values) {
            column.push((*value).to_owned());
        }
        if batch[0].len() == BATCH_ROWS { write(&mut batch) } else { Ok(()) }
    })?;
    write(&mut batch)?;
    writer.finish().context("cannot finish a Parquet file")?;
    if let Some(log) = read.log {
        tell(file, &log);
    }
    Ok((gaps, read.rows))
}

/// Says what became of the lines of a log: what is left out, and what cannot be read, keeps no run from going on.
fn tell(file: &SourceFile, summary: &LogSummary) {
    let LogSummary { lines, clicks, robots, unreadable, first_unreadable } = *summary;
    tracing::info!(
        "{}: {} of {} {} clicks; {robots} by robots and programs that look ahead were left out",
        file.shown,
        clicks,
        lines,
        if lines == 1 { "line is" } else { "lines are" },
    );
    if let Some(first) = first_unreadable {
        tracing::warn!(
            "{}: {unreadable} of {lines} lines are in no form that is known and were left out, the first of them line {first}",
            file.shown
        );
    }
}
