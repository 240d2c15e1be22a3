//! Connections to servers, all of which are made here: encrypted but on this machine, and with credentials for nobody else.
//!
//! Files are fetched by clients that follow redirects as far as that is safe; shops are asked by one that follows none.

use std::time::Duration;

use object_store::ClientOptions;
use object_store::client::{HttpClient, HttpConnector};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Url};

use crate::program::is_this_machine;

/// How long somebody may take to answer a call.
const CONNECT: Duration = Duration::from_secs(10);

/// The same for what is on this machine, or beside it: where a cloud's machine asks who it is, others find nobody.
const NEAR: Duration = Duration::from_secs(1);

/// How long nothing may arrive. A large file may take as long as it needs.
const SILENCE: Duration = Duration::from_secs(60);

/// What we call ourselves.
const AGENT: &str = concat!("purser/", env!("CARGO_PKG_VERSION"));

/// More redirects than these lead nowhere.
const REDIRECTS: usize = 5;

/// A client that follows redirects only within the server that was asked: what signs a request is for that one alone.
fn signing(allows_http: bool) -> reqwest::Result<Client> {
    let policy = Policy::custom(|attempt| {
        let is_home = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
        if is_home && attempt.previous().len() <= REDIRECTS { attempt.follow() } else { attempt.stop() }
    });
    usual().redirect(policy).https_only(!allows_http).connect_timeout(if allows_http { NEAR } else { CONNECT }).build()
}

/// A client for a server that knows us by a secret in these headers: it follows no redirect. An answer has to come in time, from the first byte
/// of the question to the last of the answer.
pub(super) fn asking(headers: HeaderMap, answer: Duration) -> reqwest::Result<Client> {
    usual().timeout(answer).redirect(Policy::none()).default_headers(headers).build()
}

/// A client without any credentials, which may be sent on: to another encrypted server, or within this machine.
pub(super) fn plain() -> reqwest::Result<Client> {
    let policy = Policy::custom(|attempt| {
        let is_safe = attempt.url().scheme() == "https" || is_local(attempt.url());
        if is_safe && attempt.previous().len() <= REDIRECTS { attempt.follow() } else { attempt.stop() }
    });
    usual().redirect(policy).build()
}

fn usual() -> ClientBuilder {
    // Without where somebody was sent from: that address may be a secret.
    Client::builder().referer(false).connect_timeout(CONNECT).read_timeout(SILENCE).http1_only().user_agent(AGENT)
}

fn is_local(url: &Url) -> bool {
    url.host_str().is_some_and(is_this_machine)
}

/// Makes the connections of buckets.
#[derive(Debug)]
pub(super) struct Careful;

impl HttpConnector for Careful {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        // Clouds give their own machines credentials without encryption, and say so here.
        let allows_http =
            options.get_config_value(&object_store::ClientConfigKey::AllowHttp).is_some_and(|value| value == "true");
        let client =
            signing(allows_http).map_err(|error| object_store::Error::Generic { store: "HTTP", source: Box::new(error) })?;
        Ok(HttpClient::new(client))
    }
}
