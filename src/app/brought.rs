//! What lies elsewhere, brought here for as long as it is read.

use std::path::Path;

use anyhow::Result;

use crate::effect::Scratch;
use crate::facts::{Erased, Manifest, blocking, kept_before};
use crate::program::Program;
use crate::sources::{Remote, has_remote};

/// The files of sources that lie elsewhere. They go with it.
pub(super) struct Brought {
    /// The files themselves.
    pub remote: Remote,
    _folder: Option<Scratch>,
}

impl Brought {
    /// Brings everything that a program's sources have elsewhere today.
    ///
    /// # Errors
    ///
    /// When the data folder cannot be written. What could not be brought is said when its files are asked for.
    pub(super) async fn all(program: &Program, data: &Path) -> Result<Self> {
        let mut brought = Self::listed(program, data).await?;
        brought.remote.fetch().await;
        Ok(brought)
    }

    /// Brings what the list `before` has no copy of. Where a source cannot be asked, or has no file on this machine, nothing is fetched: the
    /// run will read none of it.
    ///
    /// # Errors
    ///
    /// As [`Self::all`].
    pub(super) async fn changed(program: &Program, data: &Path, before: Option<&Manifest>, erased: &Erased) -> Result<Self> {
        let Self { mut remote, _folder } = Self::listed(program, data).await?;
        if has_remote(program) && remote.is_complete(program) {
            let (data, before, erased) = (data.to_owned(), before.cloned(), erased.clone());
            remote = blocking(move || {
                remote.leave_out(|table, file| Ok(kept_before(table, file, &data, before.as_ref(), &erased)?.is_some()))?;
                Ok(remote)
            })
            .await?;
            remote.fetch().await;
        }
        Ok(Self { remote, _folder })
    }

    async fn listed(program: &Program, data: &Path) -> Result<Self> {
        if !has_remote(program) {
            return Ok(Self { remote: Remote::default(), _folder: None });
        }
        let folder = Scratch::new(data)?;
        Ok(Self { remote: Remote::list(program, folder.path()).await, _folder: Some(folder) })
    }
}
