//! Files on web servers.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::header::{CONTENT_TYPE, ETAG};
use reqwest::{Client, Response, StatusCode};

use super::trouble::of_page;
use crate::effect::Unfinished;
use crate::error::Transient;
use crate::program::Elsewhere;
use crate::sources::http::plain;
use crate::sources::source_file::SourceFile;

/// How long to wait before each further attempt.
const PAUSES: [Duration; 3] = [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(5)];

/// A file on a web server.
#[derive(Clone)]
pub(super) struct Page {
    client: Client,
    /// The whole address, which may hold a secret.
    address: String,
    shown: String,
}

impl Page {
    pub(super) fn of(at: &Elsewhere) -> Result<Self> {
        let client = plain().context("no connection can be made from here")?;
        Ok(Self { client, address: format!("{}/{}{}", at.root, at.path, at.query), shown: at.shown(&at.path) })
    }

    /// What tells the version that is there now from all others; empty where nothing does. Only the head of the answer is read.
    ///
    /// # Errors
    ///
    /// When it is not there, or the server gives no answer that can be used.
    pub(super) async fn look(&self, name: &str) -> Result<String> {
        Ok(self.mark(&self.ask(name).await?))
    }

    /// Fetches the file; answers the mark of its version.
    ///
    /// # Errors
    ///
    /// As [`Self::look`], and when the disk does not take it.
    pub(super) async fn fetch(&self, file: &SourceFile) -> Result<String> {
        for pause in PAUSES {
            match self.fetch_once(file).await {
                Err(error) if crate::error::is_transient(&error) => tokio::time::sleep(pause).await,
                fetched => return fetched,
            }
        }
        self.fetch_once(file).await
    }

    async fn fetch_once(&self, file: &SourceFile) -> Result<String> {
        let mut answer = self.ask("").await?;
        let mark = self.mark(&answer);
        let mut out = Unfinished::begin(&file.path)?;
        while let Some(bytes) = answer.chunk().await.map_err(|error| of_page(error, "", &self.shown))? {
            out.write_all(&bytes).with_context(|| format!("cannot keep {}", self.shown))?;
        }
        out.keep()?;
        Ok(mark)
    }

    /// The mark of a version: of a whole address, as its query may ask for another file. A weak mark says only that two versions mean the same.
    fn mark(&self, answer: &Response) -> String {
        let tag = answer.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).filter(|tag| tag.starts_with('"'));
        tag.map(|tag| format!("{tag} {} {}", answer.content_length().unwrap_or_default(), self.address)).unwrap_or_default()
    }

    /// An answer that holds the file.
    async fn ask(&self, name: &str) -> Result<Response> {
        let mut pauses = PAUSES.into_iter();
        loop {
            match (self.client.get(&self.address).send().await, pauses.next()) {
                (Ok(answer), pause) if is_passing(answer.status()) => match pause {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => bail!(Transient(format!("{}{} is not given now: {}", before(name), self.shown, answer.status()))),
                },
                (Err(error), None) => return Err(of_page(error, name, &self.shown)),
                (Err(error), Some(pause)) => {
                    tracing::debug!("{}: {}", self.shown, error.without_url());
                    tokio::time::sleep(pause).await;
                }
                (Ok(answer), _) => return self.checked(answer, name),
            }
        }
    }

    fn checked(&self, answer: Response, name: &str) -> Result<Response> {
        let (status, shown, name) = (answer.status(), &self.shown, before(name));
        let is_web_page = answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        match status {
            StatusCode::OK if is_web_page => {
                bail!("{name}{shown} is answered with a web page, maybe one to log in; the address has to give the file itself")
            }
            StatusCode::OK => Ok(answer),
            StatusCode::NOT_FOUND | StatusCode::GONE => bail!(Transient(format!("{name}there is no file {shown}"))),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                bail!(
                    "{name}{shown} is not given to everybody ({status}); keep the file in a bucket, or give it an address of its own"
                )
            }
            _ if status.is_redirection() => {
                bail!("{name}{shown} sends on to a place that is not asked ({status}); give the address of the file itself")
            }
            _ => bail!("{name}{shown} is not given: {status}"),
        }
    }
}

/// Whether a server may answer better in a moment.
fn is_passing(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT
}

fn before(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("{name}: ") }
}
