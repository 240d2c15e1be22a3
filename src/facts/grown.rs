//! Texts that only grow, as logs and exports that are appended to do: what was read of them before is not read again.
//!
//! Of such a file the list has several copies, each of a [`Part`] that ends with a line. A night hashes the file up to where the last part
//! ends; if that is as it was, only the rest is read. A file that was changed anywhere else is read as a whole.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use anyhow::{Context, Result};

use super::manifest::{KeptFile, Manifest, Part};
use crate::program::Table;
use crate::sources::{Format, Rest, SourceFile, hash_file};

/// A smaller text is read as a whole: copies of a few rows each cost more than they save (bytes).
const SMALLEST: u64 = 1 << 20;

/// So many parts are put together: the text is read as a whole again.
const TOO_MANY: usize = 16;

/// No line is longer (bytes).
const LONGEST_LINE: u64 = 1 << 20;

/// How a text begins that cannot be read from its middle: gzip, or a log whose first lines say what stands in the others.
const WHOLE_ONLY: [&[u8]; 2] = [b"\x1f\x8b", b"#"];

/// The parts of a file that the list `before` has, in order; none where it has no such parts.
pub(super) fn parts_before<'a>(table: Table, file: &SourceFile, before: Option<&'a Manifest>, mark: &str) -> Vec<&'a KeptFile> {
    let of_file =
        |kept: &&KeptFile| kept.source == file.shown && kept.format == file.format && kept.erased == mark && !kept.is_carried;
    let parts: Vec<&KeptFile> = before.map_or(&[][..], |before| before.files(table)).iter().filter(of_file).collect();
    let mut end = 0;
    for part in &parts {
        match &part.part {
            Some(found) if found.start == end => end = found.end,
            _ => return Vec::new(),
        }
    }
    parts
}

/// Where each of these parts ends (bytes), but for a last one that cannot be read on from its end.
pub(super) fn ends_of(parts: &[&KeptFile]) -> Vec<u64> {
    let end = |part: &Part| (part.end > part.start).then_some(part.end);
    parts.iter().map_while(|kept| kept.part.as_ref().and_then(end)).collect()
}

/// Of the known parts of a file those that it still begins with, and its rest, where it has any. `beginnings` are the hashes of the file up to
/// where each part ended.
///
/// # Errors
///
/// When the file cannot be read.
pub(super) fn read_on(
    file: &SourceFile,
    parts: &[&KeptFile],
    beginnings: &[String],
) -> Result<(Vec<KeptFile>, Option<SourceFile>)> {
    let known = parts.iter().filter_map(|part| part.part.as_ref());
    let last = known.zip(beginnings).enumerate().filter(|(_, (part, now))| part.hash == **now).last();
    let Some((place, (last, _))) = last.filter(|_| parts.len() < TOO_MANY) else { return Ok((Vec::new(), None)) };
    let length = length_of(file)?;
    let rest = Rest { start: last.end, rows: last.rows };
    let rest = (length > last.end).then(|| SourceFile { length: Some(length), rest: Some(rest), ..file.clone() });
    Ok((parts[..=place].iter().copied().cloned().collect(), rest))
}

/// Which part of a text a copy of it holds that was just made; none where the text cannot be read on from there. `content` is the hash of the
/// whole of it, and `rows` how many it has.
///
/// # Errors
///
/// When the file cannot be read.
pub(super) fn part_of(table: Table, file: &SourceFile, content: &str, rows: usize) -> Result<Option<Part>> {
    let is_text = matches!(file.format, Format::Csv | Format::AccessLog);
    // Who was erased is looked for in all creators; what lies elsewhere is brought as a whole.
    if !is_text || table == Table::Creators || !file.version.is_empty() {
        return Ok(None);
    }
    let length = length_of(file)?;
    if length < SMALLEST || !can_be_read_on(file)? {
        return Ok(None);
    }
    let (start, rows_before) = file.rest.map_or((0, 0), |rest| (rest.start, rest.rows));
    let end = match end_of_lines(file, length)? {
        Some(end) if end > start && (end == length || file.format == Format::AccessLog) => end,
        _ => return Ok(None),
    };
    let upto = || hash_file(&SourceFile { length: Some(end), ..file.clone() }, None);
    let hash = if end == length { content.to_owned() } else { upto()? };
    Ok(Some(Part { start, end, hash, rows_before, rows }))
}

fn length_of(file: &SourceFile) -> Result<u64> {
    let length = || Ok(file.path.metadata().with_context(|| format!("cannot look at {}", file.shown))?.len());
    file.length.map_or_else(length, Ok)
}

/// Whether the first line says all that the others need: the header of a table is one line, and no log begins with a header.
fn can_be_read_on(file: &SourceFile) -> Result<bool> {
    let mut input = BufReader::new(opened(file)?).take(LONGEST_LINE);
    let mut first = Vec::new();
    input.read_until(b'\n', &mut first).with_context(|| format!("cannot read {}", file.shown))?;
    if file.format == Format::AccessLog {
        return Ok(!WHOLE_ONLY.iter().any(|begin| first.starts_with(begin)));
    }
    let quotes = first.iter().filter(|byte| **byte == b'"').count();
    Ok(quotes % 2 == 0 && !first.trim_ascii().is_empty())
}

/// Where the last whole line of the first `length` bytes ends.
fn end_of_lines(file: &SourceFile, length: u64) -> Result<Option<u64>> {
    let mut input = opened(file)?;
    let from = length.saturating_sub(LONGEST_LINE);
    let mut tail = Vec::new();
    let cannot_read = || format!("cannot read {}", file.shown);
    input.seek(SeekFrom::Start(from)).with_context(cannot_read)?;
    input.take(length - from).read_to_end(&mut tail).with_context(cannot_read)?;
    Ok(tail.iter().rposition(|byte| *byte == b'\n').map(|place| from + place as u64 + 1))
}

fn opened(file: &SourceFile) -> Result<File> {
    File::open(&file.path).with_context(|| format!("cannot open {}", file.shown))
}
