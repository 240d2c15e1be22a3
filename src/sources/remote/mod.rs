//! What lies elsewhere: files in buckets and on web servers, and rows of databases, brought to this machine before anything is read.
//!
//! What is read has to stand still while it is read, hashed and copied, and the readers wait for disks, not for networks. So [`Remote`] lists
//! what there is, leaves out what was kept before in the same version, and fetches the rest into a folder that goes when the copies are made.
//! After that a file from elsewhere is a file like any other. Reading over the network row by row was rejected: a connection that breaks
//! would break in the middle of a table.
//!
//! [`bucket`] asks buckets, by the crate that the engine uses too; [`page`] asks web servers, [`database`] databases; `http.rs` makes the connections, which carry
//! no credentials to anybody but the address that was named; [`trouble`] says what went wrong, without what is secret.
//!
//! A file is known to be unchanged by the mark that its keeper gives each version (the ETag) and its size. Times are no such mark: two
//! versions may have the same. What has no mark is fetched every time, and so are rows; what they are is kept under the hash of their text,
//! so that the same rows are the same copy.

mod bucket;
mod database;
mod page;
mod trouble;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use self::bucket::Bucket;
use self::page::Page;
use super::goaffpro;
use super::source_file::{Format, SourceFile, file_of, local_files, way_of_reading};
use crate::program::{GoAffPro, Keeper, Program, Query, Source, SourceKind, Table};

/// How many files are fetched at the same time: so many as keep a line busy, and few enough for a small machine.
const AT_ONCE: usize = 8;

/// What of a source's name does not stand in that of a file.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-');

/// What the sources of a program hold that lie elsewhere.
#[derive(Default)]
pub struct Remote(BTreeMap<String, Result<Vec<Found>>>);

/// A file elsewhere, or the rows of a query.
struct Found {
    file: SourceFile,
    tables: Vec<Table>,
    place: Place,
    /// Whether it has to be fetched.
    is_wanted: bool,
}

/// Where to ask for it.
#[derive(Clone)]
enum Place {
    Bucket(Bucket, bucket::Object),
    Page(Page),
    Database(Box<Query>),
    Platform(GoAffPro),
}

impl Remote {
    /// Asks what there is. `folder` is where it will lie; nothing is fetched yet.
    pub async fn list(program: &Program, folder: &Path) -> Self {
        let there = program.sources.iter().filter(|source| source.is_remote()).cloned();
        let ask = |source: Source| {
            let folder = folder.join("remote");
            async move { (source.name.clone(), found(&source, &folder).await) }.boxed()
        };
        Self(together(there.map(ask).collect()).await.into_iter().collect())
    }

    /// Whether every source of the program could be asked, and those on this machine have files.
    pub fn is_complete(&self, program: &Program) -> bool {
        let is_here = |source: &Source| source.is_remote() || local_files(source).is_ok();
        self.0.values().all(Result::is_ok) && program.sources.iter().all(is_here)
    }

    /// Leaves out the files of which `is_kept` says that each of their tables has a copy.
    ///
    /// # Errors
    ///
    /// Those of `is_kept`.
    pub fn leave_out(&mut self, is_kept: impl Fn(Table, &SourceFile) -> Result<bool>) -> Result<()> {
        for found in self.0.values_mut().flatten().flatten() {
            let mut is_wanted = false;
            for table in &found.tables {
                is_wanted = is_wanted || !is_kept(*table, &found.file)?;
            }
            found.is_wanted = is_wanted;
        }
        Ok(())
    }

    /// Fetches all that was not left out.
    pub async fn fetch(&mut self) {
        for files in self.0.values_mut() {
            let Ok(found) = files else { continue };
            let fetch = |found: &Found| {
                let (place, file) = (found.place.clone(), found.file.clone());
                async move {
                    match place {
                        Place::Bucket(bucket, object) => bucket.fetch(&object, &file).await.map(|()| file.version),
                        Place::Database(query) => database::fetch(&query, &file).await.map(|()| file.version),
                        Place::Platform(platform) => goaffpro::fetch(&platform, &file).await.map(|()| file.version),
                        Place::Page(page) => page.fetch(&file).await.map(|mark| version(&file, &mark)),
                    }
                }
                .boxed()
            };
            let wanted = || found.iter().filter(|found| found.is_wanted);
            let versions: Result<Vec<String>> = together(wanted().map(fetch).collect()).await.into_iter().collect();
            match versions {
                Ok(versions) => {
                    let wanted = found.iter_mut().filter(|found| found.is_wanted);
                    wanted.zip(versions).for_each(|(found, version)| found.file.version = version);
                }
                Err(error) => *files = Err(error),
            }
        }
    }

    /// The files that a source names today, in order of their paths, wherever they lie.
    ///
    /// # Errors
    ///
    /// When there is none, or it could not be asked for: a missing file is a mistake, not an empty table.
    pub fn files_of(&mut self, source: &Source) -> Result<Vec<SourceFile>> {
        if !source.is_remote() {
            return local_files(source);
        }
        let found = self.0.remove(&source.name).unwrap_or_else(|| Err(anyhow!("{} was not asked for", source.written)));
        Ok(found?.into_iter().map(|found| found.file).collect())
    }
}

/// Whether a program has sources elsewhere.
pub fn has_remote(program: &Program) -> bool {
    program.sources.iter().any(Source::is_remote)
}

/// Does work [`AT_ONCE`]; answers in the order of the work.
async fn together<T>(work: Vec<BoxFuture<'static, T>>) -> Vec<T> {
    stream::iter(work).buffered(AT_ONCE).collect().await
}

/// What a source has, listed.
async fn found(source: &Source, folder: &Path) -> Result<Vec<Found>> {
    // A name may hold what has a meaning in paths.
    let here = |number: usize| folder.join(format!("{}-{number}", utf8_percent_encode(&source.name, NAME)));
    let tables = || source.kind.tables().to_vec();
    let at = match (&source.kind, source.elsewhere()) {
        (SourceKind::Query(query), _) => {
            let shown = format!("[sources.{}]", source.name);
            database::look(query, &shown).await?;
            let file = SourceFile::whole(shown, here(0), Format::Query);
            return Ok(vec![Found { file, tables: tables(), place: Place::Database(Box::new(query.clone())), is_wanted: true }]);
        }
        (SourceKind::GoAffPro(platform), _) => {
            let shown = format!("[sources.{}]", source.name);
            goaffpro::look(platform).await.with_context(|| format!("{shown}: cannot ask {}", platform.address))?;
            let file = file_of(source, "", shown, here(0))?;
            return Ok(vec![Found { file, tables: tables(), place: Place::Platform(platform.clone()), is_wanted: true }]);
        }
        (_, Some(at)) => at,
        (_, None) => bail!("{} lies on this machine", source.written),
    };
    let at = &at;
    let listed: Vec<(Place, String, String)> = match at.keeper {
        Keeper::Web => {
            let page = Page::of(at)?;
            let mark = page.look(&source.name).await?;
            vec![(Place::Page(page), at.path.clone(), mark)]
        }
        _ => {
            let bucket = Bucket::open(at)?;
            let objects = bucket.list(&source.name, at).await?;
            let place = |object: bucket::Object| {
                let (path, mark) = (object.path(), object.mark());
                (Place::Bucket(bucket.clone(), object), path, mark)
            };
            objects.into_iter().map(place).collect()
        }
    };
    let file = |(number, (place, path, mark)): (usize, (Place, String, String))| {
        let written = if at.keeper == Keeper::Web { &source.written } else { &path };
        let file = file_of(source, written, at.shown(&path), here(number))?;
        let file = SourceFile { version: version(&file, &mark), ..file };
        Ok(Found { file, tables: tables(), place, is_wanted: true })
    };
    listed.into_iter().enumerate().map(file).collect()
}

/// What says that a file is the same and is read in the same way; empty where nothing says so.
fn version(file: &SourceFile, mark: &str) -> String {
    // What was refunded when is not in the file alone, so exports of Shopify are read every time.
    let depends_on_more = file.source.as_ref().is_some_and(|source| matches!(source.kind, SourceKind::ShopifyExport(_)));
    if mark.is_empty() || depends_on_more {
        return String::new();
    }
    let way = file.source.as_ref().map(way_of_reading).unwrap_or_default();
    blake3::hash(format!("{mark}{way}").as_bytes()).to_hex().to_string()
}
