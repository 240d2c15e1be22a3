//! A web server's access log: each visit of a page with a creator's link in its address is a click.
//!
//! A log is written by one program and read by others that its owner configured, so nothing in it is a mistake of the shop's: a line that is in
//! no known form is counted and named, and keeps nobody from being paid. Only a log of which no line at all can be read is refused, since
//! then what was said of its form is wrong.
//!
//! [`form`] says which part of a line is what, [`line`] takes a line apart, [`visit`] decides whether it is a click, [`robots`] lists who
//! is no visitor.
//!
//! # Alternatives
//!
//! A script in front of every page counts what servers do not see (a page that a cache served), and misses what blockers stop; its clicks
//! are a table like any other. A log analyser gives sums, from which no order can be traced.

mod form;
mod line;
mod robots;
mod visit;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use anyhow::{Context, Result, anyhow, bail};
use flate2::bufread::MultiGzDecoder;

use self::form::Form;
use self::visit::{Click, NoClick, click};
use super::source_file::SourceFile;
use crate::program::AccessLog;

/// How the first bytes of a file compressed by gzip read.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A longer line is cut off: no server writes one, but a broken file may have no line breaks at all.
const LONGEST_LINE: u64 = 1 << 20;

/// What became of the lines of a log.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct LogSummary {
    /// All but empty ones.
    pub lines: usize,
    /// Clicks.
    pub clicks: usize,
    /// Visits with a link's key that are no clicks: by robots and programs that look ahead.
    pub robots: usize,
    /// In no form that is known.
    pub unreadable: usize,
    /// The first of these, by its number among those that were read.
    pub first_unreadable: Option<usize>,
}

/// Calls `each` with the values of the table of clicks for every click of a log, in its order: `click_id` (a hash of the line),
/// `clicked_at`, `visitor_id`, `link_key`, `sub_id`, and what is for reports. Lines are read as far as the file went when it was listed; a last line without an end is
/// still being written, and left for the next time.
///
/// # Errors
///
/// When the file cannot be read, or none of its lines.
pub(super) fn read_log(
    file: &SourceFile,
    log: &AccessLog,
    name: &str,
    mut each: impl FnMut(&[&str]) -> Result<()>,
) -> Result<LogSummary> {
    let shown = &file.shown;
    let mut form = Form::of(log.form.as_deref()).map_err(|why| anyhow!("[sources.{name}] format: {why}"))?;
    let mut lines = open(file)?;
    let mut summary = LogSummary::default();
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let read =
            lines.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes).with_context(|| format!("cannot read {shown}"))?;
        if read == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&bytes);
        if !text.ends_with('\n') && (read as u64) < LONGEST_LINE {
            break;
        }
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() || form.is_header(text) {
            continue;
        }
        summary.lines += 1;
        match form.visit(text, log).map(|visit| click(&visit, log)) {
            Some(Ok(found)) => {
                summary.clicks += 1;
                tell(text, found, &mut each)?;
            }
            Some(Err(NoClick::Robot)) => summary.robots += 1,
            Some(Err(NoClick::Other)) => {}
            None => {
                summary.unreadable += 1;
                summary.first_unreadable.get_or_insert(number);
            }
        }
    }
    // Of the rest of a log that could be read before, even one line may be broken.
    if file.rest.is_none() && summary.lines > 0 && summary.unreadable == summary.lines {
        bail!(
            "{shown}: none of its {} lines can be read as {}; copy the log's format from the web server's configuration to \
             `format` in [sources.{name}]",
            summary.lines,
            form.named()
        );
    }
    Ok(summary)
}

fn tell(text: &str, click: Click<'_>, each: &mut impl FnMut(&[&str]) -> Result<()>) -> Result<()> {
    // The same line twice is one visit: logs that are copied and rotated overlap.
    let id = blake3::hash(text.as_bytes()).to_hex();
    let labels = click.labels.values();
    let own = [&id[..20], &click.at, &click.visitor, &click.link, &click.sub_id];
    each(&own.into_iter().chain(labels.iter().map(String::as_str)).collect::<Vec<_>>())
}

fn open(file: &SourceFile) -> Result<Box<dyn BufRead>> {
    let shown = &file.shown;
    let mut input = File::open(&file.path).with_context(|| format!("cannot open {shown}"))?;
    let start = file.rest.map_or(0, |rest| rest.start);
    input.seek(SeekFrom::Start(start)).with_context(|| format!("cannot read {shown}"))?;
    let mut input = BufReader::with_capacity(1 << 20, input.take(file.length.map_or(u64::MAX, |length| length - start)));
    let begins = input.fill_buf().with_context(|| format!("cannot read {shown}"))?;
    Ok(if begins.starts_with(&GZIP) {
        Box::new(BufReader::with_capacity(1 << 20, MultiGzDecoder::new(input)))
    } else {
        Box::new(input)
    })
}
