use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::error::Invalid;

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// The URL of a database of a PostgreSQL server. It may hold a password and is never shown whole.
    Postgres(String),
}

impl Address {
    /// Reads `sqlite://path`, `sqlite:path`, a plain path that ends in `.db` or `.sqlite`, or `postgres://…`.
    ///
    /// # Errors
    ///
    /// When it is none of these.
    pub fn parse(url: &str) -> Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        let plain = Path::new(url).extension().is_some_and(|e| e == "db" || e == "sqlite" || e == "sqlite3");
        let path = match url.strip_prefix("sqlite:") {
            Some(rest) => rest.strip_prefix("//").unwrap_or(rest),
            None if plain && !url.contains("://") && !is_libpq(url) => url,
            None => {
                bail!(Invalid(format!(
                    "\"{}\" is not the address of a database; write sqlite://FILE or postgres://HOST/DATABASE",
                    secretless(url)
                )))
            }
        };
        let path = path.split('?').next().unwrap_or(path);
        if path.split('/').next().is_some_and(|first| first.split_once('@').is_some_and(|(user, _)| user.contains(':'))) {
            bail!(Invalid(format!("\"{}\" names a user, and a SQLite database is a file: write sqlite://FILE", secretless(url))));
        }
        if path.is_empty() || path == ":memory:" {
            bail!(Invalid("a ledger is kept in a file: write sqlite://FILE".to_owned()));
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

/// The schemes whose paths are no secrets.
const OPEN_PATHS: [&str; 3] = ["sqlite", "postgres", "postgresql"];

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.write_str(&secretless(&format!("sqlite://{}", path.display()))),
            Self::Postgres(url) => f.write_str(&secretless(url)),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Settings as libpq takes them (`host=… password=…`), which may end like a path.
fn is_libpq(url: &str) -> bool {
    !url.contains("://") && url.split_whitespace().any(|word| word.to_ascii_lowercase().contains("password"))
}

/// An address without what might be a secret: neither what stands before an `@`, nor parameters, nor, but for the schemes whose
/// paths name files and databases, the path, which web services use as a password.
pub fn secretless(url: &str) -> String {
    let shown = |text: &str| {
        let (hidden, rest) = text.rfind('@').map_or(("", text), |at| ("…", &text[at..]));
        format!("{hidden}{}", rest.split('?').next().unwrap_or_default())
    };
    if is_libpq(url) {
        return "…".to_owned();
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        // Only a path may be shown: what lacks a scheme may be a secret from its first letter on.
        return if url.contains(':') && !url.starts_with("sqlite:") { "…".to_owned() } else { shown(url) };
    };
    let rest = shown(rest);
    match rest.split_once('/') {
        Some((host, path)) if !path.is_empty() && !OPEN_PATHS.contains(&scheme) => format!("{scheme}://{host}/…"),
        _ => format!("{scheme}://{rest}"),
    }
}
