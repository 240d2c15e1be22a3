//! Buckets: Amazon S3 and servers that speak its language, Google Cloud Storage, Azure Blob Storage.
//!
//! Who asks is said by the environment, under the names that the clouds' own tools use.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::path::Path;
use object_store::{ClientOptions, GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt, RetryConfig};

use super::trouble::{changed, of_bucket};
use crate::effect::Unfinished;
use crate::error::{Invalid, Transient};
use crate::program::{Elsewhere, Keeper, is_this_machine};
use crate::sources::http::Careful;
use crate::sources::source_file::SourceFile;

/// So much is asked for at a time (bytes): what breaks is asked for again, and no more than this lies in memory.
const PART: u64 = 8 << 20;

/// A bucket that can be asked.
#[derive(Clone)]
pub(super) struct Bucket {
    store: Arc<dyn ObjectStore>,
    at: Elsewhere,
}

/// A file in a bucket.
#[derive(Clone)]
pub(super) struct Object(ObjectMeta);

impl Object {
    pub(super) fn path(&self) -> String {
        self.0.location.to_string()
    }

    /// What tells this version from all others; empty where nothing does.
    pub(super) fn mark(&self) -> String {
        tag(&self.0).map(|tag| format!("{tag} {}", self.0.size)).unwrap_or_default()
    }
}

impl Bucket {
    /// The bucket of an address. It is not asked yet.
    ///
    /// # Errors
    ///
    /// When the environment does not say enough, or names a server that is neither encrypted nor on this machine.
    pub(super) fn open(at: &Elsewhere) -> Result<Self> {
        let store = store(at).with_context(|| format!("cannot ask {}", at.root))?;
        Ok(Self { store, at: at.clone() })
    }

    /// The files that an address stands for, in order of their paths.
    ///
    /// # Errors
    ///
    /// When there is none, or the bucket gives no answer.
    pub(super) async fn list(&self, name: &str, at: &Elsewhere) -> Result<Vec<Object>> {
        let shown = at.shown(&at.path);
        if !at.is_pattern() {
            let path = Path::parse(&at.path).map_err(|_| Invalid(format!("{shown} is no path in a bucket")))?;
            let found = self.store.head(&path).await.map_err(|error| of_bucket(&error, name, &shown))?;
            return Ok(vec![Object(found)]);
        }
        let pattern = glob::Pattern::new(&at.path).with_context(|| format!("{name}: \"{shown}\" is not a path pattern"))?;
        let mut objects = Vec::new();
        let mut folders = vec![first_folder(&at.path)];
        while let Some(folder) = folders.pop() {
            let prefix = Path::parse(&folder).map_err(|_| Invalid(format!("{shown} is no path in a bucket")))?;
            let listed = self.store.list_with_delimiter(Some(&prefix)).await.map_err(|error| of_bucket(&error, name, &shown))?;
            objects.extend(listed.objects.into_iter().filter(|object| fits(&pattern, object.location.as_ref())));
            let is_deep_enough = at.path.contains("**") || depth(&folder) + 1 < depth(&at.path);
            folders.extend(listed.common_prefixes.iter().filter(|_| is_deep_enough).map(ToString::to_string));
        }
        if objects.is_empty() {
            bail!(Transient(format!("{name}: no file matches {shown}")));
        }
        objects.sort_by(|one, other| one.location.cmp(&other.location));
        Ok(objects.into_iter().map(Object).collect())
    }

    /// Fetches a file, in the version that was listed.
    ///
    /// # Errors
    ///
    /// When it is gone, another version took its place, or the disk does not take it.
    pub(super) async fn fetch(&self, Object(object): &Object, file: &SourceFile) -> Result<()> {
        let shown = self.at.shown(object.location.as_ref());
        let mut out = Unfinished::begin(&file.path)?;
        let mut begin = 0;
        while begin < object.size {
            let range = Some(GetRange::Bounded(begin..object.size.min(begin + PART)));
            let options = GetOptions { range, if_match: tag(object).map(|tag| format!("\"{tag}\"")), ..GetOptions::default() };
            let part = self.store.get_opts(&object.location, options).await.map_err(|error| of_bucket(&error, "", &shown))?;
            let is_same = part.meta.size == object.size && (tag(&part.meta) == tag(object) || tag(object).is_none());
            let bytes = part.bytes().await.map_err(|error| of_bucket(&error, "", &shown))?;
            if !is_same || bytes.is_empty() {
                bail!(changed(&shown));
            }
            out.write_all(&bytes).with_context(|| format!("cannot keep {shown}"))?;
            begin += bytes.len() as u64;
        }
        out.keep()
    }
}

/// The mark of a version, without quotes: Azure has them in the head of a file, and not in the list of files.
fn tag(object: &ObjectMeta) -> Option<&str> {
    object.e_tag.as_deref().map(|tag| tag.trim_matches('"'))
}

/// The folder that a pattern begins with, before its first sign that stands for others.
fn first_folder(pattern: &str) -> String {
    let fixed = &pattern[..pattern.find(['*', '?', '[']).unwrap_or(pattern.len())];
    fixed.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned())
}

fn depth(path: &str) -> usize {
    path.split('/').filter(|part| !part.is_empty()).count()
}

fn fits(pattern: &glob::Pattern, path: &str) -> bool {
    let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::default() };
    pattern.matches_with(path, options)
}

fn store(at: &Elsewhere) -> Result<Arc<dyn ObjectStore>> {
    let retry = || RetryConfig { max_retries: 4, retry_timeout: Duration::from_secs(60), ..RetryConfig::default() };
    // How long a part may take is said by the client: a whole file may take longer.
    let client = |endpoint: Option<String>| -> Result<ClientOptions> {
        Ok(ClientOptions::new().with_timeout_disabled().with_allow_http(is_local(endpoint.as_deref())?))
    };
    Ok(match at.keeper {
        Keeper::S3 => {
            let builder = AmazonS3Builder::from_env().with_bucket_name(at.host());
            let endpoint = builder
                .get_config_value(&AmazonS3ConfigKey::S3Endpoint)
                .or_else(|| builder.get_config_value(&AmazonS3ConfigKey::Endpoint));
            let client = client(endpoint)?;
            Arc::new(builder.with_client_options(client).with_retry(retry()).with_http_connector(Careful).build()?)
        }
        Keeper::Gcs => {
            let builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(at.host());
            let client = client(builder.get_config_value(&GoogleConfigKey::BaseUrl))?;
            Arc::new(builder.with_client_options(client).with_retry(retry()).with_http_connector(Careful).build()?)
        }
        Keeper::Azure => {
            let builder = MicrosoftAzureBuilder::from_env().with_url(format!("{}/", at.root));
            let client = client(builder.get_config_value(&AzureConfigKey::Endpoint))?;
            Arc::new(builder.with_client_options(client).with_retry(retry()).with_http_connector(Careful).build()?)
        }
        Keeper::Web => bail!("{} is no bucket", at.root),
    })
}

/// Whether the server that the environment names is asked without encryption, which only this machine itself may be.
fn is_local(endpoint: Option<&str>) -> Result<bool> {
    let Some(host) = endpoint.and_then(|endpoint| endpoint.strip_prefix("http://")) else { return Ok(false) };
    if !is_this_machine(host.split('/').next().unwrap_or_default()) {
        bail!(Invalid(
            "the environment names a server that is not encrypted (http://); only this machine itself may be one".into()
        ));
    }
    Ok(true)
}
