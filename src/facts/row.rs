//! One row of a typed frame.

use anyhow::{Context, Result};
use chrono::NaiveDate;
use polars::prelude::DataFrame;

use crate::calendar::day_of_epoch;

/// One row of a frame.
pub(super) struct Row<'a> {
    frame: &'a DataFrame,
    row: usize,
}

/// Makes something of each row of a frame.
pub(super) fn each_row<T>(frame: &DataFrame, make: impl Fn(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
    (0..frame.height()).map(|row| make(&Row { frame, row })).collect()
}

impl Row<'_> {
    pub(super) fn optional(&self, name: &str) -> Result<Option<String>> {
        Ok(self.frame.column(name)?.str()?.get(self.row).map(str::to_owned))
    }

    pub(super) fn text(&self, name: &str) -> Result<String> {
        Ok(self.optional(name)?.unwrap_or_default())
    }

    pub(super) fn i64(&self, name: &str) -> Result<i64> {
        self.frame.column(name)?.i64()?.get(self.row).with_context(|| format!("{name} is missing"))
    }

    pub(super) fn i32(&self, name: &str) -> Result<i32> {
        self.frame.column(name)?.i32()?.get(self.row).with_context(|| format!("{name} is missing"))
    }

    pub(super) fn bool(&self, name: &str) -> Result<bool> {
        self.frame.column(name)?.bool()?.get(self.row).with_context(|| format!("{name} is missing"))
    }

    pub(super) fn u32(&self, name: &str) -> Result<u32> {
        self.optional_u32(name)?.with_context(|| format!("{name} is missing"))
    }

    pub(super) fn optional_u32(&self, name: &str) -> Result<Option<u32>> {
        Ok(self.frame.column(name)?.u32()?.get(self.row))
    }

    pub(super) fn date(&self, name: &str) -> Result<NaiveDate> {
        day_of_epoch(self.i32(name)?).with_context(|| format!("{name} is out of range"))
    }
}
