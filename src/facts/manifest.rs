//! Lists of facts: for each table the kept copies of its sources.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::program::Table;
use crate::sources::Format;

/// What a run reads: for each table, the kept files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Table name to files, in order.
    pub tables: BTreeMap<String, Vec<KeptFile>>,
    /// Whether no click is known to stand in its files twice.
    #[serde(default, skip_serializing_if = "is_false")]
    pub has_each_click_once: bool,
}

/// The kept copy of one source file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// The path of the source, as people know it.
    pub source: String,
    /// How the source was written, so that a row can be named as its author counts.
    pub format: Format,
    /// Whether it holds clicks that its table had once and has no more.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_carried: bool,
    /// The hash of the source's bytes, all of them, under which its Parquet copy is kept.
    pub content: String,
    /// The mark of the source's version where it lies elsewhere, by which it is known to be unchanged; empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The hash of the copy's own bytes, by which `purser check` knows whether it is whole; empty in lists that were made
    /// before it was recorded.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub copy: String,
    /// Where the source has empty rows, which the copy has not: the position of the row after them (from 0), and how many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<(usize, usize)>,
    /// Who the copy does not name though the source may (see [`super::Erased::mark`]); empty where it was kept as it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub erased: String,
    /// What was found when its clicks were checked; none of other tables, and where something is wrong with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<CheckedClicks>,
    /// Which part of the source it holds, so that only what is new has to be read of a text that grew; none where that is not known, and
    /// it holds all of it. The parts of a source follow each other in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
}

/// The part of a growing text that a copy holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Where it begins (bytes): zero, or where the part before it ends.
    pub start: u64,
    /// Where it ends, just after the end of a line.
    pub end: u64,
    /// The hash of the text from its very beginning to that end, and of how it is read.
    pub hash: String,
    /// How many rows stand before it, as people count them.
    pub rows_before: usize,
    /// How many stand before the part after it.
    pub rows: usize,
}

/// What is known of a copy of clicks since they were checked: nothing is wrong with any of them. It holds as long as the copy
/// is what its list says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedClicks {
    /// The version of the checks.
    pub version: u32,
    /// When the first of them happened (microseconds since 1970); `i64::MAX` where there are none.
    pub first_at: i64,
    /// When the last of them happened; `i64::MIN` where there are none.
    pub last_at: i64,
}

/// For fields that are written only where they say something: lists stay what they were.
fn is_false(value: &bool) -> bool {
    !value
}

impl Manifest {
    /// The hash of everything the manifest lists: the same facts have the same digest, whenever they were fetched. The name of
    /// a source and the bytes of its copy do not enter.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for (table, files) in &self.tables {
            hasher.update(table.as_bytes());
            for content in contents(files) {
                hasher.update(b"\0").update(content.as_bytes());
            }
            hasher.update(b"\n");
        }
        hasher.finalize().to_hex().to_string()
    }

    /// Whether a table's files have the same content, whatever their names.
    pub fn has_content_of(&self, other: &Self, table: Table) -> bool {
        contents(self.files(table)).eq(contents(other.files(table)))
    }

    /// The same copy, where its hash is known.
    pub(super) fn copy_of(&self, table: Table, kept: &KeptFile) -> Option<&KeptFile> {
        let is_same = |file: &&KeptFile| {
            (&file.content, &file.erased, file.format, file.start()) == (&kept.content, &kept.erased, kept.format, kept.start())
        };
        self.files(table).iter().find(is_same).filter(|file| !file.copy.is_empty())
    }

    /// As [`Self::files`], to change what is known of them.
    pub(super) fn files_mut(&mut self, table: Table) -> &mut [KeptFile] {
        self.tables.get_mut(table.name()).map_or(&mut [], Vec::as_mut_slice)
    }

    /// The kept files of a table; none where the program has no such source.
    pub fn files(&self, table: Table) -> &[KeptFile] {
        self.tables.get(table.name()).map_or(&[], Vec::as_slice)
    }
}

/// The hashes of the sources that these copies hold, whether each is one copy or several of its parts.
fn contents(files: &[KeptFile]) -> impl Iterator<Item = &str> {
    let is_last = |place: usize| files.get(place + 1).is_none_or(|next| next.start() == 0);
    files.iter().enumerate().filter(move |(place, _)| is_last(*place)).map(|(_, file)| file.content.as_str())
}

impl KeptFile {
    /// Where the part of the source that it holds begins (bytes).
    pub fn start(&self) -> u64 {
        self.part.as_ref().map_or(0, |part| part.start)
    }

    /// Where the copy lies in the data folder.
    pub fn path(&self, data: &Path, table: Table) -> PathBuf {
        let from = match self.start() {
            0 => String::new(),
            start => format!("-from-{start}"),
        };
        let mark = if self.erased.is_empty() { String::new() } else { format!("-{}", self.erased) };
        data.join("facts").join(table.name()).join(format!("{}{from}{mark}.parquet", self.content))
    }

    /// How people find the row at this position (from 0).
    pub fn place(&self, position: usize) -> String {
        let empty: usize = self.gaps.iter().take_while(|(after, _)| *after <= position).map(|(_, rows)| rows).sum();
        format!("{} row {}", self.source, self.row_number(position) + empty)
    }

    /// The number of the row at a position (from 0), where none before it in the part is empty.
    pub(super) fn row_number(&self, position: usize) -> usize {
        let part = self.part.as_ref().filter(|part| part.start > 0);
        part.map_or_else(|| self.format.row_number(position), |part| part.rows_before + 1 + position)
    }
}
