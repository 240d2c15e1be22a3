//! Asking a server: with patience, within limits, and without following it anywhere.

use std::time::Duration;

use anyhow::{Error, Result, bail};
use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde_json::Value;

use crate::error::{Forbidden, Invalid, Transient};

/// How long an answer may take, from the first byte of the question to the last of the answer.
const ANSWER: Duration = Duration::from_secs(90);

/// How long a connection may take to come about.
const CONNECTION: Duration = Duration::from_secs(10);

/// How large an answer may be (bytes).
const LARGEST: usize = 64 << 20;

/// How often a question that was not answered is asked.
const ATTEMPTS: u32 = 5;

/// How long the first pause is; each is twice the one before.
const PAUSE: Duration = Duration::from_millis(200);

/// The longest pause that a server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// How often a server may ask for patience before that counts as no answer.
const PATIENCE: u32 = 60;

/// A server, and the secret that it asks for.
pub(super) struct Client {
    http: reqwest::Client,
    address: String,
}

/// What a server answered.
pub(super) struct Answer {
    pub body: Value,
    /// The server's clock (microseconds since 1970), if it says.
    pub date: Option<i64>,
}

/// Why there is no answer yet.
enum Refused {
    /// The server asks for patience, perhaps for so long.
    Busy(Option<Duration>),
    /// It may answer if it is asked again.
    Fault(String),
    /// Asking again is of no use.
    Final(Error),
}

impl Client {
    /// A server at an address, which knows us by a header. It is sent to this address alone: a redirect is not followed.
    pub(super) fn new(address: &str, header: &'static str, secret: &str) -> Result<Self> {
        let mut value = HeaderValue::from_str(secret).map_err(|_| Invalid("the access token holds strange signs".to_owned()))?;
        value.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(header), value);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let http = reqwest::Client::builder()
            .timeout(ANSWER)
            .connect_timeout(CONNECTION)
            .user_agent(concat!("purser/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .default_headers(headers)
            .build()?;
        Ok(Self { http, address: address.to_owned() })
    }

    /// Asks a question, a text of JSON, and reads the JSON that is answered. It changes nothing at the server.
    ///
    /// # Errors
    ///
    /// `Transient` when there was no answer in several attempts; else when the server refuses.
    pub(super) async fn ask(&self, path: &str, body: String) -> Result<Answer> {
        let (mut faults, mut patience, mut pause) = (0, 0, PAUSE);
        loop {
            let sent = self.http.post(format!("{}{path}", self.address)).body(body.clone()).send().await;
            let wait = match self.answer(sent).await {
                Ok(answer) => return Ok(answer),
                Err(Refused::Final(error)) => return Err(error),
                Err(Refused::Busy(_)) if patience == PATIENCE => {
                    bail!(Transient(format!("{} kept asking for patience; the next run goes on from here", self.address)))
                }
                Err(Refused::Busy(wait)) => {
                    patience += 1;
                    wait.unwrap_or(pause).min(LONGEST_PAUSE)
                }
                Err(Refused::Fault(why)) => {
                    faults += 1;
                    tracing::debug!("{}: {why}", self.address);
                    if faults == ATTEMPTS {
                        bail!(Transient(format!(
                            "{} {why}, in {ATTEMPTS} attempts; the next run goes on from here",
                            self.address
                        )));
                    }
                    pause
                }
            };
            tokio::time::sleep(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn answer(&self, sent: reqwest::Result<Response>) -> Result<Answer, Refused> {
        let mut response = sent.map_err(|error| Refused::Fault(format!("could not be reached ({})", reasons(error))))?;
        let status = response.status();
        let date = time_of(&response, DATE);
        if let Some(refused) = self.refused(&response, status) {
            return Err(refused);
        }
        let mut bytes = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() > LARGEST => {
                    return Err(Refused::Fault(format!("answered with more than {} MB", LARGEST >> 20)));
                }
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) => return Err(Refused::Fault(format!("broke its answer off ({})", reasons(error)))),
            }
        }
        match serde_json::from_slice(&bytes) {
            Ok(body) => Ok(Answer { body, date }),
            Err(_) => Err(Refused::Fault(format!("answered with something that is no JSON: {}", beginning(&bytes)))),
        }
    }

    /// Why an answer of this status is none.
    fn refused(&self, response: &Response, status: StatusCode) -> Option<Refused> {
        let at = &self.address;
        let invalid = |why: String| Some(Refused::Final(Invalid(why).into()));
        match status {
            status if status.is_success() => None,
            StatusCode::TOO_MANY_REQUESTS => Some(Refused::Busy(retry_after(response))),
            StatusCode::UNAUTHORIZED => Some(Refused::Final(
                Forbidden(format!("{at} does not know the access token (401); put a valid one where the program file says"))
                    .into(),
            )),
            StatusCode::FORBIDDEN => Some(Refused::Final(
                Forbidden(format!("{at} does not let this access token in (403); give its app the rights it needs")).into(),
            )),
            StatusCode::NOT_FOUND => {
                invalid(format!("{at} is no shop with this API (404); check the address in the program file"))
            }
            status if status.is_redirection() => {
                let target =
                    response.headers().get(reqwest::header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("elsewhere");
                let host = reqwest::Url::parse(target).ok().and_then(|url| url.host_str().map(str::to_owned));
                let host = host.unwrap_or_else(|| "another page".to_owned());
                invalid(format!(
                    "{at} sends us to {host} ({status}), and the access token goes to no other address than the program file says; if that \
                     is the shop, write it there"
                ))
            }
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                Some(Refused::Fault(format!("answered {status}")))
            }
            status => invalid(format!("{at} refuses what it was asked ({status})")),
        }
    }
}

/// How long a server asks us to wait; a day of the calendar is not looked at.
fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    // Shopify writes `2.0`.
    let seconds = text.split('.').next()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn time_of(response: &Response, header: HeaderName) -> Option<i64> {
    let text = response.headers().get(header)?.to_str().ok()?;
    chrono::DateTime::parse_from_rfc2822(text).ok().map(|time| time.timestamp_micros())
}

/// What an answer that cannot be read begins with, for people; it comes from the server, and holds no secret of ours.
fn beginning(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let words: Vec<&str> = text.split_whitespace().collect();
    format!("\"{}\"", words.join(" ").chars().take(60).collect::<String>())
}

/// An error with its causes, without the address, which stands beside it.
fn reasons(error: reqwest::Error) -> String {
    format!("{:#}", Error::from(error.without_url()))
}
