//! One column of text, in one piece.

use anyhow::{Result, ensure};
use polars::prelude::{BooleanChunked, Column, PolarsDataType, StringChunked, StringType};

/// One column of text in one piece, with nulls.
#[derive(Clone, Copy)]
pub(crate) struct TextColumn<'a>(&'a <StringType as PolarsDataType>::Array);

impl<'a> TextColumn<'a> {
    /// A column of a frame that is in one piece: looking up the piece for each value would cost more than the value.
    pub(crate) fn of(column: &'a Column) -> Result<Self> {
        let texts = column.as_materialized_series().str()?;
        ensure!(texts.chunks().len() == 1, "column {} is not one piece", column.name());
        Ok(Self(texts.downcast_as_array()))
    }

    pub(crate) fn get(self, row: usize) -> Option<&'a str> {
        self.0.get(row)
    }

    pub(crate) fn len(self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Option<&'a str>> {
        self.0.iter()
    }
}

/// One column of text; a null reads as empty.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a>(TextColumn<'a>);

impl<'a> Texts<'a> {
    pub(super) fn of(column: &'a Column) -> Result<Self> {
        TextColumn::of(column).map(Self)
    }

    pub(super) fn get(self, row: usize) -> &'a str {
        self.0.get(row).unwrap_or("")
    }

    /// The column with empty text in place of nulls.
    pub(super) fn without_nulls(self, name: &str) -> StringChunked {
        let array = self.0.0;
        if array.clone().take_validity().is_none_or(|valid| valid.unset_bits() == 0) {
            return StringChunked::with_chunk(name.into(), array.clone().with_validity(None));
        }
        let mut texts: StringChunked = self.iter().map(Some).collect();
        texts.rename(name.into());
        texts
    }

    /// The column with nulls in place of empty text. The text itself is not copied.
    pub(super) fn empty_as_null(self, name: &str) -> StringChunked {
        let has_text: BooleanChunked = self.iter().map(|value| !value.is_empty()).collect();
        let valid = has_text.downcast_as_array().values().clone();
        StringChunked::with_chunk(name.into(), self.0.0.clone().with_validity(Some(valid)))
    }

    pub(super) fn iter(self) -> impl Iterator<Item = &'a str> {
        self.0.iter().map(|value| value.unwrap_or(""))
    }
}
