//! Addresses of files that lie elsewhere: in a bucket, or on a web server.

use super::keys::Key;
use super::reader::Section;

/// Who keeps the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// Amazon S3, or a server that speaks its language.
    S3,
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage.
    Azure,
    /// Any web server.
    Web,
}

/// Where files lie that are not on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// Who keeps them.
    pub keeper: Keeper,
    /// The bucket or the server, `s3://bucket` or `https://shop.example`.
    pub root: String,
    /// The path there; in a bucket it may hold `*`, `?` and `**`.
    pub path: String,
    /// What follows the path in the address of a web server, with its question mark. It may be a secret, and is never shown.
    pub query: String,
}

/// The beginnings of addresses, and who they mean.
const SCHEMES: [(&str, Keeper); 9] = [
    ("s3", Keeper::S3),
    ("s3a", Keeper::S3),
    ("gs", Keeper::Gcs),
    ("az", Keeper::Azure),
    ("azure", Keeper::Azure),
    ("abfs", Keeper::Azure),
    ("abfss", Keeper::Azure),
    ("https", Keeper::Web),
    ("http", Keeper::Web),
];

impl Elsewhere {
    /// The address that a text is; none if it is the path of a file here.
    ///
    /// # Errors
    ///
    /// What is wrong with it, without saying the address again: it may hold a secret.
    pub fn parse(text: &str) -> Option<Result<Self, String>> {
        let (scheme, rest) = text.split_once("://")?;
        let Some((_, keeper)) = SCHEMES.into_iter().find(|(known, _)| *known == scheme) else {
            return Some(Err(
                "is an address of a kind that is not known; take s3://, gs://, az://, abfss:// or https://".to_owned()
            ));
        };
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (path, query) = match path.find(['?', '#']).filter(|_| keeper == Keeper::Web) {
            Some(at) => path.split_at(at),
            None => (path, ""),
        };
        let (query, _) = query.split_once('#').unwrap_or((query, ""));
        if host.is_empty() || path.is_empty() || path.ends_with('/') {
            return Some(Err("names no file: an address is such as s3://bucket/exports/orders-*.csv".to_owned()));
        }
        let has_secret = host.contains('@') && (keeper != Keeper::Azure || host.contains(':'));
        if has_secret {
            return Some(Err(
                "holds a name or a password, and a program file must hold no secrets; take credentials from the environment"
                    .to_owned(),
            ));
        }
        if keeper == Keeper::Web && path.contains('*') {
            return Some(Err(
                "has a `*`, but a web server does not list its files; name each, or keep them in a bucket".to_owned()
            ));
        }
        if scheme == "http" && !is_this_machine(host) {
            return Some(Err("is not encrypted; only this machine itself may be asked by http, others by https".to_owned()));
        }
        Some(Ok(Self { keeper, root: format!("{scheme}://{host}"), path: path.to_owned(), query: query.to_owned() }))
    }

    /// How people know a file there: without what may be a secret.
    pub fn shown(&self, path: &str) -> String {
        format!("{}/{path}", self.root)
    }

    /// The bucket or server alone.
    pub fn host(&self) -> &str {
        self.root.split_once("://").map_or("", |(_, host)| host)
    }

    /// Whether the path stands for several files.
    pub fn is_pattern(&self) -> bool {
        self.keeper != Keeper::Web && self.path.contains(['*', '?', '['])
    }
}

/// Whether a host, maybe with a port, is this machine.
pub fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// How a file is written, by its name: the ending, or what the address of a page says (`…/export?format=csv`).
pub fn ending_of(written: &str) -> Option<&str> {
    let is_web = written.starts_with("https://") || written.starts_with("http://");
    let (name, query) = written.split_once('?').filter(|_| is_web).unwrap_or((written, ""));
    let is_known = |ending: &&str| ["csv", "parquet", "xlsx"].contains(ending);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| !ending.contains('/'));
    let said = query.split('&').filter_map(|pair| Some(pair.split_once('=')?.1)).find(is_known);
    ending.filter(is_known).or(said).or(ending)
}

/// Reads the path of a source's files, or their address elsewhere. What is wrong with an address is said without it.
pub(super) fn read_path(section: &Section<'_>, key: &Key, path: impl Fn(&str) -> Result<String, String>) -> Option<String> {
    let value = section.get(key)?;
    if let Some(Err(why)) = value.get_ref().as_str().and_then(Elsewhere::parse) {
        section.complain(value, key, &why);
        return None;
    }
    section.read(key, path)
}
