//! Clicks are the one table that may not fit in memory: they are read a batch at a time, a small copy as one.

use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, anyhow};
use polars::prelude::{DataFrame, Engine, PlanCallback};

use super::as_text::as_text;
use super::manifest::KeptFile;
use super::parquet::{guarded, rows_in};
use super::scan::{cannot_read, read, scan};
use crate::program::Table;

/// As many rows are read at once: to start a stream costs more.
pub(super) const SMALL: usize = 100_000;

/// What `make` makes of each batch of a kept file, in order of the rows. It is also given the position of the batch's first row.
pub(super) fn of_batches<T: Send + 'static>(
    file: &KeptFile,
    data: &Path,
    columns: &[&str],
    make: impl Fn(&KeptFile, &DataFrame, usize) -> Result<T> + Send + Sync + 'static,
) -> Result<Vec<T>> {
    let made = Arc::new(Mutex::new((0, Vec::new())));
    let shared = made.clone();
    for_each_batch(file, data, columns, move |file, batch| {
        let mut made = shared.lock().map_err(|_| anyhow!("reading clicks failed"))?;
        let of_batch = make(file, batch, made.0)?;
        made.0 += batch.height();
        made.1.push(of_batch);
        Ok(())
    })?;
    let mut made = made.lock().map_err(|_| anyhow!("reading clicks failed"))?;
    Ok(std::mem::take(&mut made.1))
}

/// Calls `take` with each batch of a kept file, as text, in order of the rows.
pub(super) fn for_each_batch(
    file: &KeptFile,
    data: &Path,
    columns: &[&str],
    take: impl Fn(&KeptFile, &DataFrame) -> Result<()> + Send + Sync + 'static,
) -> Result<()> {
    let path = file.path(data, Table::Clicks);
    if rows_in(&path).with_context(|| cannot_read(file, data, Table::Clicks))? <= SMALL {
        let mut rows = as_text(&file.source, read(file, data, Table::Clicks, columns)?)?;
        rows.rechunk_mut();
        return take(file, &rows);
    }
    let failed: Arc<Mutex<Option<anyhow::Error>>> = Arc::default();
    let (shared_failed, shared_file) = (failed.clone(), file.clone());
    let callback = PlanCallback::new(move |batch: DataFrame| {
        let taken = as_text(&shared_file.source, batch).and_then(|mut batch| {
            batch.rechunk_mut();
            take(&shared_file, &batch)
        });
        let stop = taken.is_err();
        if let (Err(error), Ok(mut failed)) = (taken, shared_failed.lock()) {
            failed.get_or_insert(error);
        }
        Ok(stop)
    });
    let lazy = scan(file, data, Table::Clicks, columns)?;
    let ran = guarded(|| lazy.sink_batches(callback, true, None)?.collect_with_engine(Engine::Streaming));
    match failed.lock().ok().and_then(|mut failed| failed.take()) {
        Some(error) => Err(error),
        None => ran.map(|_| ()).with_context(|| cannot_read(file, data, Table::Clicks)),
    }
}
