//! Where facts come from. Today these are CSV and Parquet files, each a whole snapshot of its table.
//!
//! A source only says what its files are and what stands in them, as text. What the columns mean, and keeping what was read,
//! is the business of `facts`, which asks for the files of a table ([`files_of`]), for their hash ([`hash_file`]) and for their rows
//! ([`read_csv`]). Mistakes are collected in [`Mistakes`], so that all are reported at once.
//!
//! To add a file format: a variant of [`Format`], with its ending and how its rows are counted, a file here that reads its rows,
//! and how it is copied in `facts/keep.rs`.

mod csv_file;
mod mistakes;
mod source_file;
mod strict_csv;

pub use csv_file::{missing_columns, read_csv};
pub use mistakes::Mistakes;
pub use source_file::{Format, SourceFile, files_of, hash_file, hash_of};
